/**
 * How much of a map is the seed's: the same data, other seeds. Only maps and selections are made; what they have in common is a table of its
 * own in the study's folder (`stability-table.ts`).
 */

import { UserError } from "../../core/errors.js";
import { armOf, third } from "./arms.js";
import { stabilityTable } from "./stability-table.js";
import { replicatesOf, specOf, type BuiltInStudy } from "./built-in.js";

/** Selections whose overlap is looked at. Random has a seed of its own too: it shows what chance would share. */
export const stabilityWays = ["ambiguous", "hard", "easy", "forgetting", "margin", "random"] as const;

export interface StabilityOptions {
  /** Default: 0.33. */
  readonly fraction?: number | undefined;
}

export const stability: BuiltInStudy<StabilityOptions> = {
  name: "stability",
  summary:
    "maps of the same data with other seeds: how their coordinates correlate, what their selections share",
  needsTests: false,
  study(inputs, { fraction = third } = {}) {
    const arms = stabilityWays.map((by) => ({ ...armOf({ by, fraction }), train: false }));
    const spec = specOf("stability", inputs, { arms, budgets: ["epochs"], primary: [] });
    if (replicatesOf(spec).length < 2) {
      throw new UserError({
        subject: "--seeds",
        problem: "one map has nothing to be compared with",
        value: 1,
        remedy: "give 2 or more",
      });
    }
    return { spec };
  },
  findings: async ({ folder }) => [await stabilityTable(folder)],
};
