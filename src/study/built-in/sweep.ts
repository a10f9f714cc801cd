/**
 * How small may it be: ambiguous and random sets from a half down to a hundredth. By epochs a small set also trains less, so that each is
 * trained a second time with as many updates as the whole set gets.
 */

import { defaultPrimary } from "../spec/primary.js";
import { armOf, wholeSet } from "./arms.js";
import { specOf, type BuiltInStudy } from "./built-in.js";

/** The paper's, as shares of the training set. */
export const sweepFractions = [0.5, 0.33, 0.25, 0.17, 0.1, 0.05, 0.01] as const;

export interface SweepOptions {
  /** Default: the paper's seven. */
  readonly fractions?: readonly number[] | undefined;
}

export const sweep: BuiltInStudy<SweepOptions> = {
  name: "sweep",
  summary: "ambiguous and random sets of 50, 33, 25, 17, 10, 5 and 1 %, by epochs and by updates",
  needsTests: true,
  study(inputs, { fractions = sweepFractions } = {}) {
    const arms = [
      wholeSet,
      ...fractions.flatMap((fraction) => ["ambiguous", "random"].map((by) => armOf({ by, fraction }))),
    ];
    return {
      spec: specOf("sweep", inputs, { arms, budgets: ["epochs", "steps"], primary: defaultPrimary(arms) }),
    };
  },
};
