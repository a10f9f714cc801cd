/** Results that no model gave: accuracies drawn around what a test asks for, with all figures counted from the drawn answers. */

import { Random, hashText } from "../../src/core/random.js";
import { cellState } from "../../src/study/results/cell-state.js";
import type { CellResult, StudyResults, TestClusters } from "../../src/study/results/results.js";

export interface MadeUpArm {
  readonly arm: string;
  readonly by: string;
  readonly fraction?: number;
  readonly mixBy?: string;
  readonly mixShare?: number;
  readonly balanced?: boolean;
  readonly budget?: "epochs" | "steps";
  readonly mapTrainer?: string | null;
  readonly trainer?: string;
  /** The chance to be right, by test set. */
  readonly accuracy: Readonly<Record<string, number>>;
  /** Default: .97. */
  readonly trainAccuracy?: number | ((replicate: number) => number);
}

export interface MadeUpStudy {
  readonly arms: readonly MadeUpArm[];
  readonly tests: Readonly<Record<string, { kind: "id" | "ood"; size: number; each?: number }>>;
  readonly replicates?: number;
  /** Standard deviation of an accuracy between replicates. Default: .005. */
  readonly noise?: number;
  readonly seed?: number;
  readonly trainingSize?: number;
}

export function madeUpStudy({
  arms,
  tests,
  replicates = 5,
  noise = 0.005,
  seed = 1,
  trainingSize = 6000,
}: MadeUpStudy): StudyResults {
  const results: CellResult[] = [];
  const answers = new Map<string, Uint8Array>();
  const clusters = new Map<string, TestClusters>();
  for (const [test, { kind, size, each = 1 }] of Object.entries(tests)) {
    const shared = new Random(hashText(test, seed));
    const hardness = Float64Array.from({ length: Math.ceil(size / each) }, () => 0.3 * (shared.unit() - 0.5));
    const cluster = Int32Array.from({ length: size }, (_, i) => Math.floor(i / each));
    clusters.set(test, { test, cluster: each === 1 ? null : cluster });
    for (const arm of arms) {
      const { by, fraction = 1, mixBy = null, mixShare = 0, balanced = false, budget = "epochs" } = arm;
      const { trainer = "ngram", mapTrainer = ["all", "random"].includes(by) ? null : "ngram" } = arm;
      for (let replicate = 0; replicate < replicates; replicate++) {
        // The whole set gets as many updates under both budgets: it is one cell.
        const cell = [arm.arm, by === "all" ? "epochs" : budget, trainer, mapTrainer, replicate].join("/");
        const random = new Random(hashText(`${cell}/${test}`, seed));
        const shift = noise * random.normal();
        const p = (arm.accuracy[test] ?? 0.5) + shift;
        const correct = Uint8Array.from(cluster, (c) => (random.unit() < p + hardness[c]! ? 1 : 0));
        answers.set(`${cell}/${test}`, correct);
        const right = correct.reduce((sum, one) => sum + one, 0) / size;
        // Half of the examples are "no"; answers follow.
        let yes = 0;
        correct.forEach((one, i) => (yes += (i % 2 === 0) === (one === 1) ? 1 : 0));
        const given = arm.trainAccuracy ?? 0.97;
        const no = Math.floor(size / 2);
        const facts = {
          trainAccuracy: typeof given === "number" ? given : given(replicate),
          trainMajority: 0.5,
          accuracy: right,
          testSize: size,
          predictedLabels: { yes: yes / size, no: 1 - yes / size },
          perLabel: [
            { label: "yes", n: size - no, recall: right, precision: right, f1: right },
            { label: "no", n: no, recall: right, precision: right, f1: right },
          ],
        };
        results.push({
          ...facts,
          ...{ cell, arm: arm.arm, by, fraction, balanced, mixBy, mixShare, mapTrainer, trainer, budget },
          n: Math.floor(fraction * trainingSize),
          ...{ epochs: budget === "steps" ? 6 / fraction : 6, updates: null },
          replicate,
          mapSeed: 100 + replicate,
          selectionSeed: 200 + replicate,
          trainingSeed: 300 + replicate,
          state: cellState(facts),
          test,
          kind,
          testMajority: 0.5,
          macroF1: right,
          matthews: 2 * right - 1,
          loss: 1 - right,
          slices: [],
          trainLabels: { yes: 0.5, no: 0.5 },
          seconds: 1,
          mapSeconds: mapTrainer === null ? 0 : 3,
          started: "2026-01-01T00:00:00.000Z",
          host: "made-up",
        });
      }
    }
  }
  return {
    results,
    outcomes: async (cell, test) => {
      const correct = answers.get(`${cell}/${test}`);
      if (correct === undefined) throw new Error(`no outcomes of ${cell} on ${test}`);
      return { cell, test, correct, losses: new Float32Array(correct.length) };
    },
    clusters,
    failures: [],
  };
}

/** A study of thirds as the paper has it: ambiguous gains 4 points out of distribution, hard nothing. */
export const thirds: MadeUpStudy = {
  arms: [
    { arm: "100 %", by: "all", accuracy: { id: 0.85, ood: 0.7 } },
    { arm: "random 33 %", by: "random", fraction: 0.33, accuracy: { id: 0.82, ood: 0.68 } },
    { arm: "ambiguous 33 %", by: "ambiguous", fraction: 0.33, accuracy: { id: 0.83, ood: 0.74 } },
    { arm: "hard 33 %", by: "hard", fraction: 0.33, accuracy: { id: 0.8, ood: 0.7 } },
    { arm: "easy 33 %", by: "easy", fraction: 0.33, accuracy: { id: 0.75, ood: 0.6 } },
  ],
  tests: { id: { kind: "id", size: 3000 }, ood: { kind: "ood", size: 4000 } },
};
