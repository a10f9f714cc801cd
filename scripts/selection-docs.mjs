/** Writes the table of strategies in docs/selection.md from the registry. `--check` only compares: exit 1 where it is stale. */

import { readFileSync, writeFileSync } from "node:fs";
import { builtInStrategies } from "../dist/select/registry.js";

const path = new URL("../docs/selection.md", import.meta.url);
const begin = "<!-- strategies: from the registry, `node scripts/selection-docs.mjs` -->\n";
const end = "<!-- end of strategies -->";

const cell = (text) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");

function needText(need) {
  return typeof need === "string" ? need : need.coordinate;
}

function optionsOf({ options }) {
  return Object.entries(options.shape ?? {}).map(([name, field]) => {
    const parsed = field.safeParse(undefined);
    const fallback = parsed.success && parsed.data !== undefined ? ` (default: ${String(parsed.data)})` : "";
    return `\`--with ${name}=...\`: ${field.description ?? ""}${fallback}`;
  });
}

function section() {
  const all = Object.values(builtInStrategies);
  const rows = all.map(
    ({ name, meaning, needs, source }) =>
      `| \`${name}\` | ${cell(meaning)} | ${needs.map(needText).join(", ")} | ${source ?? ""} |`,
  );
  const table = `| strategy | takes | reads | source |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
  const options = all
    .filter((strategy) => optionsOf(strategy).length > 0)
    .map((strategy) => `- \`${strategy.name}\`: ${optionsOf(strategy).join("; ")}`);
  return `\n${table}${options.length > 0 ? `\nOptions of their own:\n\n${options.join("\n")}\n` : ""}\n`;
}

const page = readFileSync(path, "utf8");
const [head, rest] = page.split(begin);
const tail = rest.slice(rest.indexOf(end));
const fresh = `${head}${begin}${section()}${tail}`;
if (!process.argv.includes("--check")) writeFileSync(path, fresh);
else if (fresh !== page) {
  console.error("docs/selection.md is stale: run node scripts/selection-docs.mjs");
  process.exitCode = 1;
}
