/** Which epochs a map is computed from. */

import { UserError } from "../core/errors.js";

/** First and last epoch, 0-based, both included. */
export interface EpochRange {
  readonly from: number;
  readonly to: number;
}

/** `--epochs a..b` as written, 0-based and inclusive; `a..` and `..b` leave an end open, `a` is one epoch. */
export function parseEpochRange(text: string): Partial<EpochRange> {
  const match = /^(\d+)?(\.\.)?(\d+)?$/.exec(text.trim());
  const [, first, dots, last] = match ?? [];
  if (!match || (first === undefined && last === undefined) || (dots === undefined && last !== undefined)) {
    throw new UserError({
      subject: "--map-epochs",
      problem: "not a range of epochs",
      value: text,
      remedy: "write 1..5: epochs count from 0, and both ends are included",
    });
  }
  if (dots === undefined) return { from: Number(first), to: Number(first) };
  return {
    ...(first === undefined ? {} : { from: Number(first) }),
    ...(last === undefined ? {} : { to: Number(last) }),
  };
}

export interface EpochChoice {
  /** Epochs to use, both ends included. Default: all that are finished. */
  readonly epochs?: Partial<EpochRange> | undefined;
  /** The reference's option: only epochs 0 .. burnOut - 1. Not together with `epochs`. */
  readonly burnOut?: number | undefined;
}

/**
 * The epochs that were chosen, held to those that a run has.
 *
 * @param subject the run's folder, for messages
 * @param finished how many epochs the run has
 */
export function chosenEpochs(subject: string, finished: number, choice: EpochChoice): EpochRange {
  const { epochs, burnOut } = choice;
  if (finished === 0) {
    throw new UserError({
      subject,
      problem: "no finished epoch, so there is nothing to compute a map from",
      remedy: "go on with `alidade map --resume`, or import dynamics",
    });
  }
  if (epochs && burnOut !== undefined) {
    throw new UserError({
      subject: "--burn-out",
      problem: "given together with --map-epochs",
      remedy: `--burn-out ${burnOut} means --map-epochs 0..${burnOut - 1}: give one of them`,
    });
  }
  if (burnOut !== undefined) {
    if (!Number.isInteger(burnOut) || burnOut < 1 || burnOut > finished) {
      throw new UserError({
        subject: "--burn-out",
        problem: `not a number of epochs from 1 to ${finished}`,
        value: burnOut,
        remedy: `${subject} has ${finished} finished ${finished === 1 ? "epoch" : "epochs"}`,
      });
    }
    return { from: 0, to: burnOut - 1 };
  }
  const { from = 0, to = finished - 1 } = epochs ?? {};
  const whole = Number.isInteger(from) && Number.isInteger(to);
  if (!whole || from < 0 || to >= finished || from > to) {
    throw new UserError({
      subject: "--map-epochs",
      problem: from > to ? "the range is empty" : "out of range",
      value: `${from}..${to}`,
      remedy: `${subject} has epochs 0..${finished - 1}, both ends included`,
    });
  }
  return { from, to };
}

export function epochNumbers({ from, to }: EpochRange): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
