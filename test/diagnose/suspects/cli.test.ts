/** `alidade suspects` as a user runs it: what it finds and writes, what --deep trains once, and one line for every mistake. */

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Suspects } from "../../../src/diagnose/suspects/find-suspects.js";
import { runHere } from "../../util/run-here.js";

let folder = "";
const cli = (line: string) => runHere(line, folder);
const wrong = [7, 40, 61, 98];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alidade-suspects-"));
  const words = ["good", "bad", "odd"];
  const lines = Array.from({ length: 120 }, (_, i) => {
    const kind = i % 3;
    const text = `${words[kind]} ${words[kind]}ness of film ${i % 12}, number ${i}`;
    const label = ["yes", "no", "maybe"][wrong.includes(i) ? (kind + 1) % 3 : kind];
    return `x${i},"${text}",${i % 7},${label}`;
  });
  await writeFile(join(folder, "data.csv"), `name,review,extra,label\n${lines.join("\n")}\n`);
  const made = await cli("map data.csv --text review --label label --id name -o run --epochs 3 --threads 1");
  expect(made.code, made.stderr).toBe(0);
  expect(
    (await cli("map data.csv --text review --label label --id name -o again --epochs 3 --seed 5 --threads 1"))
      .code,
  ).toBe(0);
  await writeFile(
    join(folder, "other.csv"),
    `review,label\n${lines
      .slice(0, 60)
      .map((line) => line.replace(/^\w+,(".*"),\d,/, "$1,"))
      .join("\n")}\n`,
  );
  expect((await cli("map other.csv -o other --epochs 1 --threads 1")).code).toBe(0);
  const coordinates = Array.from({ length: 20 }, (_, i) =>
    JSON.stringify({ guid: i, index: i, confidence: i / 20, variability: (i % 7) / 20, correctness: i % 4 }),
  );
  await writeFile(join(folder, "coordinates.jsonl"), `${coordinates.join("\n")}\n`);
  expect((await cli("import coordinates.jsonl -o bare --total-epochs 3")).code).toBe(0);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const suspects = async (line: string): Promise<Suspects> => {
  const { code, stdout, stderr } = await cli(`suspects ${line} --json`);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Suspects;
};

it("without companions ranks by what the run can say, and tells how to enable the rest", async () => {
  const found = await suspects("run --limit 4");
  expect(new Set(found.suspects.map(({ row }) => row))).toEqual(new Set(wrong));
  for (const { label, suggested, why } of found.suspects) {
    expect(suggested).not.toBe(label);
    expect(why).toContain("confidence");
  }
  const missing = found.detectors.filter(({ missing }) => missing !== null);
  expect(missing.map(({ name }) => name)).toEqual([
    "confident-learning",
    "threshold-margin",
    "run-disagreement",
    "cartography",
  ]);
  for (const one of missing) expect(one.missing!.remedy).toContain("--deep");
  expect(found.companions).toEqual([]);
});

it("--deep trains the companions once, into the run, and then all detectors speak", async () => {
  const found = await suspects("run --deep --limit 4 --threads 1");
  expect(found.companions.length).toBe(6);
  expect(found.detectors.filter(({ missing }) => missing !== null)).toEqual([]);
  expect(new Set(found.suspects.map(({ row }) => row))).toEqual(new Set(wrong));
  const times = () =>
    Promise.all(found.companions.map(async (one) => (await stat(join(folder, one, "run.json"))).mtimeMs));
  const before = await times();
  const again = await suspects("run --deep --limit 4 --threads 1");
  expect(again).toEqual(found);
  expect(await times()).toEqual(before);
  // A detector that was asked alone finds what the ensemble found it to say.
  const one = await suspects("run --by confident-learning --detectors confident-learning --limit 4");
  expect(new Set(one.suspects.map(({ row }) => row))).toEqual(new Set(wrong));
});

it("trains only what the detectors that were asked for need", async () => {
  const found = await suspects("again --by threshold-margin --detectors threshold-margin --deep --threads 1");
  expect(found.companions.length).toBe(2);
});

it("--runs lets other trainings of the same file speak", async () => {
  const found = await suspects("again --by run-disagreement --runs run --limit 3");
  expect(found.suspects[0]!.why).toMatch(/of 2 trainings say another label/);
});

it.each(["csv", "tsv", "jsonl", "parquet", "csv.gz"])("writes .%s, ranked", async (extension) => {
  const { code, stdout } = await cli(`suspects run --limit 5 -o s.${extension}`);
  expect(code).toBe(0);
  expect(stdout).toContain(`wrote s.${extension}`);
  if (extension !== "csv") return;
  const [head, first] = (await readFile(join(folder, "s.csv"), "utf8")).split("\n");
  expect(head).toMatch(/^rank,id,label,suggested,score,probability,why,ensemble_place,.*,text$/);
  expect(first).toMatch(/^1,x\d+,/);
});

it.each([
  ["suspects nowhere", "nowhere: no such folder"],
  ["suspects run --by confident-lerning", "did you mean confident-learning?"],
  ["suspects run --detectors nobody", '--detectors: no such detector, "nobody"'],
  [
    "suspects other --by confident-learning",
    "other, detector confident-learning: needs held-out: the run has no companions for held-out yet; give --deep",
  ],
  ["suspects bare", "bare: its labels are not known, so none can be suspected; import it with --data"],
  ["suspects run --limit 0", "--limit: out of range"],
  ["suspects run --limit 5 -o s.doc", "s.doc: not a format"],
  ["suspects run --limit 5 -o data.csv", "data.csv: is a file that the run was made from"],
  ["suspects run --by run-disagreement --runs other", "other: is no run of the examples of run"],
  ["suspects run --by neighbours --with k=0", "detector neighbours: k:"],
  ["suspects run --by neighbours --with near=3", "detector neighbours:"],
  ["suspects run --with k", '--with: not a name and a value, "k"'],
  ["suspects run --deep yes", "too many arguments"],
])("%s: one line", async (line, message) => {
  const before = (await readdir(folder)).sort();
  const { code, stderr } = await cli(line);
  expect(stderr.trim().split("\n").length).toBe(1);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
  expect((await readdir(folder)).sort()).toEqual(before);
});
