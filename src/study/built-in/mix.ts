/**
 * Do easy examples rescue a small ambiguous set? First the ambiguous sets of the sweep, to find the smallest whose training collapses; then
 * that one (or 17 %, where none collapses) with 0 to 50 % of it replaced. Replaced by easy, as in the paper; and as controls by random, by
 * hard, and by random with the labels of the whole balanced: if those rescue it too, it is not easiness that does.
 */

import type { FinishedRound, Round } from "../plan/round.js";
import type { ArmSpec, PrimaryComparison } from "../spec/spec.js";
import { armOf, mixed, wholeSet } from "./arms.js";
import { replicatesOf, specOf, type BuiltInStudy } from "./built-in.js";
import { mixFallback, smallestCollapsed } from "./collapse.js";
import { mixTable } from "./mix-table.js";
import { sweepFractions } from "./sweep.js";

/** Shares of the set that are replaced. */
export const mixShares = [0, 0.1, 0.2, 0.3, 0.4, 0.5] as const;

export interface MixOptions {
  /** Of the ambiguous sets that are looked at first. Default: the sweep's. */
  readonly fractions?: readonly number[] | undefined;
  /** Mixes into this set, without looking first. */
  readonly into?: number | undefined;
  readonly shares?: readonly number[] | undefined;
}

export const mix: BuiltInStudy<MixOptions> = {
  name: "mix",
  summary:
    "the smallest ambiguous set that collapses (or 17 %), 0 to 50 % of it replaced by easy; and by controls",
  needsTests: true,
  study(inputs, { fractions = sweepFractions, into, shares = mixShares } = {}) {
    const probes = [wholeSet, ...fractions.map((fraction) => armOf({ by: "ambiguous", fraction }))];
    const arms = into === undefined ? probes : [wholeSet, ...mixtures(into, shares)];
    const spec = specOf("mix", inputs, {
      arms,
      budgets: ["epochs", "steps"],
      primary: into === undefined ? [] : mixPrimary(into),
    });
    const replicates = replicatesOf(spec);
    const next = (finished: readonly FinishedRound[]): Round | null => {
      const [first, ...rest] = finished;
      if (first === undefined) return { arms, replicates };
      if (rest.length > 0 || into !== undefined) return null;
      return { arms: mixtures(smallestCollapsed(first.results) ?? mixFallback, shares), replicates };
    };
    return { spec, next };
  },
  findings: (found) => Promise.resolve([mixTable(found)]),
};

function mixtures(fraction: number, shares: readonly number[]): ArmSpec[] {
  const replaced = shares.filter((share) => share > 0);
  const by = (part: string): ArmSpec[] =>
    replaced.map((share) => mixed("ambiguous", fraction, [[part, share]]));
  return [
    mixed("ambiguous", fraction, []),
    armOf({ by: "random", fraction }),
    ...by("easy"),
    ...by("random"),
    ...by("hard"),
    mixed("ambiguous", fraction, [], { balance: "label" }),
    ...replaced.map((share) => mixed("ambiguous", fraction, [["random", share]], { balance: "label" })),
  ];
}

/** A tenth of easy against none, and against a tenth of random. */
function mixPrimary(fraction: number): PrimaryComparison[] {
  const tenth = mixed("ambiguous", fraction, [["easy", 0.1]]).name;
  return [
    { arm: tenth, against: mixed("ambiguous", fraction, []).name },
    { arm: tenth, against: mixed("ambiguous", fraction, [["random", 0.1]]).name },
  ];
}
