/**
 * A budget in updates. A training of `steps` updates makes whole epochs and, where they do not divide it, one more that is not whole: it
 * trains on the first examples of that epoch's order and ends there. At epoch end such an epoch is observed like any other, all examples
 * with the model as it stands. In a train pass it cannot be, as some examples have no step: it is trained and gives no observation.
 */

import { UserError } from "../core/errors.js";
import type { Protocol, Trainer, TrainerOptions } from "./trainer.js";

export interface Passes {
  /** All epochs, the one that is not whole among them. */
  readonly epochs: number;
  /** Updates of an epoch: as many as a whole one makes, but in the last what is left of the budget. */
  readonly updates: (epoch: number) => number;
  readonly isWhole: (epoch: number) => boolean;
}

/** @param perEpoch updates of a whole epoch, at least 1 */
export function passes({ epochs, steps }: TrainerOptions, perEpoch: number): Passes {
  const all = steps ?? epochs * perEpoch;
  const updates = (epoch: number): number => Math.max(0, Math.min(perEpoch, all - epoch * perEpoch));
  return { epochs: Math.ceil(all / perEpoch), updates, isWhole: (epoch) => updates(epoch) === perEpoch };
}

/** Updates that a training with these options makes on so many examples; null where the trainer does not count them. */
export function updatesOf<Options extends TrainerOptions>(
  trainer: Pick<Trainer<Options>, "updatesPerEpoch">,
  options: Options,
  size: number,
): number | null {
  const perEpoch = trainer.updatesPerEpoch?.(options, size);
  return perEpoch === undefined ? null : (options.steps ?? options.epochs * perEpoch);
}

/** What is wrong with a budget in updates whatever the dataset: where there is one. @throws UserError */
export function checkSteps(
  trainer: Pick<Trainer, "name" | "updatesPerEpoch">,
  steps: unknown,
  protocol: Protocol,
): void {
  if (steps === undefined) return;
  if (trainer.updatesPerEpoch === undefined)
    throw refused(steps, `the ${trainer.name} trainer does not count its updates`, "give --epochs");
  if (protocol === "held-out")
    throw refused(
      steps,
      "held-out trains several models, each of another number of updates",
      "give --epochs",
    );
}

/**
 * The options of a run with a budget in updates: `epochs` is then what these take.
 *
 * @throws UserError where the protocol could not observe such a training
 */
export function withEpochs<Options extends TrainerOptions>(
  trainer: Pick<Trainer<Options>, "updatesPerEpoch">,
  options: Options,
  size: number,
  protocol: Protocol,
): Options {
  const { steps } = options;
  const whole = trainer.updatesPerEpoch?.(options, size);
  if (steps === undefined || whole === undefined) return options;
  if (protocol === "train-pass" && steps < whole)
    throw refused(
      steps,
      `one epoch makes ${whole} updates, and a train pass observes whole epochs only`,
      `give at least ${whole}, or --protocol epoch-end`,
    );
  return { ...options, epochs: passes(options, whole).epochs };
}

function refused(steps: unknown, problem: string, remedy: string): UserError {
  return new UserError({ subject: "--steps", problem, value: steps, remedy });
}
