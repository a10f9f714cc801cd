/** How many examples a recipe asks for. */

import { UserError } from "../core/errors.js";

/** floor(share x whole), with what rounding of the product took given back: a tenth of 30 is 3. */
export function shareOf(share: number, whole: number): number {
  return Math.floor(share * whole + 1e-9);
}

/**
 * The number of examples to take.
 *
 * @param size of the whole dataset: a fraction is of all of it, whatever is excluded
 * @throws UserError unless exactly one of the two is given, in its range
 */
export function quota(
  { fraction, count }: { readonly fraction?: number | undefined; readonly count?: number | undefined },
  size: number,
): number {
  if ((fraction === undefined) === (count === undefined)) {
    throw new UserError({
      subject: fraction === undefined ? "alidade select" : "--count",
      problem:
        fraction === undefined ? "does not know how many to take" : "cannot be combined with --fraction",
      remedy: "give one of --fraction and --count",
    });
  }
  if (fraction !== undefined) {
    if (!(fraction > 0 && fraction <= 1)) {
      throw new UserError({
        subject: "--fraction",
        problem: "out of range",
        value: fraction,
        remedy: "give a number above 0 to 1",
      });
    }
    const n = shareOf(fraction, size);
    if (n > 0) return n;
    throw new UserError({
      subject: "--fraction",
      problem: `takes none of ${size} examples`,
      value: fraction,
      remedy: `give ${1 / size} or more, or --count`,
    });
  }
  if (count === undefined || !Number.isInteger(count) || count < 1) {
    throw new UserError({
      subject: "--count",
      problem: "not a whole number above 0",
      value: count,
      remedy: "give how many examples to take",
    });
  }
  if (count > size) {
    throw new UserError({
      subject: "--count",
      problem: `there are only ${size} examples`,
      value: count,
      remedy: `give ${size} or less`,
    });
  }
  return count;
}
