/** From the records of a plan's steps to the lines of the results. */

import { cellState } from "../results/cell-state.js";
import type { PlanLine, StudyPlan } from "../plan/plan.js";
import type { CellRecord, StepRecord } from "../folder/record.js";
import type { CellResult } from "../results/results.js";
import type { ArmSpec, StudySpec } from "../spec/spec.js";
import type { CellStep, MapStep } from "../plan/step.js";

/**
 * The results of all lines whose cells stand: one for each of their test sets, in the order of the plan.
 *
 * @param size examples of the whole training set
 */
export function assembleResults(
  spec: Pick<StudySpec, "tests">,
  arms: readonly ArmSpec[],
  plan: StudyPlan,
  records: ReadonlyMap<string, StepRecord>,
  size: number,
): CellResult[] {
  const byName = new Map(arms.map((arm) => [arm.name, arm]));
  return plan.lines.flatMap((line) => {
    const arm = byName.get(line.arm);
    const record = line.cell === null ? undefined : records.get(line.cell);
    return arm === undefined || record?.kind !== "cell"
      ? []
      : linesOf(spec, arm, line, plan, record, records, size);
  });
}

function linesOf(
  spec: Pick<StudySpec, "tests">,
  { recipe }: ArmSpec,
  line: PlanLine,
  plan: StudyPlan,
  record: CellRecord,
  records: ReadonlyMap<string, StepRecord>,
  size: number,
): CellResult[] {
  const step = plan.steps.get(record.key) as CellStep;
  const map = line.map === null ? undefined : (plan.steps.get(line.map) as MapStep);
  const mixed = recipe?.mix?.[0];
  return record.tests.map((scores) => {
    const facts = {
      trainAccuracy: record.trainAccuracy,
      trainMajority: record.trainMajority,
      testSize: scores.size,
      accuracy: scores.accuracy,
      perLabel: scores.perLabel,
      predictedLabels: scores.predicted,
    };
    return {
      cell: record.key,
      arm: line.arm,
      by: recipe?.by ?? "all",
      fraction: recipe === null ? 1 : (recipe.fraction ?? (recipe.count ?? 0) / size),
      balanced: recipe?.balance !== undefined,
      mixBy: mixed?.by ?? null,
      mixShare: recipe?.mix?.reduce((sum, part) => sum + part.share, 0) ?? 0,
      mapTrainer: map === undefined ? null : (line.mapName ?? map.trainer.name),
      trainer: step.trainer.name,
      budget: line.budget,
      n: record.n,
      epochs: record.epochs,
      updates: record.updates,
      replicate: line.replicate,
      mapSeed: line.seeds.map,
      selectionSeed: line.seeds.selection,
      trainingSeed: line.seeds.training,
      ...facts,
      state: cellState(facts),
      test: scores.test,
      kind: spec.tests.find(({ name }) => name === scores.test)?.kind ?? "id",
      testMajority: scores.majority,
      macroF1: scores.macroF1,
      matthews: scores.matthews,
      loss: scores.loss,
      slices: scores.slices,
      trainLabels: record.trainLabels,
      seconds: record.seconds,
      mapSeconds: (line.map === null ? undefined : records.get(line.map)?.seconds) ?? 0,
      started: record.started,
      host: record.host,
    };
  });
}
