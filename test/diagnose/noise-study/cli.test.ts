/** `alidade noise study` and `suspects --calibrate` as a user runs them. */

import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { NoiseStudy } from "../../../src/diagnose/noise-study/run-noise-study.js";
import type { Suspects } from "../../../src/diagnose/suspects/find-suspects.js";
import { runHere } from "../../util/run-here.js";

let folder = "";
const cli = (line: string) => runHere(line, folder);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alidade-noise-study-"));
  const words = ["good", "bad", "odd"];
  const lines = Array.from({ length: 150 }, (_, i) => {
    const kind = i % 3;
    return `x${i},"${words[kind]} ${words[kind]}ness of film ${i % 12}, number ${i}",${["yes", "no", "maybe"][kind]}`;
  });
  await writeFile(join(folder, "data.csv"), `name,review,label\n${lines.join("\n")}\n`);
  await writeFile(join(folder, "small.csv"), "label,yes,no\nyes,.8,.2\nno,0,1\n");
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

it("judges every detector that needs no companion, and the paper's, learned from other injections", async () => {
  const line = "noise study data.csv --id name --rate 0.1 --seeds 2 --epochs 3 --threads 1 -o study --json";
  const { code, stdout, stderr } = await cli(line);
  expect(code, stderr).toBe(0);
  const study = JSON.parse(stdout) as NoiseStudy;
  expect(study.cells.map(({ rate, seed, flipped }) => [rate, seed, flipped])).toEqual([
    [0.1, 0, 15],
    [0.1, 1, 15],
  ]);
  for (const { detectors, paper, moved } of study.cells) {
    expect(Object.keys(detectors)).toEqual([
      "ensemble",
      "low-confidence",
      "low-margin",
      "loss-mixture",
      "neighbours",
      "conflicting-duplicates",
    ]);
    // The texts say their label: what was flipped is found.
    expect(detectors["low-confidence"]!.averagePrecision).toBeGreaterThan(0.9);
    expect(paper.both.balancedF1).toBeGreaterThan(0.8);
    expect(paper.both.plain.recall).toBeGreaterThan(0.8);
    expect(moved.confidence.after).toBeLessThan(moved.confidence.before);
  }
  expect(study.calibration["low-confidence"]!.brier).toBeLessThan(
    study.calibration["low-confidence"]!.ofRate,
  );
  for (const figure of study.figures) expect((await stat(join(folder, figure))).size).toBeGreaterThan(1000);
  // Again: what stands is not trained again.
  const before = (await stat(join(folder, "study/cells/rate=0.1,seed=0/run.json"))).mtimeMs;
  expect(JSON.parse((await cli(line)).stdout)).toEqual(study);
  expect((await stat(join(folder, "study/cells/rate=0.1,seed=0/run.json"))).mtimeMs).toBe(before);

  // Its calibration gives probabilities to another run's suspects.
  expect((await cli("noise inject data.csv --id name --rate 0.1 --seed 9 -o noisy.csv")).code).toBe(0);
  expect((await cli("map noisy.csv --id name -o noisy --epochs 3 --threads 1")).code).toBe(0);
  const found = JSON.parse(
    (await cli("suspects noisy --calibrate study --limit 150 --json")).stdout,
  ) as Suspects;
  const probabilities = found.suspects.map(({ probability }) => probability!);
  expect(probabilities.every((p) => p >= 0 && p <= 1)).toBe(true);
  expect(probabilities).toEqual([...probabilities].sort((a, b) => b - a));
  // 15 of 150 are wrong; the study saw as many.
  expect(Math.abs(found.prior! - 0.1)).toBeLessThan(0.05);
  const by = async (method: string): Promise<(number | null)[]> =>
    (
      JSON.parse(
        (await cli(`suspects noisy --calibrate study --calibration ${method} --limit 150 --json`)).stdout,
      ) as Suspects
    ).suspects.map(({ probability }) => probability);
  const [platt, isotonic] = [await by("platt"), await by("isotonic")];
  expect(platt).not.toEqual(isotonic);
  expect(probabilities).toEqual(
    study.calibration["ensemble"]!.plattBrier < study.calibration["ensemble"]!.brier ? platt : isotonic,
  );
  // A curve, not steps: nearly every score has a probability of its own.
  expect(new Set(platt).size).toBeGreaterThan(new Set(isotonic).size);
  expect((await cli("suspects noisy --calibration platt")).stderr).toContain(
    "--calibration: goes with --calibrate",
  );
  await cli("suspects noisy --calibrate study -o s.csv");
  expect((await cli("clean noisy --drop-suspects 0.5 --suspects s.csv -o cleaned.csv")).stdout).toMatch(
    /1\d examples left out/,
  );
  expect(
    (await cli("suspects noisy --calibrate study --by confident-learning --deep --threads 1")).stderr,
  ).toContain("study: has not judged the detector confident-learning; run the noise study with --deep");
});

it.each([
  ["--rate 0.1", "alidade noise study: does not know where to write"],
  ["-o other", "alidade noise study: does not know how many labels to flip"],
  ["--rate 0 -o other", '--rate: not a share above 0 and below 1, "0"'],
  ["--rate 0.1,2 -o other", '--rate: not a share above 0 and below 1, "2"'],
  ["--rate 0.1,0.1 -o other", "--rate: needs rates, each once"],
  ["--rate 0.1 --seeds 1 -o other", "--seeds: out of range"],
  ["--rate 0.1 --how matrix -o other", "--how matrix: needs the matrix"],
  ["--rate 0.1 --matrix small.csv -o other", "--matrix: goes with --how matrix"],
  ["--rate 0.1 --how matrix --matrix small.csv -o other", "small.csv: is 2 x 2, and there are 3 labels"],
  ["--rate 0.1 --from nowhere.txt -o other", "nowhere.txt: cannot be read"],
  ["--rate 0.1 --trainer gram -o other", "--trainer: no such trainer"],
  ["--rate 0.1 --model x -o other", 'options of the ngram trainer: unknown option, "model"'],
  ["--rate 0.1 --trainer encoder -o other", "encoder option model:"],
  ["--rate 0.1 --dropout much -o other", "ngram option dropout:"],
  ["--rate 0.1 --seeds 2 --epochs 5 -o study", "study: holds a noise study of other data or options"],
])("noise study data.csv %s: one line, nothing written", async (options, message) => {
  const before = (await readdir(folder)).sort();
  const { code, stderr } = await cli(`noise study data.csv --id name ${options}`);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
  expect((await readdir(folder)).sort()).toEqual(before);
});

it("suspects --calibrate of what is no study is one line", async () => {
  expect((await cli("suspects noisy --calibrate nowhere")).stderr).toContain(
    "nowhere: holds no finished noise study",
  );
});
