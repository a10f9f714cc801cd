/** A built-in study: from a user's data to the arms that answer one question. Pure: no file is read, nothing is trained. */

import type { Study } from "../plan/study.js";
import type { Found, FoundTable } from "./findings.js";
import {
  defaultExecution,
  defaultSeeds,
  type ArmSpec,
  type Budget,
  type DataSpec,
  type ExecutionSpec,
  type MapSpec,
  type PrimaryComparison,
  type StudySpec,
  type TestSpec,
  type TrainerSpec,
} from "../spec/spec.js";

/** What every built-in study is made for. */
export interface StudyInputs {
  readonly data: DataSpec;
  readonly tests: readonly TestSpec[];
  /** Default: the first that reads the data's kind of input. */
  readonly trainer?: TrainerSpec | undefined;
  /** Default: the trainer's own map. */
  readonly map?: MapSpec | undefined;
  /** Of everything random. Default: 0. */
  readonly seed?: number | undefined;
  /** Replicates, or a seed for each. Default: 5. */
  readonly seeds?: number | readonly number[] | undefined;
  /** Default: the study's own. */
  readonly budgets?: readonly Budget[] | undefined;
  readonly execution?: ExecutionSpec | undefined;
}

export interface BuiltInStudy<Options = unknown> {
  readonly name: string;
  /** One line: the question that it answers. */
  readonly summary: string;
  /** Whether it trains and tests, and therefore needs test sets. */
  readonly needsTests: boolean;
  /** @throws UserError where the inputs do not do for it */
  study(inputs: StudyInputs, options?: Options): Study;
  /** Tables of its own, from what was found. Default: none. */
  findings?(found: Found, options?: Options): Promise<FoundTable[]>;
}

/** A spec of the inputs, with the defaults filled in. */
export function specOf(
  name: string,
  inputs: StudyInputs,
  parts: {
    readonly arms: readonly ArmSpec[];
    readonly budgets: readonly Budget[];
    readonly primary: readonly PrimaryComparison[];
  },
): StudySpec {
  const { data, tests, trainer = {}, map = {}, seed = 0, seeds = defaultSeeds, budgets } = inputs;
  const { execution = defaultExecution } = inputs;
  return {
    name,
    data,
    tests,
    trainer,
    map,
    seed,
    seeds,
    budgets: budgets ?? parts.budgets,
    arms: parts.arms,
    primary: parts.primary,
    execution,
  };
}

/** How many replicates a study has. */
export function replicatesOf({ seeds }: Pick<StudySpec, "seeds">): number[] {
  return Array.from(
    { length: typeof seeds === "number" ? seeds : seeds.length },
    (_, replicate) => replicate,
  );
}
