/** What a mix study found first: at which sizes ambiguous sets collapse, and which one was mixed into. */

import { collapsedShare, mixFallback, smallestCollapsed } from "./collapse.js";
import type { Found, FoundTable } from "./findings.js";

export function mixTable({ spec, results }: Pick<Found, "spec" | "results">): FoundTable {
  const probes = results.filter(
    ({ by, mixBy, balanced, test }) =>
      by === "ambiguous" && mixBy === null && !balanced && test === spec.tests[0]?.name,
  );
  const groups = [...new Set(probes.map(({ arm, budget }) => JSON.stringify([arm, budget])))];
  const smallest = smallestCollapsed(probes);
  return {
    name: "mix-collapse",
    title: "Ambiguous sets whose training collapses",
    columns: ["arm", "budget", "n", "cells", "not optimised", "training accuracy", "its majority"],
    rows: groups.map((group) => {
      const [arm = "", budget = ""] = JSON.parse(group) as string[];
      const cells = probes.filter((cell) => cell.arm === arm && cell.budget === budget);
      const mean = (of: (cell: (typeof cells)[number]) => number): number =>
        cells.reduce((sum, cell) => sum + of(cell), 0) / cells.length;
      const failed = cells.filter(({ state }) => state === "not-optimised").length;
      return [
        ...[arm, budget, Math.round(mean(({ n }) => n)), cells.length, failed],
        mean(({ trainAccuracy }) => trainAccuracy),
        mean(({ trainMajority }) => trainMajority),
      ];
    }),
    notes: [
      smallest === null
        ? `None collapses (${100 * collapsedShare} % of its cells not optimised): ${100 * mixFallback} % was mixed into, as in the paper. A model that fits every subset cannot show a rescue.`
        : `The smallest that collapses, ${Number((100 * smallest).toFixed(2))} %, was mixed into.`,
    ],
  };
}
