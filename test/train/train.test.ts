import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Effects } from "../../src/core/effects.js";
import { withDatabase } from "../../src/core/duckdb.js";
import { deriveObservations } from "../../src/run/observation.js";
import { openRun } from "../../src/run/reader.js";
import { features } from "../../src/train/features/trainer.js";
import type { TestScores } from "../../src/train/test-recorder.js";
import { train } from "../../src/train/train.js";
import { datasetOf, featuresDataset } from "./datasets.js";
import { contents, scratchFolder } from "./scratch.js";
import { spy } from "./spy-trainer.js";

const folder = scratchFolder("train");
const dataset = featuresDataset();
const test = featuresDataset({ seed: 2, size: 100 });

describe("train", () => {
  it("makes a whole run", async () => {
    const out = join(folder, "whole");
    const { manifest, outcome } = await train(dataset, {
      out,
      trainer: features,
      seed: 5,
      tests: { id: { dataset: test } },
    });
    expect(outcome).toBe("finished");
    expect(manifest.epochs).toEqual({ planned: 6, finished: 6 });
    expect(manifest.protocol).toBe("epoch-end");
    expect(manifest.trainer).toMatchObject({
      name: "features",
      seed: 5,
      folds: null,
      options: { hidden: 0, epochs: 6 },
    });
    expect(manifest.trainLoss).toHaveLength(6);
    expect(Object.keys(contents(out))).toEqual([
      ...[0, 1, 2, 3, 4, 5].map((epoch) => `dynamics/epoch=${epoch}/part-0.parquet`),
      "examples.parquet",
      "model/model.safetensors",
      "tests/id.json",
      "tests/id.parquet",
    ]);
    expect(await (await openRun(out)).verify()).toEqual([]);
  });

  it("records what the trainer observed, row by row, in the order of the dataset", async () => {
    const out = join(folder, "rows");
    await train(dataset, { out, trainer: spy, options: { epochs: 2 } });
    const run = await openRun(out);
    for await (const chunk of run.readEpoch(1)) {
      // The spy trained twice on each example: logits 2.5 and 2, observed from the last row to the first.
      const values = new Float32Array(2 * dataset.size).map((_, i) => (i % 2 === 0 ? 2.5 : 2));
      const expected = deriveObservations({ values, widths: 2 }, dataset.gold);
      expect(chunk.goldProbability).toEqual(expected.goldProbability);
      expect(chunk.margin).toEqual(expected.margin);
    }
    expect(run.manifest.trainLoss).toEqual([1, 1 / 2]);
  });

  it("keeps the prediction for every test example, of every epoch on request", async () => {
    const out = join(folder, "every");
    await train(dataset, {
      out,
      trainer: features,
      options: { epochs: 3 },
      tests: { id: { dataset: test } },
      testEveryEpoch: true,
    });
    const scores = (await (await openRun(out)).test("id")) as TestScores;
    expect(scores.epochs?.map((one) => one.epoch)).toEqual([0, 1, 2]);
    expect(scores.epochs?.[2]).toEqual({
      epoch: 2,
      accuracy: scores.accuracy,
      macroF1: scores.macroF1,
      matthews: scores.matthews,
      loss: scores.loss,
    });
    const file = join(out, "tests", "id.parquet");
    const rows = await withDatabase({}, (database) =>
      database.json(
        `SELECT epoch, count(*)::INT AS n, count(DISTINCT id)::INT AS ids, avg((gold = predicted)::INT) AS accuracy,
           avg((logits[gold + 1] >= list_max(logits::FLOAT[]))::INT) AS by_logits
         FROM read_parquet('${file}') GROUP BY epoch ORDER BY epoch`,
      ),
    );
    for (const [epoch, row] of rows.entries()) {
      expect(row).toMatchObject({ epoch, n: 100, ids: 100 });
      expect(row["accuracy"]).toBeCloseTo(scores.epochs?.[epoch]?.accuracy ?? -1, 12);
      expect(row["by_logits"]).toBeCloseTo(scores.epochs?.[epoch]?.accuracy ?? -1, 12);
    }
  });

  it("maps labels onto a test set's", async () => {
    const out = join(folder, "mapped");
    const three = featuresDataset({ labels: ["no", "maybe", "yes"] });
    const two = featuresDataset({ size: 90, seed: 3, labels: ["not yes", "yes"] });
    const mapLabels = { no: "not yes", maybe: "not yes" };
    await train(three, { out, trainer: features, tests: { ood: { dataset: two, mapLabels } } });
    const scores = (await (await openRun(out)).test("ood")) as TestScores;
    expect(scores).toMatchObject({
      labels: ["not yes", "yes"],
      modelLabels: ["no", "maybe", "yes"],
      mapLabels,
      size: 90,
    });
    expect(scores.perLabel.reduce((sum, label) => sum + label.n, 0)).toBe(90);
  });

  it("keeps all logits of few labels, the largest of many, and none on request", async () => {
    const columns = async (
      name: string,
      labels: number,
      logits?: "all" | "top" | "none",
    ): Promise<string[]> => {
      const names = Array.from({ length: labels }, (_, k) => `l${k}`);
      const gold = names.map((_, k) => k);
      const column = { name: "x", kind: "numeric" as const, values: Float64Array.from(gold) };
      const made = datasetOf({ kind: "features", columns: [column] }, gold, { labels: names });
      const { manifest } = await train(made, {
        out: join(folder, name),
        trainer: features,
        options: { epochs: 1 },
        logits,
      });
      return manifest.columns.filter((of) => of.includes("logits"));
    };
    expect(await columns("few", 100)).toEqual(["logits"]);
    expect(await columns("many", 101)).toEqual(["top_logits"]);
    expect(await columns("many-all", 101, "all")).toEqual(["logits"]);
    expect(await columns("none", 3, "none")).toEqual([]);
  });

  it("shows examples observed, the epoch and the accuracy so far", async () => {
    const seen: [number, string | undefined][] = [];
    let started: unknown[] = [];
    let ended = 0;
    const effects: Effects = {
      log: () => undefined,
      warn: () => undefined,
      progress: (...args) => {
        started = args;
        return { update: (...update) => seen.push([update[0], update[1]]), end: () => ended++ };
      },
    };
    await train(dataset, {
      out: join(folder, "progress"),
      trainer: features,
      options: { epochs: 2 },
      effects,
    });
    expect(started).toEqual(["training", 480, "examples"]);
    expect(seen.map(([done]) => done)).toEqual([0, 0, 240, 240, 480]);
    expect(seen[3]?.[1]).toBe("epoch 2 of 2");
    expect(seen[4]?.[1]).toMatch(/^epoch 2 of 2, accuracy 0\.\d{3}$/);
    expect(ended).toBe(1);
  });

  it("stopped before it began, leaves a run that can be resumed", async () => {
    const { outcome, manifest } = await train(dataset, {
      out: join(folder, "before"),
      trainer: features,
      signal: AbortSignal.abort("SIGINT"),
    });
    expect(outcome).toBe("stopped");
    expect(manifest.epochs).toEqual({ planned: 6, finished: 0 });
    expect(Object.keys(manifest.checksums)).toEqual(["examples.parquet"]);
  });

  it("lets a training's failure through, and gives the lock back", async () => {
    const out = join(folder, "fails");
    const fails = { ...spy, start: () => Promise.reject(new Error("no memory")) };
    await expect(train(dataset, { out, trainer: fails })).rejects.toThrow("no memory");
    expect((await train(dataset, { out, trainer: spy, overwrite: true })).outcome).toBe("finished");
  });
});
