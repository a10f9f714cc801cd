/** `alidade calibration` as a user runs it: every source of forecasts, what it writes, and one line for every mistake. */

import { appendFile, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.js";
import type { CalibrationReport } from "../../../src/diagnose/calibration/calibration-report.js";
import { runHere } from "../../util/run-here.js";

let folder = "";
const at = (name: string) => join(folder, name);
const cli = (line: string) => runHere(line, folder);
const report = async (line: string): Promise<CalibrationReport> => {
  const { code, stdout, stderr } = await cli(`calibration ${line} --resamples 20 --json`);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as CalibrationReport;
};
const scores = async (run: string, test: string) =>
  JSON.parse(await readFile(at(`${run}/tests/${test}.json`), "utf8")) as {
    accuracy: number;
    loss: number;
    epochs?: { epoch: number; accuracy: number; loss: number }[];
  };

const words = ["good", "bad", "odd"];
const labels = ["yes", "no", "maybe"];

interface Line {
  readonly name: string;
  readonly review: string;
  readonly label: string | undefined;
  readonly people: string;
  readonly film: string;
}

function lines(from: number, count: number): Line[] {
  const random = new Random(from);
  return Array.from({ length: count }, (_, i) => {
    const kind = random.below(3);
    const said = Array.from({ length: 4 }, () => labels[random.unit() < 0.7 ? kind : random.below(3)]!);
    const label = labels[random.unit() < 0.8 ? kind : random.below(3)];
    const review = `${words[random.below(3)]} and ${words[kind]} film ${random.below(20)}`;
    return { name: `x${from + i}`, review, label, people: said.join("|"), film: `f${i % 9}` };
  });
}

const csv = (all: readonly Line[]): string =>
  `name,review,label,people,film\n${all.map((one) => `${one.name},${one.review},${one.label ?? ""},"${one.people.replaceAll("|", ",")}",${one.film}`).join("\n")}\n`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alidade-calibration-"));
  const test = lines(1000, 90);
  await writeFile(at("train.csv"), csv(lines(0, 150)));
  await writeFile(at("test.csv"), csv(test));
  await writeFile(at("later.csv"), csv(lines(2000, 60)));
  await writeFile(
    at("two.csv"),
    csv(test.map((line) => ({ ...line, label: line.label === "yes" ? "yes" : "other" }))),
  );
  await writeFile(
    at("unlabelled.csv"),
    csv(test.map((line, i) => (i === 5 ? { ...line, label: undefined } : line))),
  );
  await writeFile(
    at("strange.csv"),
    csv(test.map((line, i) => (i === 5 ? { ...line, label: "never" } : line))),
  );
  await writeFile(
    at("voted.csv"),
    csv(test.map((line, i) => (i === 7 ? { ...line, people: "yes|perhaps" } : line))),
  );
  await writeFile(at("nobody.csv"), csv(test.map((line) => ({ ...line, people: "" }))));
  await writeFile(
    at("some.csv"),
    csv(test.map((line, i) => ({ ...line, people: i < 10 ? "" : i < 30 ? "no" : line.people }))),
  );
  await writeFile(at("one.csv"), csv(test.slice(0, 1)));
  const columns = "--text review --label label --id name --threads 1 --epochs 3";
  const map = async (more: string): Promise<void> => {
    const { code, stderr } = await cli(`map train.csv ${columns} ${more}`);
    expect(code, stderr).toBe(0);
  };
  await map(
    "--test test.csv --test-every-epoch --test two=two.csv --map-labels 'two: no=other,maybe=other' -o every",
  );
  await map("--test test.csv -o last");
  await map("-o none");
  await map("--protocol held-out --folds 3 -o held-out");
  await map("--logits none -o no-logits");
  await cp(at("last"), at("cut"), { recursive: true });
  await writeFile(at("cut/tests/test.parquet"), "PAR1");
  await writeFile(
    at("p.csv"),
    `id,0,1\n${Array.from({ length: 20 }, (_, i) => `x${i},${0.4 + i / 50},${0.5 + i / 50}`).join("\n")}\n`,
  );
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

it("measures every test set and epoch that the run keeps, by the same predictions that it scored", async () => {
  const { sets } = await report("every");
  expect(sets.map(({ name }) => name)).toEqual(["test", "two"]);
  for (const { name, epochs } of sets) {
    const kept = (await scores("every", name)).epochs!;
    expect(epochs.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
    epochs.forEach(({ gold }, i) => {
      expect(gold.before.accuracy!.value).toBeCloseTo(kept[i]!.accuracy, 12);
      expect(gold.before.nll!.value).toBeCloseTo(kept[i]!.loss, 6);
      expect(gold.after.accuracy!.value).toBeCloseTo(kept[i]!.accuracy, 12);
      expect(gold.before.nll!.low!).toBeLessThan(gold.before.nll!.value);
      expect(gold.temperature.used).toHaveLength(5);
    });
  }
  expect(sets[1]!.labelNames).toEqual(["other", "yes"]);
  const [only] = (await report("every --test two")).sets;
  expect(only).toEqual(sets[1]);
});

it("asks the model again: a file gives what the run's own test set gave; labels are mapped", async () => {
  const own = (await report("last")).sets[0]!;
  const [again] = (await report("none --test again=test.csv")).sets;
  expect({ ...again, name: "test" }).toEqual(own);
  const two = (await report("none --test two=two.csv --map-labels 'two: no=other,maybe=other'")).sets[0]!;
  expect(two.epochs[0]!.gold.before.accuracy!.value).toBeCloseTo((await scores("every", "two")).accuracy, 12);
  const [first, second] = (await report("last --test test --test later.csv")).sets;
  expect([first!.name, second!.name]).toEqual(["test", "later"]);
  const held = (await report("held-out --test later.csv")).sets;
  expect(held.map(({ name }) => name)).toEqual(["later"]);
});

it("its own examples: by default where it is held-out, on request elsewhere", async () => {
  const [set] = (await report("held-out")).sets;
  expect(set!.name).toBe("examples");
  expect(set!.epochs).toHaveLength(3);
  expect(set!.notes[0]).toContain("did not train on it");
  const [seen] = (await report("none --examples --votes people --group film")).sets;
  expect(seen!.notes[0]).toContain("the model has seen them");
  expect(seen!.epochs[2]!.gold.groups).toBe(9);
  expect(seen!.votes).toEqual({ examples: 150, withoutVotes: 0, withOneVote: 0, votes: 600 });
  expect(seen!.epochs[2]!.gold.before.accuracy!.value).toBeGreaterThan(
    set!.epochs[2]!.gold.before.accuracy!.value,
  );
});

it("against votes, read from the test set's own file", async () => {
  const [set] = (await report("last --votes people")).sets;
  const { gold, votes } = set!.epochs[0]!;
  expect(set!.votes).toEqual({ examples: 90, withoutVotes: 0, withOneVote: 0, votes: 360 });
  expect(votes!.before.accuracy!.value).not.toBe(gold.before.accuracy!.value);
  expect(votes!.before["dist-ce"]!.value).toBeGreaterThan(0);
  expect(votes!.before.nll!.value).toBeGreaterThan(votes!.before.kl!.value);
  // People chose among the model's labels, the test set has two of them.
  const [two] = (await report("every --test two --votes people --vote-labels no,yes,maybe")).sets;
  expect(two!.votes!.votes).toBe(360);
  const some = (await report("none --test some.csv --votes people")).sets[0]!;
  expect(some.votes).toEqual({ examples: 80, withoutVotes: 10, withOneVote: 20, votes: 260 });
  expect(some.epochs[0]!.votes!.size).toBe(80);
});

it("fits the temperature elsewhere, measures one label, takes other bins", async () => {
  const [test, later] = (await report("last --test test --test later.csv --fit-on later")).sets;
  const { temperature } = test!.epochs[0]!.gold;
  expect(temperature.on).toBe("later");
  expect(temperature.temperature).toBe(later!.epochs[0]!.gold.temperature.temperature);
  const of = await report("last --of maybe --bins 4");
  expect(of.sets[0]!.epochs[0]!.gold.diagrams.before.width.length).toBeLessThanOrEqual(4);
  expect(of.sets[0]!.epochs[0]!.gold.before.confidence!.value).toBeLessThan(0.6);
});

it("writes tables and figures, and shows all of it within 80 columns", async () => {
  const { code, stdout, stderr } = await cli(
    "calibration every --test test --votes people --resamples 20 -o all.csv --figure diagrams.svg --epochs-figure epochs.png --theme dark --width 500",
  );
  expect(code, stderr).toBe(0);
  expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  expect(stdout).toContain("smooth ECE");
  const [header, ...rows] = (await readFile(at("all.csv"), "utf8")).trim().split("\n");
  expect(header).toBe("set,epoch,against,temperature,measure,value,low,high,n");
  expect(rows.filter((row) => row.startsWith("test,2,votes,1.0,dist-ce,"))).toHaveLength(1);
  const svg = await readFile(at("diagrams.svg"), "utf8");
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  expect(svg).toContain("test, votes");
  expect((await stat(at("epochs.png"))).size).toBeGreaterThan(5000);
});

it("one example, constant forecasts and labels that are all right are measured, not mistaken", async () => {
  const one = (await report("none --test one.csv")).sets[0]!.epochs[0]!.gold;
  expect(one.size).toBe(1);
  expect(one.before.nll!.low).toBeNull();
  expect(Object.values(one.before).every((found) => found === null || Number.isFinite(found?.value))).toBe(
    true,
  );
});

describe("one line for every mistake", () => {
  it.each([
    [
      "none",
      "none: has no test set; give --test name=file.csv, or --examples for the training examples themselves",
    ],
    [
      "last --test other",
      'last: has no scores of a test set, "other"; there are test; give its file, --test other=file.csv',
    ],
    ["last --test test=later.csv", '--test: last has a test set of this name, "test"; give another name'],
    ["last --test later.csv --test later.csv", '--test: two test sets have one name, "later"'],
    ["none --test absent.csv", "absent.csv"],
    [
      "none --test unlabelled.csv",
      "unlabelled.csv: 1 row has no label (rows 5, counted from 0); mend them, or give --missing-labels drop",
    ],
    ["none --test strange.csv", 'test set strange: a label that the model does not know, "never"'],
    [
      "none --test voted.csv --votes people",
      'voted.csv, row 7: a vote for a label that is not known, "perhaps"',
    ],
    [
      "none --test nobody.csv --votes people",
      "nobody: no example has a vote; name the votes' columns with --votes",
    ],
    ["last --votes persons", 'test.csv: --votes names a column that is not there, "persons"'],
    ["last --vote-labels a,b", "--vote-labels: goes with --votes"],
    ["last --fit-on dev", '--fit-on: no such test set here, "dev"; there are test'],
    ["last --of perhaps", '--of: no label of test, "perhaps"; its labels are maybe, no, yes'],
    ["last --bins 1", "--bins: out of range"],
    ["last --figure diagrams.gif", "diagrams.gif: not a format that figures have"],
    ["last --theme dark", "--theme: goes with --figure"],
    [
      "last --epochs-figure e.svg --resamples 0",
      "--epochs-figure: the forecasts of one epoch only are known; train with --test-every-epoch",
    ],
    ["last -o train.csv --resamples 0", "train.csv: is a file that the run was made from"],
    ["last -o c.docx", "c.docx: not a format"],
    ["last --map-labels 'test: no=yes'", '--map-labels: names no --test file, "test"'],
    ["no-logits --examples", "no-logits: keeps no logits of its examples; train it with --logits all"],
    ["cut", "cut/tests/test.parquet: cannot be read"],
    ["absent", "absent"],
  ])("%s", async (line, message) => {
    const before = await readdir(folder);
    const { code, stderr, stdout } = await cli(`calibration ${line}`);
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect([code, stdout]).toEqual([2, ""]);
    expect(await readdir(folder)).toEqual(before);
  });

  it("an imported run has no model to ask; a test file that has changed has no votes to trust", async () => {
    expect((await cli("import p.csv --format table -o imported")).code).toBe(0);
    expect((await cli("calibration imported --test later.csv")).stderr).toContain("imported: was imported");
    expect((await cli("calibration imported")).stderr).toContain(
      "imported: has no test set; give --examples",
    );
    const text = await readFile(at("test.csv"), "utf8");
    await appendFile(at("test.csv"), "x9999,more,yes,yes,f1\n");
    expect((await cli("calibration last --votes people")).stderr).toContain(
      "its file has changed since the run began",
    );
    await writeFile(at("test.csv"), text);
  });
});
