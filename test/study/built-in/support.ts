/** A user's inputs, and made-up results. */

import type { StudyInputs } from "../../../src/study/built-in/built-in.js";
import { planStudy, type Catalogue, type StudyPlan } from "../../../src/study/plan/plan.js";
import type { CellResult, CellState } from "../../../src/study/results/results.js";
import { wholeGrid, type FinishedRound, type Round } from "../../../src/study/plan/round.js";
import type { ArmSpec, Budget, StudySpec } from "../../../src/study/spec/spec.js";
import type { Study } from "../../../src/study/plan/study.js";

export const inputs: StudyInputs = {
  data: { files: ["train.csv"] },
  tests: [
    { name: "dev", kind: "id", files: ["dev.csv"] },
    { name: "books", kind: "ood", files: ["books.csv"] },
    { name: "dvd", kind: "ood", files: ["dvd.csv"] },
  ],
};

const catalogue: Catalogue = {
  trainer: ({ name = "ngram", options = {} }) => ({
    name,
    version: 1,
    options: { epochs: 6, ...(options as Record<string, number>) },
  }),
  strategy: (name) => ({
    version: 1,
    needsMap: !["random", "uncertainty", "k-center", "aflite"].includes(name),
  }),
};

/** The steps of a round, by default of the first. */
export function planOf({ spec, next }: Study, round?: Round): StudyPlan {
  const first = round ?? (next ?? wholeGrid(spec))([]);
  if (first === null) throw new Error("no round");
  const described = (content: string) => ({
    content: [content],
    reading: {},
    size: 1000,
    labelNames: ["a", "b"],
  });
  const tests = Object.fromEntries(spec.tests.map(({ name }) => [name, described(name)]));
  return planStudy(spec, { data: described("train"), tests }, catalogue, first);
}

export function count(plan: StudyPlan, kind: "map" | "selection" | "cell"): number {
  return [...plan.steps.values()].filter((step) => step.kind === kind).length;
}

export interface Made {
  readonly accuracy: number;
  readonly state: CellState;
}

/** What a round would have found, if cells were like this. */
export function finish(
  spec: StudySpec,
  round: Round,
  cell: (arm: ArmSpec, budget: Budget, replicate: number, test: string) => Partial<Made>,
): FinishedRound {
  const tests = spec.tests.filter(({ name }) => round.tests === undefined || round.tests.includes(name));
  const results = round.replicates.flatMap((replicate) =>
    round.arms.flatMap((arm) =>
      spec.budgets.flatMap((budget) =>
        tests.map(({ name, kind }): CellResult => {
          const { accuracy = 0.5, state = "ok" } = cell(arm, budget, replicate, name);
          const { recipe } = arm;
          return {
            cell: `${arm.name} ${budget} ${replicate}`,
            arm: arm.name,
            by: recipe?.by ?? "all",
            fraction: recipe?.fraction ?? 1,
            balanced: recipe?.balance !== undefined,
            mixBy: recipe?.mix?.[0]?.by ?? null,
            mixShare: recipe?.mix?.[0]?.share ?? 0,
            mapTrainer: "ngram",
            trainer: "ngram",
            budget,
            n: Math.floor((recipe?.fraction ?? 1) * 1000),
            ...{ epochs: 6, updates: null },
            replicate,
            ...{ mapSeed: replicate, selectionSeed: replicate, trainingSeed: replicate },
            ...{ trainAccuracy: 0.9, trainMajority: 0.5, state, test: name, kind },
            ...{ testSize: 100, testMajority: 0.5, accuracy, macroF1: accuracy, matthews: 0, loss: 1 },
            ...{ perLabel: [], slices: [], trainLabels: {}, predictedLabels: {} },
            ...{ seconds: 2, mapSeconds: 3, started: "2026-01-01T00:00:00.000Z", host: "here" },
          };
        }),
      ),
    ),
  );
  return { round, results, failures: [] };
}

/** Plays a study to its end. */
export function play({ spec, next }: Study, cell: Parameters<typeof finish>[2], most = 20): FinishedRound[] {
  const finished: FinishedRound[] = [];
  const ask = next ?? wholeGrid(spec);
  for (let round = ask(finished); round !== null; round = ask(finished)) {
    finished.push(finish(spec, round, cell));
    if (finished.length > most) throw new Error("no end");
  }
  return finished;
}
