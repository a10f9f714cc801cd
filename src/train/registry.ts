/** Trainers by name. */

import { nearest, UserError } from "../core/errors.js";
import type { Input } from "../dataset/dataset.js";
import type { Trainer } from "./trainer.js";
import * as trainers from "./trainers.js";

/** The built-in trainers by name. */
export const builtInTrainers: Readonly<Record<string, Trainer>> = { ...trainers };

/**
 * The trainer of that name.
 *
 * @param option that named it, for messages
 * @throws UserError naming the nearest where there is none
 */
export function findTrainer(name: string, option = "--trainer"): Trainer {
  const found = Object.hasOwn(builtInTrainers, name) ? builtInTrainers[name] : undefined;
  if (found !== undefined) return found;
  const names = Object.keys(builtInTrainers);
  const near = nearest(name, names);
  throw new UserError({
    subject: option,
    problem: "no such trainer",
    value: name,
    remedy: `${near === null ? "" : `did you mean ${near}? `}there are ${names.join(", ")}`,
  });
}

/** Names of the built-in trainers that take such input. */
export function trainersFor(kind: Input["kind"]): string[] {
  return Object.values(builtInTrainers)
    .filter((trainer) => trainer.can.inputs.includes(kind))
    .map((trainer) => trainer.name);
}

/** The trainer to take where the user names none: the first that reads such input and needs no option. */
export function defaultTrainer(kind: Input["kind"]): Trainer {
  const name = trainersFor(kind).find((one) => findTrainer(one).options.safeParse({}).success);
  if (name === undefined) {
    throw new UserError({
      subject: "--trainer",
      problem: "no built-in trainer reads such input",
      value: kind,
    });
  }
  return findTrainer(name);
}
