/** `alidade duplicates` and `--group auto` as a user runs them: what is counted, what is written, what a run keeps, and one line for every mistake. */

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readDataset } from "../../../src/dataset/read-dataset.js";
import { readExamples } from "../../../src/dataset/read-examples.js";
import type { DuplicateReport } from "../../../src/diagnose/duplicates/inspect-duplicates.js";
import { layout } from "../../../src/run/layout.js";
import { openRun } from "../../../src/run/reader.js";
import { runHere } from "../../util/run-here.js";

let folder = "";
const cli = (line: string) => runHere(line, folder);
const at = (name: string) => join(folder, name);

const train = [
  ["a", "What is the capital of France ?", "loc"],
  ["b", "what is the  capital of france ?", "loc"],
  ["c", "What is the capital of France now ?", "ent"],
  ["d", "Who wrote the book about the capital of France in winter", "hum"],
  ["e", "the capital of France", "loc"],
  ["f", "How tall is the tower of Pisa ?", "num"],
  ["g", "France", "loc"],
  ["h", "Where do penguins live", "loc"],
  ["i", "Who invented the telephone", "hum"],
  ["j", "who INVENTED the telephone", "ent"],
  ["k", "Who invented the telephone !", "hum"],
  ["l", "Name a river in Peru", "loc"],
] as const;
const test = [
  ["t1", "Where do penguins live", "loc"],
  ["t2", "How tall is the tower of Pisa", "num"],
  ["t3", "Please name a river in Peru or Chile", "loc"],
  ["t4", "tower of Pisa ?", "loc"],
  ["t5", "who invented the telephone", "loc"],
  ["t6", "Nothing like the others at all", "hum"],
] as const;
const csv = (rows: readonly (readonly string[])[]): string =>
  `name,question,label\n${rows.map((row) => row.map((value) => JSON.stringify(value)).join(",")).join("\n")}\n`;
const columns = "--id name --text question --label label";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alidade-duplicates-"));
  await writeFile(at("train.csv"), csv(train));
  await writeFile(at("test.csv"), csv(test));
  await writeFile(
    at("unique.csv"),
    csv([
      ["x", "one thing", "loc"],
      ["y", "quite another", "hum"],
    ]),
  );
  await writeFile(at("taken.csv"), csv(train).replace("name,question", "duplicate_group,question"));
  await writeFile(at("auto.csv"), csv(train).replace("name,question", "auto,question"));
  await writeFile(at("pairs.csv"), "premise,hypothesis,label\na dog,an animal,loc\na cat,a stone,hum\n");
  await writeFile(at("numbers.csv"), "x,y,label\n1,2,a\n3,4,b\n5,6,a\n");
  // A model of this learns something: groups of three that are one text, varied.
  const many = Array.from({ length: 120 }, (_, i) => {
    const family = Math.floor(i / 3);
    const kind = family % 2 === 0 ? "good" : "bad";
    return [
      `m${i}`,
      `film ${family * 7919} was ${kind} for reason ${family * 104729}${["", " !", " indeed"][i % 3]!}`,
      kind,
    ];
  });
  await writeFile(at("many.csv"), csv(many));
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function report(line: string): Promise<DuplicateReport & { cleaned: unknown; written: unknown }> {
  const { code, stdout, stderr } = await cli(`duplicates ${line} --json`);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as DuplicateReport & { cleaned: unknown; written: unknown };
}

it("counts what is the same, alike, inside, and of other labels", async () => {
  const found = await report(`train.csv ${columns} --against test.csv`);
  expect(found.repeated).toBe(2); // b and j
  expect(found.kinds).toEqual({ exact: 4, near: 6, inside: 3, around: 4 });
  // c is like a and b; i, j and k are one question.
  expect([found.conflicting, found.conflictingExact]).toEqual([6, 2]);
  // a b c d e with g, which stands in e; i j k.
  expect(found.groups).toEqual({ examples: 9, count: 2, largest: 6 });
  expect(found.clusters.map(({ size, labels }) => [size, labels])).toEqual([
    [6, { loc: 4, ent: 1, hum: 1 }],
    [3, { hum: 2, ent: 1 }],
  ]);
  expect(found.conflicts.map(({ examples }) => examples.map(({ id }) => id))).toEqual([
    ["i", "j"],
    ["j", "k"],
    ["a", "c"],
  ]);
  expect(found.leaks).toEqual([
    // t1 and t5 stand there, t2 but for a mark; "tower of Pisa" has three words, too few; l stands inside t3.
    { name: "test.csv", size: 6, kinds: { exact: 2, near: 2, inside: 0, around: 1 }, any: 4, conflicting: 1 },
  ]);
  expect(found.leaking).toBe(6); // f h i j k l
});

it("fewer words tie more, a higher bar ties less", async () => {
  const found = await report(`train.csv ${columns} --against test.csv --words 1 --similarity 1`);
  expect(found.leaks[0]!.kinds.inside).toBe(1);
  expect(found.kinds.near).toBe(3); // only what is worded alike: i j k
});

it("shows it on a terminal, with what to do next", async () => {
  const { code, stdout } = await cli(`duplicates train.csv ${columns} --against test.csv`);
  expect(code).toBe(0);
  expect(stdout).toMatch(/have an exact duplicate +4 +33\.3 %/);
  expect(stdout).toMatch(/test\.csv +6 +2 +2 +0 +1 +4 +66\.7 % +1/);
  expect(stdout).toContain(`alidade map train.csv --text question --label label --id name --group auto`);
});

it("of a file in which nothing repeats it says so", async () => {
  const { stdout } = await cli(`duplicates unique.csv ${columns}`);
  expect(stdout).toContain("no groups: every example stands alone");
  expect(stdout).not.toContain("Next");
});

it.each(["csv", "parquet", "jsonl.gz"])("writes the closest of each as .%s", async (extension) => {
  const { code, stderr } = await cli(
    `duplicates train.csv ${columns} --against test.csv -o found.${extension}`,
  );
  expect(code, stderr).toBe(0);
  const table = await readDataset(at(`found.${extension}`), {
    text: "text",
    label: "id",
    group: "duplicate_group",
  });
  const ids = [...table.gold].map((label) => table.labelNames[label]);
  expect(ids).toEqual(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "t1", "t2", "t3", "t5"]);
  expect(table.groups!.slice(0, 5)).toEqual(["a", "a", "a", "a", "a"]);
  table.close();
});

it("each line says how, how much, to which, and whether labels conflict", async () => {
  await cli(`duplicates train.csv ${columns} --against test.csv -o found.jsonl`);
  const lines = (await readFile(at("found.jsonl"), "utf8")).trim().split("\n");
  const of = new Map(
    lines.map((line) => JSON.parse(line) as Record<string, unknown>).map((line) => [line["id"], line]),
  );
  expect(of.get("b")).toMatchObject({
    file: "train.csv",
    kind: "exact",
    similarity: 1,
    other_id: "a",
    other_label: "loc",
    conflict: true,
    leak: false,
  });
  expect(of.get("c")).toMatchObject({ kind: "near", other_id: "a", conflict: true });
  expect(of.get("c")!["similarity"]).toBeGreaterThan(0.8);
  expect(of.get("e")).toMatchObject({ kind: "inside", similarity: null, other_id: "a", conflict: false });
  expect(of.get("j")).toMatchObject({
    kind: "exact",
    other_id: "i",
    other_label: "hum",
    conflict: true,
    leak: true,
  });
  expect(of.get("l")).toMatchObject({ kind: null, other_id: null, duplicate_group: null, leak: true });
  expect(of.get("t3")).toMatchObject({
    file: "test.csv",
    kind: "around",
    other_id: "l",
    duplicate_group: null,
    leak: null,
  });
  expect(of.get("t5")).toMatchObject({ kind: "exact", label: "loc", other_id: "i", conflict: true });
});

it("writes the file with its groups, which --group then reads", async () => {
  const { code, stderr } = await cli(`duplicates train.csv ${columns} --grouped grouped.csv`);
  expect(code, stderr).toBe(0);
  const options = { id: "name", text: "question", label: "label" };
  const [grouped, auto] = await Promise.all([
    readDataset(at("grouped.csv"), { ...options, group: "duplicate_group" }),
    readDataset(at("train.csv"), { ...options, group: "auto" }),
  ]);
  expect(grouped.groups!.map((group) => (group === "" ? null : group))).toEqual(auto.groups);
  expect(grouped.input).toEqual(auto.input);
  expect(auto.groups![0]).toBe("a");
  grouped.close();
  auto.close();
});

it.each([
  ["", ["b", "c", "j", "k"]],
  ["--drop exact", ["b", "j"]],
  ["--drop inside", ["a", "b", "e"]],
  ["--drop conflicts", ["a", "b", "c", "i", "j", "k"]],
  ["--against test.csv --drop leaks", ["f", "h", "i", "j", "k", "l"]],
  ["--against test.csv", ["b", "c", "f", "h", "i", "j", "k", "l"]],
])("cleans with %s, and logs what went and why", async (options, gone) => {
  const found = await report(`train.csv ${columns} --clean clean.csv ${options}`);
  const clean = await readDataset(at("clean.csv"), { id: "name", text: "question", label: "label" });
  expect(clean.ids).toEqual(train.map(([id]) => id).filter((id) => !gone.includes(id)));
  const log = (await readFile(at("clean.changes.jsonl"), "utf8")).trim().split("\n");
  const changes = log.map((line) => JSON.parse(line) as { id: string; to: string | null; why: string });
  expect(changes.map(({ id }) => id)).toEqual(gone);
  expect(changes.every(({ to, why }) => to === null && why !== "")).toBe(true);
  expect(found.cleaned).toMatchObject({ dropped: gone.length, left: train.length - gone.length });
  clean.close();
});

it("a run keeps the groups that --group auto found: reopened, resumed, and folds keep them whole", async () => {
  const made = await cli(
    `map many.csv ${columns} --group auto --protocol held-out --folds 3 --epochs 2 -o run --threads 1`,
  );
  expect(made.code, made.stderr).toBe(0);
  const run = await openRun(at("run"));
  expect(run.manifest.dataset.roles["group"]).toBe("auto");
  const again = await readExamples(layout.examples(at("run")), run.manifest.dataset);
  const read = await readDataset(at("many.csv"), {
    id: "name",
    text: "question",
    label: "label",
    group: "auto",
  });
  expect(again.groups).toEqual(read.groups);
  expect(new Set(again.groups).size).toBe(40);
  again.close();
  read.close();
  const resumed = await cli("map --resume run --epochs 3");
  expect(resumed.code, resumed.stderr).toBe(0);
  const whole = await cli(
    `map many.csv ${columns} --group auto --protocol held-out --folds 3 --epochs 3 -o whole --threads 1`,
  );
  expect(whole.code, whole.stderr).toBe(0);
  for (const file of ["examples.parquet", "map.parquet"])
    expect(
      (await readFile(join(at("run"), file))).equals(await readFile(join(at("whole"), file))),
      file,
    ).toBe(true);
}, 60_000);

it("--group auto holds duplicates together in flips, and in a noise study's folder is another study", async () => {
  const { code, stderr } = await cli(`noise inject many.csv ${columns} --group auto --rate 0.3 -o noisy.csv`);
  expect(code, stderr).toBe(0);
  const truth = JSON.parse(await readFile(at("noisy.truth.json"), "utf8")) as { flips: { id: string }[] };
  const families = new Map<number, number>();
  for (const { id } of truth.flips) {
    const family = Math.floor(Number(id.slice(1)) / 3);
    families.set(family, (families.get(family) ?? 0) + 1);
  }
  expect(families.size).toBe(12);
  expect([...families.values()].every((members) => members === 3)).toBe(true);
});

const bad: readonly (readonly [string, RegExp])[] = [
  ["duplicates", /alidade duplicates: needs <files>/],
  ["duplicates nowhere.csv", /nowhere\.csv: no such file/],
  [
    `duplicates numbers.csv --features x,y --label label`,
    /numbers\.csv: duplicates are found among texts, and its examples are features; name the text with --text/,
  ],
  [
    `duplicates train.csv ${columns} --against train.csv`,
    /--against: is the training file itself, "train\.csv"; /,
  ],
  [`duplicates train.csv ${columns} --against pairs.csv`, /pairs\.csv: .*question|pairs\.csv: /],
  [
    `duplicates train.csv ${columns} --similarity 1.2`,
    /--similarity: out of range, "1\.2"; give a number from 0\.5 to 1/,
  ],
  [`duplicates train.csv ${columns} --words two`, /--words: not a whole number, "two"/],
  [
    `duplicates train.csv ${columns} --shingle 4 --shingle-words 2`,
    /--shingle-words: cannot be given beside --shingle/,
  ],
  [
    `duplicates train.csv ${columns} -o found.xls`,
    /found\.xls: not a format that a subset can be written in, "\.xls"/,
  ],
  [
    `duplicates train.csv ${columns} --clean train.csv`,
    /train\.csv: is the file that is read, and would be replaced/,
  ],
  [
    `duplicates train.csv ${columns} --against test.csv -o test.csv`,
    /test\.csv: is the file that is read, and would be replaced/,
  ],
  [`duplicates train.csv ${columns} -o x.csv --clean x.csv`, /x\.csv: is to be written twice/],
  [`duplicates train.csv ${columns} --drop leaks`, /--drop: goes with --clean/],
  [
    `duplicates train.csv ${columns} --clean x.csv --drop leaks`,
    /--drop: leaks are into a test set, and none is named/,
  ],
  [
    `duplicates train.csv ${columns} --clean x.csv --drop same`,
    /--drop: unknown kind, "same"; it takes leaks, conflicts, exact, near, inside/,
  ],
  [`duplicates train.csv ${columns} --group auto`, /--group: unknown option/],
  [
    `duplicates taken.csv --text question --label label --grouped x.csv`,
    /taken\.csv: has a column of that name already, "duplicate_group"/,
  ],
  [`duplicates train.csv ${columns} -o nowhere/x.csv`, /nowhere\/x\.csv: its folder does not exist/],
  [
    `map auto.csv --text question --label label --group auto -o x`,
    /auto\.csv: --group auto finds near duplicates, and there is a column of that name too/,
  ],
  [
    `map numbers.csv --features x,y --label label --group auto -o x`,
    /numbers\.csv: near duplicates are found among texts, and its examples are features/,
  ],
];

it.each(bad)("%s: one line, nothing written", async (line, message) => {
  const before = await readdir(folder);
  const { code, stderr, stdout } = await cli(line);
  expect(stderr).toMatch(message);
  expect([code, stdout, stderr.trim().split("\n").length]).toEqual([2, "", 1]);
  expect(await readdir(folder)).toEqual(before);
});
