/** A calibration study's parts: what each arm trains on, how arms are matched, what intervals decide; and learning from shares of votes. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quiet } from "../../../src/core/effects.js";
import type { Dataset, Votes } from "../../../src/dataset/dataset.js";
import type { CellMeasures, CellPart, CellPoint } from "../../../src/diagnose/calibration-study/cell.js";
import { decide, overSplits } from "../../../src/diagnose/calibration-study/contrasts.js";
import {
  agreement,
  armData,
  armNames,
  calibrationArms,
  majority,
} from "../../../src/diagnose/calibration-study/label-arms.js";
import { firstReach, matchedDifference } from "../../../src/diagnose/calibration-study/matched.js";
import { collectLogits } from "../../../src/run/collect.js";
import { ngram } from "../../../src/train/ngram/trainer.js";
import { softmaxDelta, softTargetDelta } from "../../../src/train/ngram/linear-model.js";
import { parseOptions } from "../../../src/train/parse-options.js";
import { madeDataset } from "../made-dataset.js";

const labelNames = ["label 0", "label 1", "label 2"];

function voted(rows: readonly (readonly number[])[]): Dataset & { readonly votes: Votes } {
  const made = madeDataset({
    size: rows.length,
    labels: 3,
    seed: 1,
    texts: (row) => `word${row % 7} and word${row % 5}`,
  });
  return { ...made, labelNames, votes: { labelNames, counts: Uint32Array.from(rows.flat()) } };
}

const votesList = fc.array(
  fc.tuple(fc.nat(5), fc.nat(5), fc.nat(5)).filter((own) => own.some((n) => n > 0)),
  { minLength: 9, maxLength: 40 },
);

describe("arms", () => {
  it("of one kind have the same examples or as many; labels are votes of each example", () => {
    fc.assert(
      fc.property(votesList, fc.nat(1000), (rows, seed) => {
        const dataset = voted(rows);
        const before = [...dataset.votes.counts];
        const gold = majority(dataset.votes, dataset.ids, seed);
        for (const arm of armNames) {
          const data = armData(dataset, arm, seed);
          const labels = calibrationArms[arm].kind === "labels";
          expect(data.size).toBe(labels ? rows.length : Math.floor(rows.length / 3));
          expect(data.ids.length).toBe(data.size);
          data.ids.forEach((id, at) => {
            const row = dataset.ids.indexOf(id);
            const own = [...data.votes!.counts.subarray(at * 3, at * 3 + 3)];
            if (arm === "soft") expect(own).toEqual(rows[row]);
            else if (arm === "sharpened") expect(own).toEqual(rows[row]!.map((n) => n ** 2));
            else {
              expect(own.reduce((a, b) => a + b)).toBe(1);
              const label = own.indexOf(1);
              if (arm === "sampled") expect(rows[row]![label]).toBeGreaterThan(0);
              else {
                expect(label).toBe(gold[row]);
                expect(rows[row]![label]).toBe(Math.max(...rows[row]!));
              }
            }
          });
        }
        expect([...dataset.votes.counts]).toEqual(before);
      }),
      { numRuns: 50, seed: 4 },
    );
  });
  it("high and low are the ends of agreement", () => {
    const rows = Array.from({ length: 30 }, (_, i) => [5 + i, 5, 0]);
    const dataset = voted(rows);
    const agree = agreement(dataset.votes);
    const mean = (arm: "high" | "low" | "random") => {
      const { ids } = armData(dataset, arm, 3);
      return ids.reduce((sum, id) => sum + agree[dataset.ids.indexOf(id)]!, 0) / ids.length;
    };
    const sorted = [...agree].sort((a, b) => a - b);
    expect(mean("low")).toBeCloseTo(sorted.slice(0, 10).reduce((a, b) => a + b) / 10, 12);
    expect(mean("high")).toBeCloseTo(sorted.slice(20).reduce((a, b) => a + b) / 10, 12);
    expect(mean("random")).toBeGreaterThan(mean("low"));
  });
  it("a sampled vote is drawn as often as it was given", () => {
    const dataset = voted(Array.from({ length: 3000 }, () => [1, 2, 7]));
    const { counts } = armData(dataset, "sampled", 5).votes!;
    const share = (label: number) => counts.filter((n, i) => n > 0 && i % 3 === label).length / 3000;
    expect(share(0)).toBeCloseTo(0.1, 1);
    expect(share(2)).toBeCloseTo(0.7, 1);
  });
});

describe("learning from votes", () => {
  it("a share of 1 is the hard label, and the gradient of shares is the mean of their labels'", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -20, max: 20, noNaN: true }), { minLength: 3, maxLength: 3 }),
        fc.tuple(
          fc.integer({ min: 0, max: 4 }),
          fc.integer({ min: 0, max: 4 }),
          fc.integer({ min: 1, max: 4 }),
        ),
        (logits, votes) => {
          const total = votes[0] + votes[1] + votes[2];
          const soft = Float32Array.from(logits);
          const loss = softTargetDelta(
            soft,
            0,
            3,
            Float32Array.from(votes, (n) => n / total),
            0,
          );
          const mean = [0, 0, 0];
          let expected = 0;
          votes.forEach((n, label) => {
            const hard = Float32Array.from(logits);
            const one = Float32Array.from(logits);
            const target = Float32Array.from([0, 1, 2], (k) => Number(k === label));
            const own = softmaxDelta(hard, 0, 3, label);
            expect(softTargetDelta(one, 0, 3, target, 0)).toBeCloseTo(own, 5);
            expect([...one]).toEqual([...hard]);
            expected += (n / total) * own;
            hard.forEach((delta, k) => (mean[k]! += (n / total) * delta));
          });
          expect(loss).toBeCloseTo(expected, 4);
          mean.forEach((delta, k) => expect(soft[k]).toBeCloseTo(delta, 5));
        },
      ),
      { numRuns: 100, seed: 6 },
    );
  });

  const logitsOf = async (train: Dataset, options: Record<string, unknown>): Promise<number[]> => {
    const training = await ngram.start({
      ...{ train, protocol: "epoch-end", seed: 2, threads: 1, effects: quiet },
      options: parseOptions(ngram, { epochs: 2, ...options }),
    });
    let logits: number[] = [];
    for await (const { observations } of training.epochs())
      logits = [...(await collectLogits(observations, { size: train.size, what: 0, ids: train.ids })).values];
    await training.close();
    return logits;
  };

  it("votes that all are for the gold label give the model of the gold labels, bit for bit; an example without votes has its gold label", async () => {
    const made = voted(Array.from({ length: 60 }, () => [0, 0, 0]));
    const counts = new Uint32Array(180);
    made.gold.forEach((label, row) => (counts[row * 3 + label] = row % 4 === 0 ? 0 : 3));
    const hard = await logitsOf({ ...made, votes: null }, {});
    const soft = await logitsOf({ ...made, votes: { labelNames, counts } }, { targets: "votes" });
    expect(soft).toEqual(hard);
  });
  it("a model of one repeated text learns the shares", async () => {
    const made = voted(Array.from({ length: 400 }, () => [6, 3, 1]));
    const same: Dataset = { ...made, input: { kind: "text", text: made.ids.map(() => "the same words") } };
    const logits = await logitsOf({ ...same, votes: made.votes }, { targets: "votes", epochs: 20 });
    const e = logits.slice(0, 3).map(Math.exp);
    const sum = e.reduce((a, b) => a + b);
    [0.6, 0.3, 0.1].forEach((share, k) => expect(e[k]! / sum).toBeCloseTo(share, 2));
  });
  it("needs votes over its labels", async () => {
    const made = voted(Array.from({ length: 9 }, () => [1, 0, 0]));
    await expect(logitsOf({ ...made, votes: null }, { targets: "votes" })).rejects.toThrow(
      "made: has no votes to learn",
    );
    const strange = {
      labelNames: ["label 0", "never", "label 2"],
      counts: Uint32Array.from(Array(27).fill(1) as number[]),
    };
    await expect(logitsOf({ ...made, votes: strange }, { targets: "votes" })).rejects.toThrow(
      'made, example id-0: a vote for a label that no example has, "never"',
    );
  });
});

function point(accuracies: readonly [number, number], smooth: readonly [number, number]): CellPoint {
  const part = (accuracy: number, error: number): CellPart => {
    const own: CellMeasures = {
      accuracy,
      confidence: 0,
      smooth: error,
      debiased: 0,
      nll: 0,
      brier: 0,
      distance: 0,
    };
    const target = { temperature: 1, before: own, after: own };
    return { votes: target, majority: target };
  };
  const halves = [part(accuracies[0], smooth[0]), part(accuracies[1], smooth[1])] as const;
  return { passes: 0, whole: halves[0], halves };
}

describe("matched accuracy", () => {
  const better = [
    point([0.5, 0.5], [0.0, 0.1]),
    point([0.7, 0.7], [0.2, 0.3]),
    point([0.9, 0.9], [0.4, 0.5]),
  ];
  const worse = [point([0.4, 0.4], [0.1, 0.1]), point([0.6, 0.6], [0.3, 0.3])];
  it("by hand: the better one is halfway to its second point, each half measured on the other", () => {
    expect(firstReach(better, 0, 0.6)).toEqual({ after: 0, share: expect.closeTo(0.5, 9) as number });
    // Matched on half 0, measured on half 1: .2 - .3; the other way round: .1 - .3.
    const { difference, accuracy } = matchedDifference(better, worse, ({ votes }) => votes.before.smooth);
    expect(difference).toBeCloseTo(-0.15, 9);
    expect(accuracy).toBeCloseTo(0, 9);
  });
  it("two arms that are the same differ by nothing, and turning them turns the sign", () => {
    const outcome = ({ votes }: CellPart) => votes.before.smooth;
    expect(matchedDifference(better, better, outcome).difference).toBe(0);
    expect(matchedDifference(worse, better, outcome).difference).toBeCloseTo(
      -matchedDifference(better, worse, outcome).difference,
      12,
    );
  });
  it("takes the first place that reaches it, not a later one", () => {
    const bumpy = [point([0.5, 0.5], [0, 0]), point([0.8, 0.8], [1, 1]), point([0.6, 0.6], [5, 5])];
    expect(firstReach(bumpy, 0, 0.8)).toEqual({ after: 0, share: 1 });
    expect(firstReach(bumpy, 0, 0.4)).toEqual({ after: 0, share: 0 });
  });
});

it("intervals over splits: the t interval, wider by what the splits share", () => {
  // Mean 3, s 1.58; t(.975, 4) = 2.776; sqrt(s^2 (1/5 + 1/2)).
  const { mean, low, high, n } = overSplits([1, 2, 3, 4, 5], 0.5);
  expect([n, mean]).toEqual([5, 3]);
  expect(high - mean).toBeCloseTo(2.776445 * Math.sqrt(2.5 * 0.7), 4);
  expect(mean - low).toBeCloseTo(high - mean, 12);
});

it("decides by its rule", () => {
  const at = (low: number, high: number) => ({ n: 5, mean: (low + high) / 2, low, high });
  expect(decide([at(0.01, 0.1), at(0.001, 0.2)])).toBe("holds");
  expect(decide([at(0.01, 0.1), at(-0.001, 0.2)])).toBe("inconclusive");
  expect(decide([at(0.01, 0.1), at(-0.1, -0.001)])).toBe("fails");
  expect(decide([at(-0.009, 0.009), at(-0.001, 0.002)])).toBe("fails");
  expect(decide([at(-0.009, 0.009), at(-0.02, 0.002)])).toBe("inconclusive");
});
