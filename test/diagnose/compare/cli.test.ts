/** `alidade compare` as a user runs it: against the definitions on real runs, its laws, what it writes, and one line for every mistake. */

import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { MapComparison } from "../../../src/diagnose/compare/compare-maps.js";
import { readCoordinate, readMap } from "../../../src/map/read-map.js";
import { regionNames } from "../../../src/map/map.js";
import { select } from "../../../src/select/select.js";
import { runSource } from "../../../src/select/run-source.js";
import { runHere } from "../../util/run-here.js";
import { jaccard, naivePearson, naiveSpearman } from "./support.js";

let folder = "";
const cli = (line: string) => runHere(line, folder);
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alidade-compare-"));
  const words = ["good", "bad", "odd"];
  const lines = Array.from({ length: 90 }, (_, i) => {
    const kind = i % 3;
    const label = ["yes", "no", "maybe"][i % 11 === 0 ? (kind + 1) % 3 : kind];
    return { id: `x${i}`, text: `${words[(i * 7) % 3]} ${words[kind]}ness of film ${i % 13}`, label };
  });
  const csv = (all: readonly { id: string; text: string; label: string | undefined }[]): string =>
    `name,review,label\n${all.map(({ id, text, label }) => `${id},${text},${label}`).join("\n")}\n`;
  await writeFile(at("data.csv"), csv(lines));
  // Another order, ten examples fewer, two labels changed.
  const part = lines
    .slice(10)
    .reverse()
    .map((line, i) => (i < 2 ? { ...line, label: "odd" } : line));
  await writeFile(at("part.csv"), csv(part));
  await writeFile(at("foreign.csv"), csv(lines.map((line) => ({ ...line, id: `other-${line.id}` }))));
  await writeFile(at("renamed.csv"), csv(lines.map((line) => ({ ...line, label: `L-${line.label}` }))));
  const map = async (file: string, out: string, more: string): Promise<void> => {
    const { code, stderr } = await cli(
      `map ${file} --text review --label label --id name -o ${out} --threads 1 ${more}`,
    );
    expect(code, stderr).toBe(0);
  };
  await map("data.csv", "a", "--epochs 4 --seed 1");
  await map("data.csv", "b", "--epochs 5 --seed 2 --protocol held-out --folds 3");
  await map("part.csv", "c", "--epochs 3 --seed 3");
  await map("foreign.csv", "foreign", "--epochs 1");
  await map("renamed.csv", "renamed", "--epochs 1");
  await cp(at("a"), at("no-map"), { recursive: true });
  await rm(at("no-map/map.parquet"));
  await cp(at("a"), at("twin"), { recursive: true });
  const coordinates = Array.from({ length: 30 }, (_, i) =>
    JSON.stringify({
      guid: `x${i}`,
      index: i,
      confidence: i / 30,
      variability: (i % 7) / 20,
      correctness: i % 4,
    }),
  );
  await writeFile(at("coordinates.jsonl"), `${coordinates.join("\n")}\n`);
  expect((await cli("import coordinates.jsonl -o bare --total-epochs 3")).code).toBe(0);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const compare = async (line: string): Promise<MapComparison> => {
  const { code, stdout, stderr } = await cli(`compare ${line} --json`);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as MapComparison;
};

it("joined by id, whatever the order of the rows: correlations are the definitions", async () => {
  const found = await compare("a c");
  expect(found.shared).toBe(80);
  expect(found.runs.map(({ leftOut }) => leftOut)).toEqual([10, 0]);
  expect(found.runs.map(({ labelsDiffer }) => labelsDiffer)).toEqual([0, 2]);
  const [a, c] = await Promise.all(["a", "c"].map((run) => readMap(at(run))));
  const other = new Map(c!.ids.map((id, row) => [id, row]));
  const rows = a!.ids.flatMap((id, row) => (other.has(id) ? [[row, other.get(id)!] as const] : []));
  const pair = found.pairs[0]!;
  expect(pair.coordinates.length).toBeGreaterThan(12);
  for (const { name, spearman, pearson, size } of pair.coordinates) {
    const [x, y] = await Promise.all(["a", "c"].map((run) => readCoordinate(at(run), name)));
    const both = rows.map(([i, j]) => [x![i]!, y![j]!] as const).filter(([p, q]) => !Number.isNaN(p + q));
    const columns = [both.map(([p]) => p), both.map(([, q]) => q)] as const;
    expect(size).toBe(both.length);
    const wanted = [naiveSpearman(...columns), naivePearson(...columns)];
    if (wanted[0] === null) expect([spearman, pearson], name).toEqual([null, null]);
    else {
      // Two ways of summing 80 products.
      expect(spearman, name).toBeCloseTo(wanted[0]!, 10);
      expect(pearson, name).toBeCloseTo(wanted[1]!, 9);
    }
  }
  for (const { region, jaccard: found } of pair.regions.overlaps) {
    const index = regionNames.indexOf(region);
    const [x, y] = [
      new Set(rows.filter(([i]) => a!.regions[i] === index).map(([i]) => i)),
      new Set(rows.filter(([, j]) => c!.regions[j] === index).map(([i]) => i)),
    ];
    const wanted = jaccard(x, y);
    if (wanted === null) expect(found).toBeNull();
    else expect(found).toBeCloseTo(wanted, 12);
  }
});

it.each(["easy", "ambiguous", "hard"])("the %s selections are those of `alidade select`", async (by) => {
  const found = await compare("a b --fraction 0.25");
  const sets: Set<string>[] = [];
  for (const run of ["a", "b"]) {
    const source = await runSource(at(run));
    try {
      const { rows } = await select(source, { by, fraction: 0.25 });
      sets.push(new Set(Array.from(rows, (row) => source.ids[row]!)));
    } finally {
      source.close();
    }
  }
  const one = found.pairs[0]!.selections.find(({ name }) => name === by)!;
  expect([one.first, one.second]).toEqual([22, 22]);
  expect(one.both).toBe([...sets[0]!].filter((id) => sets[1]!.has(id)).length);
  expect(one.jaccard).toBeCloseTo(jaccard(sets[0]!, sets[1]!)!, 12);
});

it("a run with itself: correlations 1, all on the diagonal, nothing moved, and it is said", async () => {
  for (const line of ["a a", "a twin", "c ./c"]) {
    const found = await compare(line);
    const { coordinates, regions, selections, shift } = found.pairs[0]!;
    for (const { spearman, pearson } of coordinates) {
      if (spearman !== null) expect(spearman).toBeCloseTo(1, 12);
      if (pearson !== null) expect(pearson).toBeCloseTo(1, 12);
    }
    expect(coordinates.find(({ name }) => name === "confidence")?.spearman).toBeCloseTo(1, 12);
    expect(regions.agreement).toBe(1);
    regions.table.forEach((row, i) => row.forEach((n, j) => expect(i === j || n === 0).toBe(true)));
    for (const { overlap, jaccard: own } of selections) expect([overlap, own]).toEqual([1, 1]);
    expect(shift.distance).toBe(0);
    expect(found.movers).toEqual([]);
    expect(found.notes.join("\n")).toMatch(
      line === "a twin" ? /same map, byte for byte/ : /compared with itself/,
    );
  }
});

it("turned round, the same figures", async () => {
  const [there, back] = [await compare("a c"), await compare("c a")];
  const [p, q] = [there.pairs[0]!, back.pairs[0]!];
  p.coordinates.forEach(({ name, spearman, pearson }, i) => {
    const other = q.coordinates[i]!;
    expect(other.name).toBe(name);
    // The order of summation follows the first run's rows.
    if (spearman !== null) expect(other.spearman).toBeCloseTo(spearman, 10);
    if (pearson !== null) expect(other.pearson).toBeCloseTo(pearson, 10);
  });
  expect(q.regions.kappa ?? 0).toBeCloseTo(p.regions.kappa ?? 0, 12);
  expect(q.regions.table).toEqual(
    regionNames.map((_, i) => regionNames.map((__, j) => p.regions.table[j]![i])),
  );
  expect(q.selections.map(({ both }) => both)).toEqual(p.selections.map(({ both }) => both));
  expect(new Set(back.movers.map(({ id }) => id))).toEqual(new Set(there.movers.map(({ id }) => id)));
});

it("movers come with text, label, both places and both trajectories, farthest first", async () => {
  const { movers } = await compare("a b --limit 5");
  expect(movers).toHaveLength(5);
  const distances = movers.map(({ distance }) => distance);
  expect(distances).toEqual([...distances].sort((x, y) => y - x));
  for (const { fields, places, distance } of movers) {
    expect(fields[0]?.text).toContain("ness of film");
    const [x, y] = places;
    expect(Math.hypot(x!.confidence! - y!.confidence!, x!.variability! - y!.variability!)).toBeCloseTo(
      distance,
      12,
    );
    expect(places.map(({ probabilities }) => probabilities?.length)).toEqual([4, 5]);
    for (const { probabilities, confidence } of places) {
      const mean = probabilities!.reduce<number>((sum, p) => sum + p!, 0) / probabilities!.length;
      // Probabilities are kept as 32-bit floats.
      expect(mean).toBeCloseTo(confidence!, 6);
    }
  }
});

it("three runs: every pair, a matrix a question, which map predicts the others", async () => {
  const found = await compare("a b c");
  expect(found.pairs.map(({ first, second }) => [first, second])).toEqual([
    [0, 1],
    [0, 2],
    [1, 2],
  ]);
  expect(found.shared).toBe(80);
  const { stdout } = await cli("compare a b c");
  expect(stdout).toContain("Rank correlation of confidence");
  expect(stdout).toContain("predicts the others best");
});

it("a coordinates file has no trajectories and no labels, and is compared all the same", async () => {
  const found = await compare("bare a");
  expect(found.shared).toBe(30);
  expect(found.pairs[0]!.coordinates.map(({ name }) => name)).toContain("variability");
  expect(found.movers[0]?.places[0]?.probabilities).toBeNull();
  expect(found.movers[0]?.places[1]?.probabilities).toHaveLength(4);
  expect(found.movers[0]?.fields[0]?.text).toContain("ness of film");
  expect(found.notes.join("\n")).toContain("different protocols");
});

it("writes every shared example with both places, and the figure in each format", async () => {
  for (const figure of ["f.svg", "f.png", "f.pdf"]) {
    const { code, stderr } = await cli(
      `compare a c -o table.csv --figure ${figure} --width 500 --theme dark`,
    );
    expect(code, stderr).toBe(0);
    expect((await stat(at(figure))).size).toBeGreaterThan(3000);
  }
  const [head, ...lines] = (await readFile(at("table.csv"), "utf8")).trim().split("\n");
  expect(head).toBe(
    "id,label_1,confidence_1,variability_1,correctness_1,region_1,label_2,confidence_2,variability_2,correctness_2,region_2,moved",
  );
  expect(lines).toHaveLength(80);
  const found = await compare("a c --limit 1");
  const moved = lines.map((line) => Number(line.split(",").at(-1)));
  expect(Math.max(...moved)).toBeCloseTo(found.movers[0]!.distance, 12);
  const svg = await readFile(at("f.svg"), "utf8");
  expect(svg).toContain("Moved farthest");
  expect(svg).not.toContain("NaN");
  expect(await readdir(folder)).not.toContain("table.csv.spill");
});

it.each([
  ["a", "compare: needs two runs or more"],
  ["", "needs <runs>"],
  ["a missing", "missing"],
  ["a no-map", "there is no map"],
  ["a data.csv", "is a file, not a run's folder"],
  ["a foreign", "a and foreign: they share no ids"],
  ["a renamed", "not one of their 90 shared ids has the same label in both"],
  ["a b --fraction 0", "--fraction: out of range"],
  ["a b --fraction half", "--fraction: not a number"],
  ["a b --coordinates confidense", "coordinate: there is none of that name"],
  ["a b --limit 0", "--limit: out of range"],
  ["a b -o table.docx", "not a format that a subset can be written in"],
  ["a b -o a/map.parquet", "is a file of the run itself"],
  ["a b -o data.csv", "is a file that the run was made from"],
  ["a b --figure map.gif", "not a format that figures have"],
  ["a b --figure nowhere/map.svg", "its folder does not exist"],
  ["a b --theme dark", "--theme: goes with --figure"],
])("compare %s: one line", async (line, message) => {
  const before = await readdir(folder);
  const { code, stdout, stderr } = await cli(`compare ${line}`);
  expect(stderr).toContain(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(await readdir(folder)).toEqual(before);
});
