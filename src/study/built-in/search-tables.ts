/** What a search found: the finalists against random with fresh seeds, the surface over the shares at each size, all mixtures, and an oracle's choice. */

import type { CellResult } from "../results/results.js";
import type { Budget } from "../spec/spec.js";
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
  return [
    finalists(found, searched, fresh),
    surfaces(found, searched),
    oracle(found, searched),
    mixtures(found, searched),
  ];
}

/** A surface for what was chosen by, and one for each test set that an oracle would have looked at. */
function surfaces({ spec, points, criterion }: SearchFound, searched: readonly CellResult[]): FoundTable {
  const sizes = [...new Set(points.map(({ fraction }) => fraction))].sort((a, b) => b - a);
  const withouts = [...new Set(points.map(({ suspects }) => suspects))];
  const terms = quadraticTerms(components.map(() => 1)).length;
  const judges = [criterion.tests, ...criterion.unseen.map((test) => [test])];
  const settings = judges.flatMap((tests) =>
    sizes.flatMap((fraction) =>
      withouts.flatMap((suspects) => spec.budgets.map((budget) => ({ tests, fraction, suspects, budget }))),
    ),
  );
  const rows = settings.map(({ tests, fraction, suspects, budget }): Value[] => {
    const own = points.filter((point) => point.fraction === fraction && point.suspects === suspects);
    const cells = own.flatMap(({ arm, shares }) =>
      meansByReplicate(searched, arm.name, budget, tests).map((cell) => ({ shares, ...cell })),
    );
    const head = [tests.join(", "), fraction, suspects, budget, cells.length];
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
  });
  const products = components.flatMap((a, i) => components.slice(i + 1).map((b) => `${a} x ${b}`));
  return {
    name: "search-surface",
    title: "The best mixture at each size: quadratic surface over the shares",
    columns: [
      ...["by", "fraction", "without suspects", "budget", "cells"],
      ...components.map((name) => `best ${name}`),
      ...["predicted", "standard error"],
      ...components.map((name) => `${name} within one error`),
      ...["part within one error", "residual"],
      ...[...components, ...products].map((name) => `b ${name}`),
    ],
    rows,
    notes: [
      `The search chose by ${criterion.name}; what is best by another test set is what an oracle would have taken.`,
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
      ...["arm", "budget"],
      ...spec.tests.flatMap(({ name }) => [`${name} gain`, `${name} ±`]),
      ...spec.tests.map(({ name }) => name),
      ...["chosen by", "not ok"],
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
      const gains = spec.tests.flatMap(({ name }): Value[] => {
        const gain = pairedGain(of(arm, name), of(random?.arm.name, name));
        return [times(gain?.mean), times(gain?.half)];
      });
      const scored = spec.tests.map(({ name }) => mean(of(arm, name).map(({ accuracy }) => accuracy)));
      const odd = fresh.filter((cell) => cell.arm === arm && cell.budget === budget && cell.state !== "ok");
      return [arm, budget, ...gains, ...scored, score, odd.length];
    }),
    notes: [
      `Ordered by what was chosen by, ${criterion.name} over the seeds of the search: the first below the whole set is the choice. Its score there is too good, as the best of many; the fresh columns are not. ± is half of the 95 % t interval over replicates.`,
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

/** Every mixture that was tried, the best first. */
function mixtures({ points, criterion }: SearchFound, searched: readonly CellResult[]): FoundTable {
  const byName = new Map(points.map((point) => [point.arm.name, point]));
  const rows = scoreArms(searched, criterion.tests).flatMap(
    ({ arm, budget, score, replicates }): Value[][] => {
      const point = byName.get(arm);
      if (point === undefined) return [];
      const unseen = criterion.unseen.map((test) =>
        mean(meansByReplicate(searched, arm, budget, [test]).map(({ value }) => value)),
      );
      const own = searched.filter((cell) => cell.arm === arm && cell.budget === budget);
      const odd = own.filter((cell) => criterion.tests.includes(cell.test) && cell.state !== "ok");
      return [
        [point.fraction, point.suspects, budget, ...point.shares, score, ...unseen, replicates, odd.length],
      ];
    },
  );
  return {
    name: "search-mixtures",
    title: "All mixtures, in the order of what was chosen by",
    columns: [
      ...["fraction", "without suspects", "budget", ...components],
      ...[criterion.tests.join(", "), ...criterion.unseen, "seeds", "not ok"],
    ],
    rows,
    notes: [
      "Mean accuracy over the seeds of the search. Not ok: how many of its scores by which was chosen.",
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
