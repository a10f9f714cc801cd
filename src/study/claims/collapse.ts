/** Whether training on small sets failed to optimise: counted, not averaged. */

import type { Arm } from "../results/arms.js";
import { sameShare } from "../results/comparison.js";
import type { CellResult } from "../results/results.js";
import type { Evidence } from "./verdict.js";

/** From this share of its cells on, an arm has collapsed: four of five. */
const most = 0.8;

/** Cells of an arm, one a replicate: whether a training optimised does not depend on the test set. */
function cellsOf(arm: Arm): readonly CellResult[] {
  const [first = []] = arm.cells.values();
  return first;
}

function failedShare(arm: Arm): number {
  const cells = cellsOf(arm);
  return cells.length === 0 ? 0 : failures(arm) / cells.length;
}

function failures(arm: Arm): number {
  return cellsOf(arm).filter(({ state }) => state === "not-optimised").length;
}

/** The largest share at which an arm collapsed; null where none did. */
export function collapsedFraction(arms: readonly Arm[]): number | null {
  const collapsed = arms.filter((arm) => failedShare(arm) >= most).map(({ fraction }) => fraction);
  return collapsed.length === 0 ? null : Math.max(...collapsed);
}

/**
 * One piece of evidence a dataset. It speaks for a collapse where at some share at least four of five cells of the arm are not
 * optimised and none of the other arm's is; against it where no cell of the arm is at any share; else neither.
 */
export function collapseEvidence(
  dataset: string,
  arms: readonly Arm[],
  against: readonly Arm[],
): Evidence[] | string {
  const pairs = arms.flatMap((arm) => {
    const other = against.find(({ fraction }) => sameShare(fraction, arm.fraction));
    return other ? [{ arm, other }] : [];
  });
  if (pairs.length === 0) return "the study has no two arms of one size to compare";
  const found = pairs.find(({ arm, other }) => failedShare(arm) >= most && failures(other) === 0);
  const worst = found ?? pairs.reduce((a, b) => (failedShare(b.arm) > failedShare(a.arm) ? b : a));
  const none = pairs.every(({ arm }) => failures(arm) === 0);
  return [
    {
      dataset,
      test: "training",
      what: `${worst.arm.title} not optimised, ${worst.other.title} ${failures(worst.other)}`,
      unit: "cells",
      value: failures(worst.arm),
      interval: null,
      n: cellsOf(worst.arm).length,
      p: null,
      adjusted: null,
      speaks: found ? "for" : none ? "against" : "neither",
      because: null,
    },
  ];
}
