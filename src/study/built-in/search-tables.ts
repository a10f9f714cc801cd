/** What a search found: the surface over the shares at each size, the finalists against random with fresh seeds, and an oracle's choice. */

import type { CellResult } from "../results.js";
import type { Budget } from "../spec.js";
import { replicatesOf } from "./built-in.js";
import { scoreArms, type Criterion } from "./criterion.js";
import type { Found, FoundTable, Value } from "./findings.js";
import { components, quadraticTerms, type DesignPoint } from "./mixture-design.js";
import { pairedGain } from "./paired-gain.js";
import { bestRegion, fitSurface } from "./response-surface.js";

export interface SearchFound extends Pick<Found, "spec" | "results"> {
  readonly points: readonly DesignPoint[];
  readonly criterion: Criterion;
}

export function searchTables(found: SearchFound): FoundTable[] {
  const count = replicatesOf(found.spec).length;
  const searched = found.results.filter(({ replicate }) => replicate < count);
  const fresh = found.results.filter(({ replicate }) => replicate >= count);
  return [surfaces(found, searched), finalists(found, searched, fresh), oracle(found, searched)];
}

function surfaces({ spec, points, criterion }: SearchFound, searched: readonly CellResult[]): FoundTable {
  const sizes = [...new Set(points.map(({ fraction }) => fraction))].sort((a, b) => b - a);
  const withouts = [...new Set(points.map(({ suspects }) => suspects))];
  const terms = quadraticTerms(components.map(() => 1)).length;
  const rows = sizes.flatMap((fraction) =>
    withouts.flatMap((suspects) =>
      spec.budgets.map((budget): Value[] => {
        const own = points.filter((point) => point.fraction === fraction && point.suspects === suspects);
        const cells = own.flatMap(({ arm, shares }) =>
          meansByReplicate(searched, arm.name, budget, criterion.tests).map((cell) => ({ shares, ...cell })),
        );
        const head = [fraction, suspects, budget, cells.length];
        const surface = fitSurface(cells);
        if (surface === null) return [...head, ...Array.from({ length: 12 + terms }, () => null)];
        const { best, value, error, ranges, share } = bestRegion(surface, components.length);
        return [
          ...head,
          ...best,
          value,
          error,
          ...ranges.map(([from, to]) => `${from} to ${to}`),
          share,
          surface.residual,
          ...surface.coefficients,
        ];
      }),
    ),
  );
  const products = components.flatMap((a, i) => components.slice(i + 1).map((b) => `${a} x ${b}`));
  return {
    name: "search-surface",
    title: `The mixture that is best by ${criterion.name}, at each size: quadratic surface over the shares`,
    columns: [
      ...["fraction", "without suspects", "budget", "cells"],
      ...components.map((name) => `best ${name}`),
      ...["predicted", "standard error"],
      ...components.map((name) => `${name} within one error`),
      ...["part within one error", "residual"],
      ...[...components, ...products].map((name) => `b ${name}`),
    ],
    rows,
    notes: [
      "Mixtures that were dropped early were seen with fewer seeds; the surface is that of an average replicate. Within one error: the least and the largest share among the mixtures that the surface cannot tell from the best.",
    ],
  };
}

function finalists(
  { spec, points, criterion }: SearchFound,
  searched: readonly CellResult[],
  fresh: readonly CellResult[],
): FoundTable {
  const sizes = new Map(points.map(({ arm, fraction }) => [arm.name, fraction]));
  const scores = scoreArms(searched, criterion.tests);
  const inFinal = new Set(fresh.map(({ arm }) => arm));
  const shown = scores.filter(({ arm }) => inFinal.has(arm));
  return {
    name: "search-finalists",
    title:
      "The finalists with fresh seeds: accuracy, and the gain in points over a random set of the same size",
    columns: [
      ...["arm", "budget", "criterion"],
      ...spec.tests.flatMap(({ name }) => [name, `${name} gain`, `${name} ±`]),
      "not ok",
    ],
    rows: shown.map(({ arm, budget, score }) => {
      const of = (name: string | undefined, test: string): CellResult[] =>
        fresh.filter((cell) => cell.arm === name && cell.budget === budget && cell.test === test);
      const random = points.find(
        ({ fraction, suspects, arm: { recipe } }) =>
          fraction === sizes.get(arm) &&
          suspects === 0 &&
          recipe?.by === "random" &&
          recipe.mix === undefined,
      );
      const cells = spec.tests.flatMap(({ name }): Value[] => {
        const own = of(arm, name);
        const gain = pairedGain(own, of(random?.arm.name, name));
        return [mean(own.map(({ accuracy }) => accuracy)), times(gain?.mean), times(gain?.half)];
      });
      const odd = fresh.filter((cell) => cell.arm === arm && cell.budget === budget && cell.state !== "ok");
      return [arm, budget, score, ...cells, odd.length];
    }),
    notes: [
      `Ordered by what was chosen by, ${criterion.name}, over the seeds of the search: the first mixture is the choice. Its score there is too good, as the best of many; the fresh columns are not.`,
    ],
  };
}

function oracle({ points, criterion }: SearchFound, searched: readonly CellResult[]): FoundTable {
  const mixtures = new Set(points.map(({ arm }) => arm.name));
  const most = Math.max(0, ...scoreArms(searched, criterion.tests).map(({ replicates }) => replicates));
  const choices = (tests: readonly string[]) =>
    scoreArms(searched, tests).filter(({ arm, replicates }) => mixtures.has(arm) && replicates === most);
  const [chosen] = choices(criterion.tests);
  const rows = criterion.unseen.map((test): Value[] => {
    const ranked = choices([test]);
    const [best] = ranked;
    const own = ranked.find(({ arm, budget }) => arm === chosen?.arm && budget === chosen.budget);
    const lost = best === undefined || own === undefined ? null : 100 * (best.score - own.score);
    return [test, chosen?.arm ?? null, own?.score ?? null, best?.arm ?? null, best?.score ?? null, lost];
  });
  return {
    name: "search-oracle",
    title: "What would have been chosen by test sets that the search did not look at",
    columns: ["test", "chosen", "its accuracy", "oracle's choice", "its accuracy there", "points lost"],
    rows,
    notes: [
      "Among the mixtures that were seen with all seeds. An oracle that looks picks luck too: a part of the loss is that.",
    ],
  };
}

/** Mean accuracy over some test sets, a cell of an arm at a time. */
function meansByReplicate(
  results: readonly CellResult[],
  arm: string,
  budget: Budget,
  tests: readonly string[],
): { readonly replicate: number; readonly value: number }[] {
  const own = results.filter(
    (cell) => cell.arm === arm && cell.budget === budget && tests.includes(cell.test),
  );
  return [...new Set(own.map(({ replicate }) => replicate))].map((replicate) => ({
    replicate,
    value: mean(own.filter((cell) => cell.replicate === replicate).map(({ accuracy }) => accuracy)) ?? NaN,
  }));
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function times(points: number | null | undefined): number | null {
  return points === null || points === undefined ? null : 100 * points;
}
