/** A selection of parts: the base strategy's, then those that replace its end. */

import { UserError } from "../core/errors.js";
import { shareOf } from "./quota.js";
import type { MixPart, StrategyChoice } from "./recipe.js";

export interface Part {
  readonly choice: StrategyChoice;
  readonly count: number;
  /** The option that named it, for messages. */
  readonly option: "--by" | "--mix";
}

/**
 * The parts of a selection of n examples: floor(share x n) for each part of the mix, what is left for the base. Parts of no
 * example are left out.
 *
 * @throws UserError where a share is out of range or all together exceed 1
 */
export function planParts(base: StrategyChoice, mix: readonly MixPart[], n: number): Part[] {
  for (const { by, share } of mix) {
    if (!(share > 0 && share <= 1)) {
      throw new UserError({
        subject: "--mix",
        problem: "the share is out of range",
        value: `${by}=${share}`,
        remedy: "give a number above 0 to 1, as in easy=0.1",
      });
    }
  }
  const total = mix.reduce((sum, { share }) => sum + share, 0);
  if (total > 1 + 1e-9) {
    throw new UserError({
      subject: "--mix",
      problem: "the shares together exceed 1",
      value: mix.map(({ by, share }) => `${by}=${share}`).join(", "),
      remedy: "lower them: what is left is the base strategy's",
    });
  }
  const parts = mix.map((choice): Part => ({ choice, count: shareOf(choice.share, n), option: "--mix" }));
  const rest = n - parts.reduce((sum, { count }) => sum + count, 0);
  return [{ choice: base, count: rest, option: "--by" as const }, ...parts].filter(({ count }) => count > 0);
}

/**
 * Each label's share of each part, where labels are balanced: a part's examples are spread over the labels as evenly as can
 * be, the odd ones to other labels in each part, and the first part gets what is left of each label.
 *
 * @param labels how many of each label in all
 * @returns of each part one number a label
 */
export function partsByLabel(parts: readonly Part[], labels: Int32Array): Int32Array[] {
  const left = labels.slice();
  const total = labels.reduce((sum, one) => sum + one, 0);
  const later = parts.slice(1).map(({ count }) => {
    // In proportion to what each label gets in all; the odd ones go where most of a label is left.
    const share = left.map((_, label) =>
      Math.min(left[label] as number, Math.floor((count * (labels[label] as number)) / total)),
    );
    let odd = count - share.reduce((sum, one) => sum + one, 0);
    while (odd > 0) {
      let best = -1;
      for (let label = 0; label < left.length; label++) {
        const rest = (left[label] as number) - (share[label] as number);
        if (rest > 0 && (best < 0 || rest > (left[best] as number) - (share[best] as number))) best = label;
      }
      if (best < 0) break;
      share[best] = (share[best] as number) + 1;
      odd--;
    }
    for (let label = 0; label < left.length; label++)
      left[label] = (left[label] as number) - (share[label] as number);
    return share;
  });
  return parts.length === 0 ? [] : [left, ...later];
}
