/** `alidade agreement` as a user runs it: votes in every form give the same figures, what it writes, and one line for every mistake. */

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { agreementText } from "../../../src/cli/agreement-text.js";
import { cells } from "../../../src/cli/format.js";
import { Random } from "../../../src/core/random.js";
import { agreementOf } from "../../../src/diagnose/agreement/example-agreement.js";
import type { HumanAgreement } from "../../../src/diagnose/agreement/measure-agreement.js";
import { readMap } from "../../../src/map/read-map.js";
import { runHere } from "../../util/run-here.js";
import { naiveSpearman } from "../compare/support.js";
import { drawVotes } from "./made-votes.js";

let folder = "";
const cli = (line: string) => runHere(line, folder);
const at = (name: string) => join(folder, name);
const labels = ["maybe", "no", "yes"];
const size = 240;
const settings = "--resamples 100 --splits 20 --folds 5";

interface Line {
  readonly id: string;
  readonly scene: string;
  readonly text: string;
  readonly label: string;
  readonly votes: readonly string[];
  readonly who: readonly string[];
  readonly counts: readonly number[];
}
let lines: Line[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alidade-agreement-"));
  const random = new Random(4);
  lines = Array.from({ length: size }, (_, i): Line => {
    const kind = i % 3;
    const clear = random.unit() < 0.6;
    const shares = labels.map((__, k) => (k === kind ? (clear ? 0.9 : 0.5) : clear ? 0.05 : 0.25));
    // The last two have one vote and none.
    const counts = drawVotes(shares, i === size - 2 ? 1 : i === size - 1 ? 0 : 5, random);
    const votes = random.shuffle(counts.flatMap((n, k) => Array.from({ length: n }, () => labels[k]!)));
    return {
      id: `x${i}`,
      scene: `s${i >> 1}`,
      text: `${["odd", "bad", "good"][kind]} ${clear ? "surely" : "perhaps"} film ${i % 17} take ${i % 5}`,
      label: votes.length === 0 ? "no" : labels[counts.indexOf(Math.max(...counts))]!,
      votes,
      who: random.shuffle(["ann", "bob", "cem", "dora", "eve", "flo"]).slice(0, votes.length),
      counts,
    };
  });
  const json = lines.map(({ votes, who, counts, ...own }) =>
    JSON.stringify({
      ...own,
      ...{ votes, who, counts },
      said: votes.join(","),
      byName: Object.fromEntries(labels.map((name, k) => [name, counts[k]])),
      ...Object.fromEntries([0, 1, 2, 3, 4].map((k) => [`a${k}`, votes[k] ?? null])),
      odd: [...votes.slice(1), "unheard"],
      all: ["no", "no"],
      one: votes.slice(0, 1),
    }),
  );
  await writeFile(at("data.jsonl"), `${json.join("\n")}\n`);
  const long = lines.flatMap(({ id, votes, who }) => votes.map((vote, v) => `${id},${vote},${who[v]}`));
  await writeFile(at("long.csv"), `guid,vote,person\n${random.shuffle(long).join("\n")}\nnobody,no,ann\n`);
  await writeFile(at("strange.csv"), "guid,vote\nz1,no\nz2,yes\n");
  await writeFile(at("unclear.csv"), "guid,first,second\nx1,no,yes\n");
  await writeFile(at("no-id.csv"), "who,vote\nx1,no\n");
  const made = await cli(
    "map data.jsonl --text text --label label --id id --group scene --epochs 4 --threads 1 --protocol held-out --folds 3 -o run",
  );
  expect(made.code, made.stderr).toBe(0);
  const bare = lines.map(({ id }, i) =>
    JSON.stringify({
      guid: id,
      index: i,
      confidence: (i % 50) / 50,
      variability: (i % 7) / 20,
      correctness: i % 4,
    }),
  );
  await writeFile(at("coordinates.jsonl"), `${bare.join("\n")}\n`);
  expect((await cli("import coordinates.jsonl -o bare --total-epochs 3")).code).toBe(0);
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** One after the other: they share the working folder. */
const measureAll = async (all: readonly string[]): Promise<HumanAgreement[]> => {
  const found: HumanAgreement[] = [];
  for (const line of all) found.push(await measure(line));
  return found;
};

const measure = async (line: string): Promise<HumanAgreement> => {
  const { code, stdout, stderr } = await cli(`agreement ${line} ${settings} --json`);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as HumanAgreement;
};

it("measures the examples with two votes or more, and says what it left out", async () => {
  const found = await measure("run --votes votes --annotators who");
  expect(found.votes).toMatchObject({ examples: size - 2, withOne: 1, withNone: 1, fewest: 5, most: 5 });
  expect(found.votes.total).toBe(5 * (size - 2));
  expect(found.votes.goldIsMajority).toBe(1);
  expect(found.groups).toEqual({ by: "scene", count: size / 2 - 1 });
  const voted = lines.slice(0, -2);
  const agreement = voted.map(({ counts }) => agreementOf("majority", counts, 0, 3, 0));
  expect(found.agreement.value).toBeCloseTo(agreement.reduce((a, b) => a + b, 0) / voted.length, 10);
  const map = await readMap(at("run"));
  const confidence = found.correlations.find(({ name }) => name === "confidence");
  expect(confidence!.size).toBe(size - 2);
  expect(confidence!.spearman!.value).toBeCloseTo(
    naiveSpearman([...map.confidence].slice(0, -2), agreement)!,
    10,
  );
  expect(found.regions.reduce((sum, own) => sum + own.size, 0)).toBe(size - 2);
  for (const { reason } of [
    found.alpha,
    found.kappa,
    found.ceiling,
    found.apart,
    found.added,
    found.annotators,
  ])
    expect(reason).toBeNull();
  expect(found.annotators.found!.map(({ name }) => name).sort()).toEqual([
    ...["ann", "bob", "cem", "dora", "eve", "flo"],
  ]);
  expect(found.distances.rows.map(({ name }) => name)).toContain("model");
}, 180_000);

it("whatever form the votes have, the figures are the same", async () => {
  const strip = ({ votes, annotators, notes, ...own }: HumanAgreement): unknown => {
    void [annotators, notes];
    return { ...own, examples: votes.examples, command: null };
  };
  const [first, ...others] = await measureAll([
    "run --votes votes",
    "run --votes said",
    "run --votes byName",
    "run --votes counts --vote-labels maybe,no,yes",
    "run --votes a0,a1,a2,a3,a4",
    "run --votes long.csv --vote-columns vote",
  ]);
  for (const other of others) expect(strip(other)).toEqual(strip(first!));
  const named = await measure("run --votes long.csv --vote-columns vote --annotators person");
  const inside = await measure("run --votes votes --annotators who");
  expect(named.annotators).toEqual(inside.annotators);
  expect(named.notes.join()).toMatch(/1 lines are of examples that the run does not have/);
  // A column an annotator: its name is theirs.
  const columns = await measure("run --votes a0,a1,a2,a3,a4");
  expect(columns.annotators.found!.map(({ name }) => name).sort()).toEqual(["a0", "a1", "a2", "a3", "a4"]);
}, 240_000);

it("gives the same figures twice, and others by another seed or measure", async () => {
  const [first, again, other, pairs] = await measureAll([
    "run --votes votes",
    "run --votes votes",
    "run --votes votes --seed 3",
    "run --votes votes --measure pairs",
  ]);
  expect(again).toEqual(first);
  expect(other!.correlations).not.toEqual(first!.correlations);
  expect(other!.correlations.map(({ spearman }) => spearman!.value)).toEqual(
    first!.correlations.map(({ spearman }) => spearman!.value),
  );
  expect(pairs!.agreement.value).toBeLessThan(first!.agreement.value);
}, 180_000);

it("writes each example and a figure, and says it to a person", async () => {
  const { stdout, code, stderr } = await cli(
    `agreement run --votes votes --annotators who ${settings} -o out.csv --figure out.svg`,
  );
  expect(code, stderr).toBe(0);
  expect(stdout).toContain("1 example with one vote, 1 without votes");
  expect(stdout).toContain("wrote out.csv, out.svg");
  const found = await measure("run --votes votes --annotators who");
  for (const line of agreementText(found, 80).split("\n")) expect(cells(line), line).toBeLessThanOrEqual(80);
  const [head, first, ...rest] = (await readFile(at("out.csv"), "utf8")).trim().split("\n");
  expect(head).toBe(
    "id,label,votes,votes_maybe,votes_no,votes_yes,majority,pairs,gold,entropy,js_distance,confidence,variability,correctness,region",
  );
  expect(first!.split(",").slice(0, 6)).toEqual([
    "x0",
    lines[0]!.label,
    "5",
    ...lines[0]!.counts.map(String),
  ]);
  expect(rest).toHaveLength(size - 3);
  expect(await readFile(at("out.svg"), "utf8")).toContain("238 examples with 5 votes each");
}, 180_000);

it("of coordinates without labels and logits says what is lacking, and measures the rest", async () => {
  const found = await measure("bare --votes long.csv --vote-columns vote --vote-labels maybe,no,yes");
  expect(found.votes.goldIsMajority).toBeNull();
  expect(found.apart.reason).toMatch(/does not know its labels/);
  expect(found.distances.rows.map(({ name }) => name)).toEqual(["uniform", "the other half of the votes"]);
  expect(found.notes.join()).toMatch(/keeps no texts/);
  expect(found.alpha.found).not.toBeNull();
}, 180_000);

it("where all votes are alike says that alpha is undefined", async () => {
  const found = await measure("run --votes all");
  expect(found.alpha).toEqual({
    found: null,
    reason: expect.stringMatching(/all votes are for one label/) as string,
  });
  expect(found.kappa.found).toBeNull();
  expect(found.added.reason).toMatch(/agree alike/);
  expect(found.ceiling.found).toBeNull();
  const { stdout } = await cli(`agreement run --votes all ${settings}`);
  expect(stdout).toContain("undefined");
}, 180_000);

it.each([
  ["agreement run", /run: has no votes; name their column with --votes.* byName/],
  ["agreement run --votes vots", /--votes names a column that is not there, "vots"; did you mean votes\?/],
  [
    "agreement run --votes odd",
    /row 0: a vote for a label that is not known, "unheard"; the labels are maybe, no, yes/,
  ],
  ["agreement run --votes counts", /row 0: bare vote counts, whose labels are not said.*--vote-labels/],
  [
    "agreement run --votes counts --vote-labels maybe,no,perhaps",
    /--vote-labels: not a label of the run, "perhaps"/,
  ],
  ["agreement run --votes counts --vote-labels no,no,yes", /--vote-labels: named twice, "no"/],
  ["agreement run --votes one", /one: no example has two votes or more, and 239 have one: nobody can agree/],
  ["agreement run --votes votes --annotators scene", /row 0: 5 votes beside 1 annotators, "s0"/],
  [
    "agreement run --votes counts --vote-labels maybe,no,yes --annotators who",
    /--annotators|3 votes beside 5 annotators/,
  ],
  ["agreement run --votes strange.csv", /strange.csv: shares no id with the run, "z1" against, "x0"/],
  ["agreement run --votes unclear.csv", /unclear.csv: which columns hold votes is not said.*first, second/],
  ["agreement run --votes no-id.csv", /no-id.csv: no column looks like the id; name it with --vote-id/],
  [
    "agreement run --votes votes --vote-id id",
    /--vote-id: is about a file of votes, and --votes names columns/,
  ],
  ["agreement run --votes votes --group seen", /--group names a column that is not there, "seen"/],
  ["agreement run --votes votes --measure all", /--measure: unknown value, "all"/],
  ["agreement run --votes votes -o out.xls", /out.xls: not a format/],
  ["agreement run --votes votes --figure out.jpg", /out.jpg: not a format that figures have/],
  ["agreement run --votes votes --theme dark", /--theme: goes with --figure/],
  ["agreement run --votes votes --resamples 10 -o new.csv", /--resamples: out of range, "10"/],
  ["agreement run --votes votes -o data.jsonl", /data.jsonl: is a file that the run was made from/],
  [
    "agreement bare --votes long.csv --vote-columns vote",
    /--votes: the run does not know its labels.*--vote-labels/,
  ],
  ["agreement nowhere --votes votes", /nowhere/],
])("%s", async (line, message) => {
  const before = (await readdir(folder)).sort();
  const { code, stderr, stdout } = await cli(line);
  expect(stderr).toMatch(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect((await readdir(folder)).sort()).toEqual(before);
  expect((await stat(at("data.jsonl"))).size).toBeGreaterThan(1000);
});
