/** A training as plain data, checked before anything is written: what is wrong with a command shows at once. */

import { UserError } from "../core/errors.js";
import { defaultThreads } from "../core/threads.js";
import { version } from "../core/version.js";
import type { Dataset, Roles } from "../dataset/dataset.js";
import { logitsKept, recordedColumns } from "../run/dynamics-columns.js";
import type { Manifest } from "../run/manifest.js";
import type { RunBeginning } from "../run/writer.js";
import { heldOut } from "./held-out.js";
import { parseOptions } from "./parse-options.js";
import { defaultTrainer, trainersFor } from "./registry.js";
import { checkSteps, withEpochs } from "./step-budget.js";
import { planTests, type PlannedTest } from "./test-sets.js";
import type { TrainOptions } from "./train-options.js";
import type { Protocol, Trainer, TrainerOptions } from "./trainer.js";

export interface TrainingPlan {
  /** For held-out: the trainer of all folds' models. */
  readonly trainer: Trainer;
  readonly options: TrainerOptions;
  readonly protocol: Protocol;
  /** null: not held-out. */
  readonly folds: number | null;
  readonly seed: number;
  readonly threads: number;
  readonly logits: Manifest["logits"];
  readonly tests: readonly PlannedTest[];
}

const defaultFolds = 5;

/** The part of a plan that no dataset is needed for: what is wrong with it shows before anything is read. */
export type TrainerPlan = Omit<TrainingPlan, "logits" | "tests">;

type TrainerRequest = Pick<TrainOptions, "options" | "protocol" | "folds" | "seed" | "threads">;

/**
 * @param tests names of the test sets
 * @throws UserError where the trainer cannot do what is asked, or an option is wrong
 */
export function planTrainer(trainer: Trainer, asked: TrainerRequest, tests: readonly string[]): TrainerPlan {
  const protocol = chosenProtocol(trainer, asked.protocol);
  checkSteps(trainer, asked.options?.["steps"], protocol);
  const options = parseOptions(trainer, asked.options);
  const folds = chosenFolds(protocol, asked.folds);
  const seed = wholeNumber("--seed", asked.seed ?? 0, 0, 0xffff_ffff);
  const threads = wholeNumber("--threads", asked.threads ?? defaultThreads(), 1, 1024);
  trainer.check?.(options, { tests, observesOthers: folds !== null });
  return {
    trainer: folds === null ? trainer : heldOut(trainer, folds),
    options,
    protocol,
    folds,
    seed,
    threads,
  };
}

/** @throws UserError where the trainer cannot do what is asked, or an option is wrong */
export function planTraining(dataset: Dataset, asked: Omit<TrainOptions, "out">): TrainingPlan {
  const trainer = asked.trainer ?? defaultTrainer(dataset.input.kind);
  checkDataset(dataset, trainer);
  const tests = planTests(dataset, trainer, asked);
  const planned = planTrainer(
    trainer,
    asked,
    tests.map(({ name }) => name),
  );
  return {
    ...planned,
    options: withEpochs(trainer, planned.options, dataset.size, planned.protocol),
    logits: logitsKept(dataset.labelNames.length, asked.logits),
    tests,
  };
}

/** The manifest that such a training begins with. */
export function beginning(dataset: Dataset, plan: TrainingPlan): RunBeginning {
  return {
    alidade: version,
    dataset: {
      name: dataset.name,
      size: dataset.size,
      input: dataset.input.kind,
      labelNames: [...dataset.labelNames],
      roles: storedRoles(dataset.roles),
      sources: dataset.sources.map((source) => ({ ...source })),
    },
    trainer: storedTrainer(plan),
    imported: null,
    protocol: plan.protocol,
    epochs: { planned: plan.options.epochs },
    logits: plan.logits,
    columns: recordedColumns(plan.logits),
    tests: Object.fromEntries(plan.tests.map(({ name, stored }) => [name, stored])),
  };
}

export function storedTrainer({ trainer, options, seed, threads, folds }: TrainingPlan): Manifest["trainer"] {
  return { name: trainer.name, version: trainer.version ?? 1, options: { ...options }, seed, threads, folds };
}

function storedRoles(roles: Roles): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(roles).flatMap(([role, columns]: [string, string | readonly string[] | undefined]) =>
      columns === undefined ? [] : [[role, typeof columns === "string" ? columns : [...columns]]],
    ),
  );
}

function checkDataset(dataset: Dataset, trainer: Trainer): void {
  const { kind } = dataset.input;
  if (!trainer.can.inputs.includes(kind)) {
    const able = trainersFor(kind).filter((name) => name !== trainer.name);
    throw new UserError({
      subject: dataset.name,
      problem: `its input is ${kind}, and the ${trainer.name} trainer reads ${trainer.can.inputs.join(", ")}`,
      remedy: able.length > 0 ? `give --trainer ${able.join(" or ")}` : "give a trainer that reads it",
    });
  }
  if (dataset.size === 0) throw new UserError({ subject: dataset.name, problem: "has no examples" });
  if (dataset.labelNames.length < 2) {
    throw new UserError({
      subject: dataset.name,
      problem: "has one label only, there is nothing to learn",
      value: dataset.labelNames[0],
      remedy: "name the right column with --label",
    });
  }
}

function chosenProtocol(trainer: Trainer, asked: Protocol | undefined): Protocol {
  const own: readonly Protocol[] = trainer.can.protocols;
  const able: readonly Protocol[] = own.includes("epoch-end") ? [...own, "held-out"] : own;
  const protocol = asked ?? able[0];
  if (protocol !== undefined && able.includes(protocol)) return protocol;
  throw new UserError({
    subject: "--protocol",
    problem: `the ${trainer.name} trainer cannot observe so`,
    value: protocol,
    remedy: `it can ${able.join(", ")}`,
  });
}

function chosenFolds(protocol: Protocol, asked: number | undefined): number | null {
  if (protocol === "held-out") return wholeNumber("--folds", asked ?? defaultFolds, 2, 1000);
  if (asked === undefined) return null;
  throw new UserError({
    subject: "--folds",
    problem: "only held-out has folds, the protocol is",
    value: protocol,
    remedy: "give --protocol held-out, or leave --folds out",
  });
}

function wholeNumber(subject: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const problem = Number.isInteger(value) ? `must be ${least} to ${most}` : "must be a whole number";
  throw new UserError({ subject, problem, value });
}
