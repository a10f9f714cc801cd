/**
 * The paper's table: train on a third of the data, chosen in each of its ways, and on all of it. Beside its rows stand the baselines that do
 * without a map, and every third again with its labels balanced: a region may win only because it has other shares of the labels.
 */

import { defaultPrimary } from "../spec/primary.js";
import { armOf, third, wholeSet } from "./arms.js";
import { specOf, type BuiltInStudy } from "./built-in.js";

/** The rows of the paper's tables 2 and 3; `easy` is its high confidence, `hard` its low confidence. */
export const paperRows = [
  "random",
  "easy",
  "high-correctness",
  "low-variability",
  "forgetting",
  "low-correctness",
  "hard",
  "ambiguous",
] as const;

/** Active learning and filtering, which need no map. */
export const baselines = ["uncertainty", "k-center", "aflite"] as const;

export interface RegionsOptions {
  /** In (0, 1]. Default: 0.33. */
  readonly fraction?: number | undefined;
}

export const regions: BuiltInStudy<RegionsOptions> = {
  name: "regions",
  summary:
    "train on a third, chosen in every way of the paper and by its baselines, plain and balanced by label",
  needsTests: true,
  study(inputs, { fraction = third } = {}) {
    const ways = [...paperRows, ...baselines];
    const arms = [
      wholeSet,
      ...ways.map((by) => armOf({ by, fraction })),
      ...ways.map((by) => armOf({ by, fraction, balance: "label" })),
    ];
    return { spec: specOf("regions", inputs, { arms, budgets: ["epochs"], primary: defaultPrimary(arms) }) };
  },
};
