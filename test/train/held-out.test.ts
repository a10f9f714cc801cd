import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { quiet } from "../../src/core/effects.js";
import { features } from "../../src/train/features/trainer.js";
import { heldOut } from "../../src/train/held-out.js";
import { train } from "../../src/train/train.js";
import { collectLogits } from "../../src/run/collect.js";
import { openRun } from "../../src/run/reader.js";
import { datasetOf, featuresDataset, textDataset } from "./datasets.js";
import { problemOfAsync } from "./problem.js";
import { scratchFolder } from "./scratch.js";
import { spy } from "./spy-trainer.js";

const folder = scratchFolder("held-out");

async function logitsOfEpoch(run: string, epoch: number, width: number): Promise<number[][]> {
  const rows: number[][] = [];
  for await (const chunk of (await openRun(run)).readEpoch(epoch)) {
    const values = [...(chunk.logits?.values ?? [])];
    for (let i = 0; i < chunk.size; i++) rows.push(values.slice(i * width, (i + 1) * width));
  }
  return rows;
}

describe("held-out", () => {
  it("observes every example with a model that never trained on it", async () => {
    const out = join(folder, "spy");
    spy.requests.length = 0;
    const dataset = textDataset({ size: 103, labels: ["a", "b", "c"] });
    await train(dataset, { out, trainer: spy, protocol: "held-out", folds: 4 });
    for (const epoch of [0, 1, 2]) {
      const rows = await logitsOfEpoch(out, epoch, 3);
      expect(rows).toHaveLength(103);
      // The spy's logits count how often the model trained on the example: never.
      for (const row of rows) expect(row).toEqual([0.5, 0, 0]);
    }
    // And all the other examples were trained on by each model: 3 of 4 models know an example.
    expect(spy.requests).toHaveLength(4);
    for (const request of spy.requests) {
      const observed = new Set(request.observe?.ids);
      expect(request.train.size + observed.size).toBe(103);
      expect(request.train.ids.some((id) => observed.has(id))).toBe(false);
    }
    expect(spy.requests.reduce((sum, request) => sum + (request.observe?.size ?? 0), 0)).toBe(103);
  });

  it("shows the spy's counts where the protocol is not held-out", async () => {
    const out = join(folder, "seen");
    await train(textDataset({ size: 10 }), { out, trainer: spy });
    expect((await logitsOfEpoch(out, 2, 2))[0]).toEqual([3.5, 3]);
  });

  it("keeps groups whole", async () => {
    spy.requests.length = 0;
    const groups = Array.from({ length: 60 }, (_, row) => (row % 3 === 0 ? null : `g${row % 11}`));
    await train(textDataset({ size: 60, groups }), {
      out: join(folder, "groups"),
      trainer: spy,
      protocol: "held-out",
      folds: 3,
    });
    for (const { train: trained, observe } of spy.requests) {
      const ofTraining = new Set(trained.groups?.filter((group) => group !== null));
      expect(observe?.groups?.filter((group) => group !== null && ofTraining.has(group))).toEqual([]);
    }
  });

  it("keeps exact duplicates whole, case and white space aside", async () => {
    spy.requests.length = 0;
    const text = Array.from({ length: 60 }, (_, row) =>
      row % 2 === 0 ? `A  text ${row % 12}` : `a Text ${row % 12}`,
    );
    const duplicates = datasetOf(
      { kind: "text", text },
      text.map((_, row) => (row % 3) & 1),
    );
    await train(duplicates, { out: join(folder, "twins"), trainer: spy, protocol: "held-out", folds: 3 });
    for (const { train: trained, observe } of spy.requests) {
      const texts = (of: typeof trained): string[] =>
        of.input.kind === "text" ? of.input.text.map((one) => one.toLowerCase().replace(/\s+/g, " ")) : [];
      const known = new Set(texts(trained));
      expect(observe && texts(observe).filter((one) => known.has(one))).toEqual([]);
    }
  });

  it("scores test sets by the mean of the models' probabilities, and says so", async () => {
    const out = join(folder, "mean");
    const dataset = featuresDataset({ size: 120 });
    const test = featuresDataset({ size: 40, seed: 5 });
    await train(dataset, {
      out,
      trainer: features,
      protocol: "held-out",
      folds: 3,
      seed: 4,
      tests: { id: { dataset: test } },
    });
    const scores = (await (await openRun(out)).test("id")) as { model: string; protocol: string };
    expect(scores.protocol).toBe("held-out");
    expect(scores.model).toBe("the mean of the probabilities of 3 models, each trained without one fold");
    expect(readdirSync(join(out, "model")).sort()).toEqual(["fold=0", "fold=1", "fold=2"]);

    const options = { size: 40, what: "test", ids: test.ids };
    const together = await heldOut(features, 3).load(join(out, "model"), 1);
    const mean = await collectLogits(together.predict(test), options);
    await together.close();
    const sum = new Float64Array(80);
    for (const fold of [0, 1, 2]) {
      const model = await features.load(join(out, "model", `fold=${fold}`), 1);
      const { values } = await collectLogits(model.predict(test), options);
      for (let row = 0; row < 40; row++) {
        const [a = 0, b = 0] = values.slice(2 * row);
        const p = 1 / (1 + Math.exp(b - a));
        sum[2 * row]! += p / 3;
        sum[2 * row + 1]! += (1 - p) / 3;
      }
    }
    // The mean's logarithm is stored in float32: relative error up to 6e-8 of a value up to 10.
    for (const [i, value] of mean.values.entries()) expect(Math.exp(value)).toBeCloseTo(sum[i] ?? -1, 5);
  });

  it("ends where the first of the models ends", async () => {
    const { manifest } = await train(textDataset({ size: 20 }), {
      out: join(folder, "early"),
      trainer: spy,
      protocol: "held-out",
      folds: 2,
      options: { epochs: 5, endsAfter: 2 },
    });
    expect(manifest.epochs).toEqual({ planned: 2, finished: 2 });
  });

  it("warns of a label that falls into one fold whole", async () => {
    const warnings: string[] = [];
    const gold = [0, 0, 0, 0, 1, 1, 1, 1, 2];
    const dataset = datasetOf({ kind: "text", text: gold.map((_, row) => `text ${row}`) }, gold, {
      labels: ["a", "b", "rare"],
    });
    await train(dataset, {
      out: join(folder, "rare"),
      trainer: spy,
      protocol: "held-out",
      folds: 3,
      effects: { ...quiet, warn: (line) => warnings.push(line) },
    });
    expect(warnings).toEqual([
      "held-out: all examples of the label rare fall into one fold: the model that observes them never saw that label",
    ]);
  });

  it("refuses more folds than there are groups", async () => {
    const groups = Array.from({ length: 12 }, (_, row) => `g${row % 3}`);
    const problem = await problemOfAsync(() =>
      train(textDataset({ size: 12, groups }), {
        out: join(folder, "many"),
        trainer: spy,
        protocol: "held-out",
        folds: 4,
      }),
    );
    expect(problem).toBe("--folds: more folds than the 3 examples or groups of made, 4; give at most 3");
  });
});
