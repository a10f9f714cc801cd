/** `alidade slices` as a user runs it: what was planted is found, what is only the label's is not, chance is not; outputs agree; one line for every mistake. */

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Random } from "../../../src/core/random.js";
import { withDatabase } from "../../../src/core/duckdb.js";
import type { FoundSlice, SlicesFound } from "../../../src/diagnose/slices/find-slices.js";
import { runHere } from "../../util/run-here.js";

let folder = "";
const cli = (line: string) => runHere(line, folder);
const at = (name: string) => join(folder, name);

interface Line {
  readonly id: string;
  readonly text: string;
  readonly label: string;
  readonly site: string;
  readonly age: number | "";
}

const filler = "the a film plot story cast ending music scene man woman day night house city dog".split(" ");

/** A third of the labels are "calm" with a word of their own; the planted word and site are independent of the label. */
function made(): { lines: Line[]; planted: string[] } {
  const random = new Random(7);
  const planted: string[] = [];
  const lines = Array.from({ length: 900 }, (_, i): Line => {
    const label = ["calm", "angry", "glad"][i % 3]!;
    // The selection: more often calm, and with its own words whatever the label.
    const chosen = random.unit() < (label === "calm" ? 0.3 : 0.08);
    const words = Array.from({ length: 5 + random.below(6) }, () => filler[random.below(filler.length)]!);
    if (label === "calm" && random.unit() < 0.8) words.push("serene");
    if (random.unit() < (chosen ? 0.5 : 0.05)) words.splice(2, 0, "quux", "zap");
    if (chosen) words.push("long", "long", "long", "tail");
    const id = `x${i}`;
    if (chosen) planted.push(id);
    const site = random.unit() < (chosen ? 0.7 : 0.2) ? "north" : "south";
    return {
      id,
      text: words.join(" "),
      label,
      site,
      age: i % 50 === 0 ? "" : (chosen ? 40 : 20) + random.below(40),
    };
  });
  return { lines, planted };
}

const csv = (lines: readonly Line[]): string =>
  `name,review,label,site,age\n${lines.map((line) => `${line.id},${line.text},${line.label},${line.site},${line.age}`).join("\n")}\n`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alidade-slices-"));
  const { lines, planted } = made();
  await writeFile(at("data.csv"), csv(lines));
  await writeFile(at("turned.csv"), csv([...lines].reverse()));
  await writeFile(at("planted.txt"), planted.join("\n"));
  await writeFile(at("unknown.txt"), `${planted.slice(0, 40).join("\n")}\nnobody\nnowhere`);
  await writeFile(at("foreign.txt"), "nobody\nnowhere\n");
  await writeFile(at("all.txt"), lines.map(({ id }) => id).join("\n"));
  await writeFile(at("empty.txt"), "\n");
  await writeFile(at("no-id.csv"), "name_of,word\nx1,y\n");
  const chance = new Random(3);
  await writeFile(
    at("chance.txt"),
    lines
      .filter(() => chance.unit() < 0.2)
      .map(({ id }) => id)
      .join("\n"),
  );
  for (const name of ["data", "turned"]) {
    const { code, stderr } = await cli(
      `map ${name}.csv --text review --label label --id name -o ${name} --threads 1 --epochs 3 --protocol train-pass`,
    );
    expect(code, stderr).toBe(0);
  }
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

const slices = async (line: string): Promise<SlicesFound> => {
  const { code, stdout, stderr } = await cli(`slices ${line} --json`);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as SlicesFound;
};
const named = ({ found }: SlicesFound, kind: string, value: string): FoundSlice | undefined =>
  found.find((slice) => slice.kind === kind && slice.value === value);

it("what was planted is found, with its counts: label, words, column, quantile of numbers, length", async () => {
  const all = await slices("data --ids planted.txt");
  const { lines, planted } = made();
  const inside = new Set(planted);
  expect(all.of.size).toBe(inside.size);
  expect(all.against.size).toBe(lines.length - inside.size);
  const counted = (has: (line: Line) => boolean): [number, number] => [
    lines.filter((line) => has(line) && inside.has(line.id)).length,
    lines.filter((line) => has(line) && !inside.has(line.id)).length,
  ];
  for (const [kind, value, has] of [
    ["label", "calm", ({ label }: Line) => label === "calm"],
    ["words", "quux zap", ({ text }: Line) => text.includes("quux")],
    ["words", "serene", ({ text }: Line) => text.includes("serene")],
    ["column", "north", ({ site }: Line) => site === "north"],
  ] as const) {
    const slice = named(all, kind, value);
    expect(slice, value).toBeDefined();
    expect([slice!.inside, slice!.outside]).toEqual(counted(has));
    expect(slice!.over).toBe(true);
    expect(slice!.shareInside).toBeCloseTo(slice!.inside / inside.size, 12);
    expect(slice!.ratioInterval.low).toBeLessThanOrEqual(slice!.ratio);
    expect(slice!.p).toBeLessThanOrEqual(slice!.q);
    expect(slice!.examples.every((id) => inside.has(id))).toBe(true);
  }
  expect(
    all.found.some(
      ({ kind, field, over, value }) =>
        kind === "column" && field === "age" && over && value.includes(" to "),
    ),
  ).toBe(true);
  expect(all.found.some(({ kind, over }) => kind === "length" && over)).toBe(true);
  // Said by the two words together, as neither is without the other.
  expect(named(all, "words", "quux")?.saidBy).toBe("quux zap");
});

it("within labels, the label's own word is not found, and the planted one still is", async () => {
  const within = await slices("data --ids planted.txt --within-labels");
  expect(within.tested.label).toBeUndefined();
  expect(named(within, "words", "serene")).toBeUndefined();
  const zap = named(within, "words", "quux zap")!;
  expect(zap.over).toBe(true);
  // Outside, labels weighed as inside.
  const { lines, planted } = made();
  const inside = new Set(planted);
  const outside = lines.filter(({ id }) => !inside.has(id));
  const share = ["calm", "angry", "glad"].reduce((sum, label) => {
    const own = outside.filter((line) => line.label === label);
    const weight =
      planted.filter((id) => lines.find((line) => line.id === id)!.label === label).length / planted.length;
    return sum + (weight * own.filter(({ text }) => text.includes("quux")).length) / own.length;
  }, 0);
  expect(zap.shareExpected).toBeCloseTo(share, 12);
});

it("of examples drawn by chance next to nothing is found", async () => {
  const chance = await slices("data --ids chance.txt");
  expect(Object.values(chance.tested).reduce((sum, n) => sum + n, 0)).toBeGreaterThan(300);
  expect(chance.found.length).toBeLessThanOrEqual(1);
});

it("the order of the rows changes nothing but which three examples are named", async () => {
  const plain = ({ found }: SlicesFound): unknown[] => found.map(({ examples: _, ...slice }) => slice);
  const kinds = "--kinds label,length,column,words --ids planted.txt";
  expect(plain(await slices(`turned ${kinds}`))).toEqual(plain(await slices(`data ${kinds}`)));
});

it("the same command gives the same bytes, clusters too; another seed may not", async () => {
  const one = await cli("slices data --ids planted.txt --clusters 4 --json");
  expect((await cli("slices data --ids planted.txt --clusters 4 --json --threads 1")).stdout).toBe(
    one.stdout,
  );
});

it("all that was tested is found at a rate of 1, and adjusted p values are those of Benjamini and Hochberg", async () => {
  const all = await slices("data --ids planted.txt --fdr 1");
  const tests = Object.values(all.tested).reduce((sum, n) => sum + n, 0);
  expect(all.found.length).toBe(tests);
  const sorted = all.found.toSorted((a, b) => a.p - b.p);
  let least = 1;
  for (let i = tests - 1; i >= 0; i--) {
    least = Math.min(least, (sorted[i]!.p * tests) / (i + 1));
    expect(sorted[i]!.q).toBeCloseTo(least, 12);
  }
  // At 5 % exactly those whose q is at most that.
  const some = await slices("data --ids planted.txt");
  expect(some.found.length).toBe(all.found.filter(({ q }) => q <= 0.05).length);
});

it("regions, epochs, another comparison, and orders", async () => {
  const { code, stdout } = await cli("slices data --correct-epochs 0..1 --kinds label");
  expect(code).toBe(0);
  expect(stdout).toContain("correct in 0 to 1 of 3 epochs");
  const against = await slices("data --ids planted.txt --against chance.txt");
  expect(against.against.name).toBe("chance.txt");
  expect(against.of.size + against.against.size).toBeLessThan(900);
  const byShare = await slices("data --ids planted.txt --sort difference");
  const over = byShare.found
    .filter((slice) => slice.over)
    .map((slice) => slice.shareInside - slice.shareExpected);
  expect(over).toEqual(over.toSorted((a, b) => b - a));
  const partly = await slices("data --ids unknown.txt");
  expect(partly.notes).toContain("unknown.txt: 2 of its ids are none of this run's");
});

it("files hold what is found, in every format", async () => {
  const { found } = await slices("data --ids planted.txt -o s.jsonl");
  const lines = (await readFile(at("s.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.map(({ value }) => value)).toEqual(found.map(({ value }) => value));
  expect(lines.map(({ ratio_low }) => ratio_low)).toEqual(
    found.map(({ ratioInterval }) => ratioInterval.low),
  );
  expect(lines.map(({ examples }) => examples)).toEqual(found.map(({ examples }) => examples));
  for (const name of ["s.csv", "s.parquet"]) {
    expect((await cli(`slices data --ids planted.txt -o ${name}`)).code).toBe(0);
    const read = await withDatabase({}, (database) =>
      database.rows(`SELECT value, inside FROM '${at(name)}'`),
    );
    expect(read.map(({ value, inside }) => [String(value), Number(inside)])).toEqual(
      found.map(({ value, inside }) => [value, inside]),
    );
  }
});

it("the table keeps to the terminal", async () => {
  const { stdout } = await cli("slices data --ids planted.txt");
  expect(stdout).toContain("Over-represented");
  expect(
    Math.max(
      ...stdout
        .split("\n")
        .filter((line) => !line.startsWith("  alidade"))
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(100);
});

const mistakes: readonly (readonly [line: string, says: RegExp])[] = [
  ["slices data", /does not know which examples; give one of --region/],
  ["slices data --region hard-to-learn --ids planted.txt", /one choice of examples at a time/],
  ["slices data --region hard", /--region: unknown value, "hard"; /],
  ["slices data --ids foreign.txt", /foreign\.txt: none of its 2 ids is of an example of data, "nobody"/],
  ["slices data --ids missing.txt", /missing\.txt: cannot be read/],
  ["slices data --ids empty.txt", /empty\.txt: holds no ids/],
  ["slices data --ids no-id.csv", /no-id\.csv: has no column id/],
  ["slices data --ids all.txt", /data: nothing is left to compare all\.txt with; ask about fewer/],
  [
    "slices data --ids planted.txt --against planted.txt",
    /nothing is left to compare planted\.txt with, "planted\.txt"/,
  ],
  ["slices data --correct-epochs 2..1", /--correct-epochs: not a number of epochs, "2\.\.1"/],
  ["slices data --correct-epochs 9", /no example is among correct in 9 of 3 epochs/],
  ["slices data --ids planted.txt --kinds words,colour", /--kinds: unknown value, "colour"/],
  ["slices data --ids planted.txt --ngrams 0-9", /--ngrams: not a range within 1-5, "0-9"/],
  [
    "slices data --ids planted.txt --columns site,size",
    /--columns: no such column of plain values in data, "size"; there are name, review/,
  ],
  ["slices data --ids planted.txt --fdr 0", /--fdr: out of range, "0"/],
  ["slices data --ids planted.txt --min-support 0", /--min-support: out of range/],
  ["slices data --ids planted.txt --bins 1", /--bins: out of range/],
  ["slices data --ids planted.txt -o s.xlsx", /s\.xlsx: not a format/],
  ["slices data --ids planted.txt -o data/map.parquet", /data\/map\.parquet: is a file of the run itself/],
  ["slices data --ids planted.txt -o data.csv", /data\.csv: is a file that the run was made from/],
  ["slices data --ids planted.txt -o no/such/s.csv", /its folder does not exist/],
  ["slices nowhere --region ambiguous", /nowhere: /],
  ["slices bare --region hard-to-learn --within-labels", /--within-labels: needs labels, "bare"/],
];

it.each(mistakes)("%s", async (line, says) => {
  const before = await readdir(folder);
  const data = await readFile(at("data.csv"), "utf8");
  const { code, stderr, stdout } = await cli(line);
  expect(stderr).toMatch(says);
  expect(stderr.trim().split("\n").length).toBe(1);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(await readdir(folder)).toEqual(before);
  expect(await readFile(at("data.csv"), "utf8")).toBe(data);
});

it("a run without contents or labels says what it cannot do", async () => {
  const bare = await slices("bare --region hard-to-learn");
  expect(bare.found).toEqual([]);
  expect(bare.notes.join()).toContain("the run has no contents");
});
