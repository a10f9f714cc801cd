import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseManifest, readManifest, writeManifest } from "../../src/run/manifest-file.js";
import type { Manifest } from "../../src/run/manifest.js";
import { beginning, scratchFolder } from "./support.js";

function valid(): Manifest {
  const now = "2026-01-01T00:00:00.000Z";
  return {
    ...beginning(10),
    format: 1,
    epochs: { planned: 3, finished: 1 },
    trainLoss: [0.5],
    checksums: { "examples.parquet": "aa", "dynamics/epoch=0/part-0.parquet": "bb" },
    times: { began: now, updated: now, seconds: 1 },
  };
}

/** The valid manifest with the value at a dotted path replaced; `undefined` removes it. */
function withField(path: string, value: unknown): string {
  const content = JSON.parse(JSON.stringify(valid())) as Record<string, unknown>;
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let at = content;
  for (const key of keys) at = at[key] as Record<string, unknown>;
  at[last] = value;
  return JSON.stringify(content);
}

const anew = "restore it from a copy, or make the run anew";
const field = (name: string, problem: string) =>
  `run.json: not a valid run: field ${name}: Invalid input: ${problem}; ${anew}`;

describe("run.json", () => {
  it("reads back what was written, its checksums sorted", async () => {
    const folder = scratchFolder();
    await writeManifest(folder, valid());
    const read = await readManifest(folder);
    expect(read).toEqual(valid());
    expect(Object.keys(read.checksums)).toEqual(["dynamics/epoch=0/part-0.parquet", "examples.parquet"]);
  });

  it.each([
    [
      "a newer format",
      withField("format", 2),
      "run.json: written by a newer Alidade (format 2), this one reads format 1; update alidade",
    ],
    ["no format", withField("format", undefined), field("format", "expected 1")],
    ["a missing field", withField("protocol", undefined), null],
    [
      "a wrong type",
      withField("trainer.seed", "7"),
      field("trainer.seed", "expected number, received string"),
    ],
    ["an unknown column", withField("columns", ["gold"]), null],
    ["no examples", withField("dataset.size", 0), null],
    [
      "an array",
      "[]",
      "run.json: not a valid run: its content: Invalid input: expected object, received array; " + anew,
    ],
    [
      "null",
      "null",
      "run.json: not a valid run: its content: Invalid input: expected object, received null; " + anew,
    ],
    [
      "more epochs finished than planned",
      withField("epochs.finished", 4),
      `run.json: not a valid run: epochs.finished is 4 of 3 planned; ${anew}`,
    ],
    [
      "losses that do not match",
      withField("trainLoss", []),
      `run.json: not a valid run: trainLoss has 0 entries for 1 finished epochs; ${anew}`,
    ],
    [
      "an epoch without its part",
      withField("checksums", {}),
      `run.json: not a valid run: epoch 0 is finished, but checksums lacks dynamics/epoch=0/part-0.parquet; ${anew}`,
    ],
    [
      "neither trained nor imported",
      withField("trainer", null),
      `run.json: not a valid run: exactly one of trainer and imported has to be null; ${anew}`,
    ],
    [
      "a path outside the run",
      withField("checksums", { "dynamics/epoch=0/part-0.parquet": "b", "../../etc/passwd": "c" }),
      `run.json: not a valid run: checksums names a path outside the run, "../../etc/passwd"; ${anew}`,
    ],
  ])("refuses %s in one line", (_, text, message) => {
    let said = "";
    try {
      parseManifest(text, "run.json");
    } catch (error) {
      expect(error).toMatchObject({ name: "UserError" });
      said = error instanceof Error ? error.message : "";
    }
    expect(said).toMatch(/^run\.json: [^\n]+; [^\n]+$/);
    if (message !== null) expect(said).toBe(message);
  });

  it.each([
    ["an empty file", ""],
    ["a file cut short", '{"format": 1, "alid'],
    ["binary", "\u0000\u0001\u0002"],
  ])("refuses %s", (_, text) => {
    expect(() => parseManifest(text, "run.json")).toThrow(/^run\.json: not JSON: .*; restore it from a copy/);
  });

  it("says what is there instead of a run", async () => {
    const folder = scratchFolder();
    writeFileSync(join(folder, "data.csv"), "a,b\n");
    mkdirSync(join(folder, "empty"));
    const remedy = "give the folder that `alidade map` or `alidade import` wrote";
    for (const [name, problem] of [
      ["none", "no such folder"],
      ["empty", "not a run, it has no run.json"],
      ["data.csv", "is a file, not a run's folder"],
    ] as const) {
      const path = join(folder, name);
      await expect(readManifest(path)).rejects.toThrow(
        expect.objectContaining({ name: "UserError", message: `${path}: ${problem}; ${remedy}` }),
      );
    }
  });
});
