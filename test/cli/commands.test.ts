/** The table of commands: every name loads its own command, and a group alone tells what it holds. */

import { expect, it } from "vitest";
import { commandNames, fallbacks, loadCommand, namedCommand } from "../../src/cli/commands.js";
import { runHere } from "../util/run-here.js";

it.each(commandNames)("loads %s", async (name) => {
  const { examples, summary } = await loadCommand(name);
  expect(summary).not.toBe("");
  expect(examples.length).toBeGreaterThan(0);
  // Where a command is meant by default, its argument may stand in the place of the second word.
  const [first] = name.split(" ");
  const own =
    fallbacks[first ?? ""] === name
      ? new RegExp(`\\balidade ${first} `)
      : new RegExp(`\\balidade ${name}\\b`);
  for (const [line] of examples) expect(line).toMatch(own);
});

it("finds the command that arguments mean", () => {
  expect(namedCommand(["show", "runs/x"])).toBe("show");
  expect(namedCommand(["noise", "inject", "x.csv"])).toBe("noise inject");
  expect(namedCommand(["study", "my.yaml"])).toBe("study run");
  expect(namedCommand(["study"])).toBe("study run");
  expect(namedCommand(["noise"])).toBeUndefined();
  expect(namedCommand(["constructor"])).toBeUndefined();
  expect(namedCommand([])).toBeUndefined();
});

it.each(["noise", "noise --help", "study --help"])("%s lists what stands under it", async (line) => {
  const { stdout, code } = await runHere(line, process.cwd());
  const group = line.split(" ")[0] ?? "";
  expect(code).toBe(0);
  for (const name of commandNames.filter((one) => one.startsWith(`${group} `)))
    expect(stdout).toContain(name.slice(group.length + 1));
});
