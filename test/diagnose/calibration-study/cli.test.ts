/** `alidade calibration study` as a user runs it: on texts whose distribution is known, again, and one line for every mistake. */

import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { CalibrationStudy } from "../../../src/diagnose/calibration-study/run-calibration-study.js";
import { runHere } from "../../util/run-here.js";

let folder = "";
const at = (name: string) => join(folder, name);
const cli = (line: string) => runHere(line, folder);
const script = fileURLToPath(new URL("../../../bench/calibration-synthetic.mjs", import.meta.url));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alidade-calibration-study-"));
  const texts = execFileSync(process.execPath, [script, "240"], { encoding: "utf8" }).trim().split("\n");
  const made = texts.map((line) => JSON.parse(line) as Record<string, unknown>);
  const write = (name: string, rows: readonly object[]) =>
    writeFile(at(name), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  await write("made.jsonl", made);
  await write("few.jsonl", made.slice(0, 40));
  await write(
    "agreed.jsonl",
    made.map((row) => ({ ...row, votes: [row["label"]] })),
  );
  await write(
    "strange.jsonl",
    made.map((row, i) => (i === 3 ? { ...row, votes: ["a", "z"] } : row)),
  );
  await write(
    "counts.jsonl",
    made.map((row) => ({ ...row, truth: Object.values(row["truth"] as object) })),
  );
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

it("trains every arm on the same splits, and goes on where it was left", async () => {
  const line =
    "calibration study made.jsonl --text text --id id --votes votes --truth truth --threads 1 --epochs 2 -o study";
  const first = await cli(`${line} --seeds 2 --json`);
  expect(first.code, first.stderr).toBe(0);
  const study = JSON.parse(first.stdout) as CalibrationStudy;
  expect([study.train, study.test, study.votesAnExample, study.against]).toEqual([160, 80, 5, "truth"]);
  expect(study.arms.map(({ arm, examples, smooth }) => [arm, examples, smooth.length])).toEqual([
    ["majority", 160, 2],
    ["sampled", 160, 2],
    ["soft", 160, 2],
    ["sharpened", 160, 2],
    ["high", 53, 2],
    ["random", 53, 2],
    ["low", 53, 2],
  ]);
  expect(study.contrasts.map(({ arm, against }) => `${arm} ${against}`)).toEqual([
    "majority soft",
    "majority sampled",
    "sharpened soft",
    "high random",
    "random low",
  ]);
  for (const { end, matched, matchedAccuracy } of study.contrasts)
    for (const one of [end, matched, matchedAccuracy]) expect(one.low).toBeLessThanOrEqual(one.high);
  const cell = at("study/cells/soft,seed=0.json");
  const before = (await stat(cell)).mtimeMs;
  const again = await cli(`${line} --seeds 3`);
  expect(again.code, again.stderr).toBe(0);
  expect((await stat(cell)).mtimeMs).toBe(before);
  expect(again.stdout).toContain("3 splits");
  const kept = JSON.parse(await readFile(at("study/results.json"), "utf8")) as CalibrationStudy;
  kept.arms.forEach(({ smooth }, i) => expect(smooth.slice(0, 2)).toEqual(study.arms[i]!.smooth));
  for (const name of ["contrasts.svg", "arms.svg"])
    expect(await readFile(at(`study/${name}`), "utf8")).not.toMatch(/NaN|Infinity|undefined/);
  const other = await cli(line.replace("--epochs 2", "--epochs 3"));
  expect(other.stderr).toContain(
    "study: holds a calibration study of other data or options; give another -o",
  );
}, 120_000);

it.each([
  ["made.jsonl --votes votes", "alidade calibration study: does not know where to write"],
  ["made.jsonl -o s", "alidade calibration study: does not know which columns are votes"],
  ["made.jsonl --votes votes --seeds 1 -o s", '--seeds: out of range, "1"'],
  ["made.jsonl --votes votes --test-share 1 -o s", "--test-share: out of range, 1"],
  [
    "made.jsonl --votes votes --trainer encoder -o s",
    '--trainer: does not learn from shares of votes, "encoder"; take ngram',
  ],
  ["made.jsonl --votes voices -o s", "made.jsonl: --votes names a column that is not there"],
  ["strange.jsonl --votes votes -o s", 'strange.jsonl, row 3: a vote for a label that is not known, "z"'],
  ["few.jsonl --votes votes -o s", "few.jsonl: 40 examples have votes: too few to split; give at least 60"],
  ["agreed.jsonl --votes votes -o s", "agreed.jsonl: all votes of every example are for one label"],
  ["made.jsonl --votes votes --truth-labels a,b,c -o s", "--truth-labels: goes with --truth"],
  ["counts.jsonl --votes votes --truth truth -o s", "bare vote counts, whose labels are not said"],
])("%s", async (line, message) => {
  const before = await readdir(folder);
  const { code, stderr } = await cli(`calibration study ${line} --text text --label label --id id`);
  expect(stderr).toContain(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(code).toBe(2);
  expect(await readdir(folder)).toEqual(before);
});
