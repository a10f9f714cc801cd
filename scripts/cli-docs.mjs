/** Writes docs/cli.md from the commands' own tables. `--check` only compares: exit 1 where it is stale. */

import { readFileSync, writeFileSync } from "node:fs";
import { commandNames, loadCommand } from "../dist/cli/commands.js";
import { jsonHelp } from "../dist/cli/program.js";
import { flagName } from "../dist/cli/flags.js";

const path = new URL("../docs/cli.md", import.meta.url);

const cell = (text) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");

function page(commands) {
  const parts = [
    "# Commands\n\nMade from the program's own tables by `node scripts/cli-docs.mjs`. Every command takes `--help` and `--json`.\n",
  ];
  for (const { name, summary, arguments: positional, flags, names, examples } of commands) {
    parts.push(
      `## alidade ${name}\n\n${summary[0].toUpperCase()}${summary.slice(1)}.\n\n    alidade ${name} ${positional} [options]\n`,
    );
    const rows = Object.entries(flags).map(([key, { short, value, help, repeat }]) => {
      const flag = `${short ? `-${short}, ` : ""}${flagName(key)}${value ? ` ${value}` : ""}`;
      return `| \`${flag.replaceAll("|", "\\|")}\` | ${cell(help)}${repeat ? " (repeatable)" : ""} |`;
    });
    parts.push(`| option | meaning |\n| --- | --- |\n${rows.join("\n")}\n| \`--json\` | ${jsonHelp} |\n`);
    if (names) {
      const entries = names.entries.map(([entry, meaning]) => `- \`${entry}\`: ${meaning}`);
      parts.push(`${names.title}:\n\n${entries.join("\n")}\n`);
    }
    parts.push(examples.map(([line, does]) => `- \`${line}\`: ${does}`).join("\n") + "\n");
  }
  return parts.join("\n");
}

const text = page(await Promise.all(commandNames.map(loadCommand)));
if (!process.argv.includes("--check")) writeFileSync(path, text);
else if (readFileSync(path, "utf8") !== text) {
  console.error("docs/cli.md is stale: run node scripts/cli-docs.mjs");
  process.exitCode = 1;
}
