/** `alidade review` and `alidade clean` as a user runs them. */

import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ReviewSummary } from "../../../src/diagnose/review/review-summary.js";
import { runHere } from "../../util/run-here.js";

let folder = "";
const cli = (line: string, keys = "") => runHere(line, folder, keys);
const verdicts = () => join(folder, "run", "verdicts.jsonl");
const written = async () =>
  (await readFile(verdicts(), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, string>);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alidade-review-"));
  const lines = Array.from({ length: 60 }, (_, i) => {
    const kind = (i === 7 || i === 20 ? i + 1 : i) % 3;
    return `x${i},"${["good", "bad", "odd"][i % 3]} film number ${i}, ""so"" it is",${["yes", "no", "maybe"][kind]}`;
  });
  await writeFile(join(folder, "data.csv"), `name,review,label\n${lines.join("\n")}\n`);
  expect((await cli("map data.csv --id name -o run --epochs 3 --threads 1")).code).toBe(0);
}, 60_000);
beforeEach(async () => {
  await rm(verdicts(), { force: true });
  await rm(join(folder, "run", "companions"), { recursive: true, force: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("asks, writes one line a verdict, goes on where it was left, and reports", async () => {
  const first = await cli("review run --reviewer ann --limit 4 --blind 0.5", "kaq");
  expect(first.stdout).toContain("1 of 6");
  expect(first.stdout).toMatch(/label: \w+ {3}else likeliest: \w+/);
  expect((await written()).map(({ verdict, reviewer }) => [verdict, reviewer])).toEqual([
    ["keep", "ann"],
    ["unsure", "ann"],
  ]);
  const second = await cli("review run --reviewer ann", "dukkkk");
  expect(second.stdout).toContain("1 of 4");
  const report = await cli("review run --report --json");
  const summary = JSON.parse(report.stdout) as ReviewSummary;
  expect([summary.suspects.reviewed, summary.others.reviewed]).toEqual([4, 2]);
  expect(summary.dataset).not.toBeNull();
  const other = await cli("review run --reviewer bob", "kkkkkk");
  expect(other.stdout).toMatch(/ann and bob: 6 examples in common, kappa/);
});

it("a crash in the middle of a line loses that line only", async () => {
  await cli("review run --reviewer ann --limit 3 --blind 0", "kq");
  await appendFile(verdicts(), '{"id":"x1","verd');
  expect((await cli("review run --reviewer ann", "kq")).code).toBe(2);
  // The torn line now has an end: it is no longer a crash's, and is told.
  expect((await cli("review run --report")).stderr).toContain("verdicts.jsonl, line 2: is not JSON");
});

it("clean applies the verdicts and logs each change", async () => {
  const line = (id: string, verdict: string, label?: string) =>
    JSON.stringify({ id, verdict, ...(label && { label }), reviewer: "ann", time: "2026-01-01T00:00:00Z" });
  await writeFile(
    verdicts(),
    `${[line("x7", "relabel", "no"), line("x20", "drop"), line("x3", "keep")].join("\n")}\n`,
  );
  const { code, stdout } = await cli("clean run -o clean.csv");
  expect(code).toBe(0);
  expect(stdout).toContain("1 label changed, 1 example left out, 59 of 60 written");
  const [before, after] = await Promise.all(
    ["data.csv", "clean.csv"].map((name) => readFile(join(folder, name), "utf8")),
  );
  const rows = before!
    .trim()
    .split("\n")
    .filter((row) => !row.startsWith("x20,"))
    .map((row) => (row.startsWith("x7,") ? row.replace(/,\w+$/, ",no") : row));
  expect(
    after!
      .trim()
      .split("\n")
      .map((row) => row.replaceAll('"', "")),
  ).toEqual(rows.map((row) => row.replaceAll('"', "")));
  const log = (await readFile(join(folder, "clean.changes.jsonl"), "utf8")).trim().split("\n");
  expect(log.map((one) => JSON.parse(one) as object)).toEqual([
    { id: "x7", from: "maybe", to: "no", why: "verdict of ann" },
    { id: "x20", from: "yes", to: null, why: "verdict of ann" },
  ]);
});

describe("mistakes are one line, and nothing is written", () => {
  const good = JSON.stringify({ id: "x1", verdict: "keep", reviewer: "ann", time: "2026-01-01T00:00:00Z" });
  it.each([
    ["is not JSON", "nonsense"],
    ["is no verdict (verdict:", good.replace("keep", "maybe")],
    ["is no verdict (time:", good.replace("2026-01-01T00:00:00Z", "yesterday")],
    ['an id that is none of the run\'s, "x99"', good.replace("x1", "x99")],
    ["relabels without saying to what", good.replace("keep", "relabel")],
    ['a label that is none of the run\'s, "perhaps"', good.replace('"keep"', '"relabel","label":"perhaps"')],
  ])("a verdicts file edited by hand: %s", async (message, line) => {
    await writeFile(verdicts(), `${good}\n${line}\n`);
    const { code, stderr } = await cli("clean run -o c.csv");
    expect(stderr).toContain(`verdicts.jsonl, line 2: ${message}`);
    expect(code).toBe(2);
  });

  it.each([
    ["review nowhere", "nowhere: no such folder"],
    ["review run --report", "run: was not reviewed yet"],
    ["review run --blind -1", "--blind: out of range"],
    ["review run --by nobody", "--by: no such detector"],
    ["review run --limit many", "--limit: not a whole number"],
    ["clean run", "alidade clean: does not know where to write"],
    ["clean run -o c.doc", "c.doc: not a format"],
    ["clean run -o data.csv", "data.csv: is a file that the run was made from"],
    ["clean run -o c.csv", "run: has no verdicts to apply; review it first"],
    ["clean run -o c.csv --reviewer bob", "--reviewer: has judged nothing here"],
    ["clean run -o c.csv --drop-suspects 0.9", "--drop-suspects: needs the suspects' probabilities"],
    ["clean run -o c.csv --suspects s.csv", "--suspects: goes with --drop-suspects"],
    ["clean run -o c.csv --drop-suspects 0 --suspects data.csv", "--drop-suspects: out of range"],
    ["clean run -o c.csv --drop-suspects 0.9 --suspects data.csv", "data.csv: has no column id"],
    ["clean run -o c.csv --unsure maybe", "--unsure: unknown value"],
  ])("%s", async (line, message) => {
    const before = (await readdir(folder)).sort();
    const { code, stderr } = await cli(line);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect((await readdir(folder)).sort()).toEqual(before);
  });

  it("a queue stands: its options need --anew", async () => {
    await cli("review run --reviewer ann --limit 3", "q");
    expect((await cli("review run --limit 5", "q")).stderr).toContain(
      "--limit: is of a new queue, and this run has one",
    );
    expect((await cli("review run --limit 5 --anew", "q")).code).toBe(0);
  });
});
