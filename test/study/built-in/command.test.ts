/** The built-in studies as commands, on a few of the bundled film reviews; and what is wrong with a command, in one line each. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { quiet } from "../../../src/core/effects.js";
import { builtInStudyCommands } from "../../../src/cli/commands/study-built-in.js";
import { runProgram } from "../../../src/cli/program.js";
import { readStudy } from "../../../src/study/folder/read-study.js";
import { runCli, words } from "../../util/run-cli.js";
import { problemOfAsync } from "../../train/problem.js";
import { scratchFolder } from "../../train/scratch.js";
import { trainAndTestCommand } from "../../train/command/commands.js";

const cwd = scratchFolder("built-in");
const examples = new URL("../../../examples/cad-sentiment/", import.meta.url).pathname;
const tests = ["--test", "id=test.tsv", "--test", "ood:new=new.tsv"];

/** Some of a bundled file: as many of each label, so that something can be learned of few. */
function some(name: string, out: string, each: number): void {
  const bytes = readFileSync(join(examples, name));
  const [header = "", ...lines] = (name.endsWith(".gz") ? gunzipSync(bytes) : bytes)
    .toString("utf8")
    .trim()
    .split("\n");
  const of = (label: string): string[] => lines.filter((line) => line.startsWith(label)).slice(0, each);
  writeFileSync(join(cwd, out), [header, ...of("Negative"), ...of("Positive")].join("\n"));
}

beforeAll(() => {
  some("orig-train.tsv.gz", "train.tsv", 60);
  some("orig-dev.tsv", "dev.tsv", 20);
  some("orig-test.tsv", "test.tsv", 20);
  some("new-test.tsv", "new.tsv", 20);
});

async function study(name: string, ...args: string[]): Promise<{ stdout: string; folder: string }> {
  const folder = join(cwd, "studies", name);
  const { code, stdout, stderr } = await runCli(["study", name, "train.tsv", "--epochs", "3", ...args], {
    cwd,
  });
  expect(code, stderr).toBe(0);
  return { stdout, folder };
}

const csv = (folder: string, name: string): string[] =>
  readFileSync(join(folder, `${name}.csv`), "utf8")
    .trim()
    .split("\n");

describe("from end to end", () => {
  it("regions", async () => {
    const { folder } = await study("regions", ...tests, "--seeds", "1");
    const { results, failures, manifest } = await readStudy(folder);
    expect(failures).toEqual([]);
    expect(results).toHaveLength(23 * 2);
    expect(manifest.command).toMatch(/^alidade study regions train.tsv --epochs 3 --test id=test.tsv/);
    expect(results.find(({ arm }) => arm === "ambiguous 33 %")?.n).toBe(39);
    expect(results.find(({ arm }) => arm === "ambiguous 33 %, balanced")?.trainLabels).toEqual({
      Negative: 0.5,
      Positive: 0.5,
    });
  }, 240_000);

  it("sweep, and again: what stands is not done again", async () => {
    const args = [...tests, "--seeds", "1", "--fractions", "0.5"];
    const { folder } = await study("sweep", ...args);
    const first = (await readStudy(folder)).results;
    expect(first.map(({ arm, budget }) => `${arm}, ${budget}`)).toContain("ambiguous 50 %, steps");
    await study("sweep", ...args);
    expect((await readStudy(folder)).results).toEqual(first);
  }, 240_000);

  it("mix, in two rounds", async () => {
    const { folder, stdout } = await study(
      "mix",
      ...tests,
      "--seeds",
      "1",
      "--fractions",
      "0.5",
      "--shares",
      "0,0.5",
      "--budget",
      "epochs",
    );
    const { results } = await readStudy(folder);
    // Into the half, if that collapsed.
    expect(results.some(({ arm }) => /^ambiguous (17|50) %, 50 % easy$/.test(arm))).toBe(true);
    expect(csv(folder, "mix-collapse").length).toBeGreaterThan(1);
    expect(stdout).toMatch(/was mixed into/);
  }, 240_000);

  it("stability, without a test set", async () => {
    const { folder, stdout } = await study("stability", "--seeds", "2");
    const lines = csv(folder, "stability");
    expect(lines[0]).toBe("of,measure,mean,least,largest,pairs,by chance");
    const of = (name: string): number => Number(lines.find((line) => line.startsWith(name))?.split(",")[2]);
    expect(of("confidence")).toBeGreaterThan(0);
    expect(of("hard 33 %")).toBeGreaterThan(of("random 33 %"));
    expect(stdout).toMatch(/^done: studies\/stability/);
  }, 240_000);

  it("transfer", async () => {
    const { folder } = await study("transfer", ...tests, "--seeds", "1", "--by", "hard");
    expect((await readStudy(folder)).failures).toEqual([]);
    expect(csv(folder, "transfer")).toHaveLength(1 + 2 * 2 * 6);
    expect(csv(folder, "transfer-diagonal")[0]).toBe("test,budget,same model,its first epochs,another model");
  }, 240_000);

  it("search, its locked test set scored at the end only", async () => {
    const args = [...tests, "--test", "id:dev=dev.tsv", "--criterion", "dev", "--locked", "id"];
    const { folder } = await study(
      "search",
      ...args,
      "--seeds",
      "1",
      "--fractions",
      "0.33",
      "--suspects",
      "0.1",
      "--finalists",
      "2",
    );
    const { results, failures } = await readStudy(folder);
    expect(failures).toEqual([]);
    const locked = results.filter(({ test }) => test === "id");
    expect([...new Set(locked.map(({ replicate }) => replicate))]).toEqual([1]);
    expect(new Set(locked.map(({ arm }) => arm)).size).toBe(4);
    expect(results.some(({ arm }) => arm.endsWith("without 10 % suspects"))).toBe(true);
    for (const name of ["search-surface", "search-finalists", "search-oracle"])
      expect(csv(folder, name).length).toBeGreaterThan(1);
  }, 240_000);

  it("with a program as the trainer", async () => {
    const args = [
      "--trainer",
      "command",
      "--command",
      trainAndTestCommand,
      "--seeds",
      "1",
      "--fractions",
      "0.5",
      "--budget",
      "epochs",
    ];
    const { folder } = await study("sweep", ...tests, ...args, "-o", "studies/by-command");
    const { results, failures } = await readStudy(folder.replace(/sweep$/, "by-command"));
    expect(failures).toEqual([]);
    expect(results).toHaveLength(3 * 2);
    for (const { trainAccuracy, trainer } of results) {
      expect(trainer).toBe("command");
      expect(trainAccuracy).toBeGreaterThan(0.5);
    }
  }, 240_000);
});

describe("what is wrong", () => {
  const data = [join(cwd, "train.tsv")];
  const test = ["--test", `id=${join(cwd, "test.tsv")}`];
  const out = ["-o", join(cwd, "never")];

  it.each<[string[], RegExp]>([
    [
      ["regions"],
      /alidade study regions: needs a file to train on; write alidade study regions train.csv --test id=test.csv/,
    ],
    [["regions", ...data], /alidade study regions: needs a test set; give --test id=test.csv/],
    [
      ["regons", ...data, ...test],
      /alidade study: no such study or command, "regons"; did you mean regions\?/,
    ],
    [
      ["regions", ...data, "--test", "dev=dev.tsv"],
      /--test: a test set is id .* or ood .*, "dev"; write id:dev=dev.tsv or ood:dev=dev.tsv/,
    ],
    [["regions", ...data, "--test", "ood:=x.tsv"], /--test: not a kind, a name and a file, "ood:=x.tsv"/],
    [["regions", ...data, "--test", "test.tsv"], /--test: not a kind, a name and a file/],
    [["regions", ...data, ...test, ...test], /--test: two test sets have one name, "id"/],
    [
      ["regions", ...data, ...test, "--fraction", "33"],
      /--fraction: out of range, "33"; give a number above 0 to 1/,
    ],
    [
      ["regions", ...data, ...test, "--fractoin", "0.3"],
      /--fractoin: unknown option; did you mean --fraction\?/,
    ],
    [["sweep", ...data, ...test, "--fractions", "0.5,50"], /--fractions: not a share above 0 to 1, "50"/],
    [
      ["sweep", ...data, ...test, "--fractions", "a third"],
      /--fractions: not a share above 0 to 1, "a third"/,
    ],
    [
      ["sweep", ...data, ...test, "--budget", "step"],
      /--budget: unknown value, "step"; did you mean steps\?/,
    ],
    [["sweep", ...data, ...test, "--seeds", "0"], /--seeds: out of range, "0"/],
    [["mix", ...data, ...test, "--shares", "0.1,,0.2"], /--shares: not a share from 0 to 1, ""/],
    [
      ["mix", ...data, ...test, "--trainer", "ngarm"],
      /--trainer: no such trainer, "ngarm"; did you mean ngram\?/,
    ],
    [
      ["mix", ...data, ...test, "--trainer", "ngram", "--hidden", "3"],
      /options of the ngram trainer: unknown option, "hidden"/,
    ],
    [
      ["transfer", ...data, ...test, "--with", "a=ngram:wrods=1"],
      /options of the ngram trainer: unknown option, "wrods"; did you mean words\?/,
    ],
    [["transfer", ...data, ...test, "--with", "words"], /--with: no such trainer, "words"/],
    [["stability", ...data, "--seeds", "1"], /--seeds: one map has nothing to be compared with, 1/],
    [
      ["transfer", ...data, ...test, "--with", "ngram", "--with", "ngram"],
      /--with: two models of one name, "ngram"/,
    ],
    [
      ["transfer", ...data, ...test, "--by", "ambigous"],
      /--by: no such strategy, "ambigous"; did you mean ambiguous\?/,
    ],
    [["transfer", ...data, ...test, "--first-epochs", "1"], /--first-epochs: ambiguous compares epochs/],
    [["search", ...data, ...test, "--locked", "idd"], /--locked: names no test set, "idd"/],
    [
      ["search", ...data, ...test, "--locked", "id"],
      /--criterion: there is no test set of the training distribution to choose by/,
    ],
    [
      ["search", ...data, ...test, "--criterion", "leave-out:id"],
      /--criterion: no such out-of-distribution test set, "id"/,
    ],
    [["search", ...data, ...test, "--suspects", "1"], /--suspects: out of range, "1"/],
    [
      ["regions", ...data, ...test, "--slices", "hans=heuristic"],
      /--slices: names no test set, "hans"; there are id/,
    ],
    [["regions", ...data, ...test, "--map-labels", "odd: a=b"], /--map-labels: names no test set, "odd"/],
    [["regions", ...data, "--test", "id=none.tsv"], /none.tsv/],
  ])("%j", async (args, expected) => {
    const line = await problemOfAsync(() => runProgram(["study", ...args, ...out], () => context, output));
    expect(line).toMatch(expected);
    expect(existsSync(join(cwd, "never", "study.json"))).toBe(false);
  });

  it.each(builtInStudyCommands.flatMap(({ examples: lines }) => lines.map(([line]) => line)))(
    "but not the help's example, %s",
    async (line) => {
      const args = words(line).slice(1);
      const place = args.indexOf("-o");
      args.splice(place, 2, ...out, "--dry-run");
      await runProgram(args, () => context, output);
      expect(existsSync(join(cwd, "never"))).toBe(false);
    },
    120_000,
  );

  it("a test set whose labels the model does not know", async () => {
    writeFileSync(join(cwd, "stars.tsv"), "Sentiment\tText\nFive\tA fine film\nOne\tA dull film\n");
    const args = ["study", "regions", ...data, "--test", `ood:stars=${join(cwd, "stars.tsv")}`, ...out];
    expect(await problemOfAsync(() => runProgram(args, () => context, output))).toMatch(
      /test set stars: 2 labels that the model does not know, .*--map-labels 'stars: Negative=/,
    );
  });
});

const context = {
  print: () => undefined,
  effects: quiet,
  json: false,
  width: 100,
  signal: new AbortController().signal,
};
const output = { out: () => undefined, width: 100 };
