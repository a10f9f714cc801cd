/** What a search found, in its report: the triangles from its tables, and its end from fresh seeds alone. */

import { expect, it } from "vitest";
import { components, quadraticTerms } from "../../../src/study/built-in/mixture-design.js";
import type { FoundTable, Value } from "../../../src/study/built-in/findings.js";
import { search, searchPoints } from "../../../src/study/built-in/search.js";
import { searchTables } from "../../../src/study/built-in/search-tables.js";
import { parseCriterion } from "../../../src/study/built-in/criterion.js";
import { fitSurface } from "../../../src/study/built-in/response-surface.js";
import { searchFigures } from "../../../src/study/report/search-figures.js";
import { searchFinals } from "../../../src/study/report/search-finals.js";
import { finish } from "../built-in/support.js";
import type { FinishedRound } from "../../../src/study/plan/round.js";
import type { ArmSpec } from "../../../src/study/spec/spec.js";

const inputs = {
  data: { files: ["train.csv"] },
  tests: [
    { name: "dev", kind: "id", files: ["dev.csv"] },
    { name: "books", kind: "ood", files: ["books.csv"] },
  ],
  trainer: {},
  seeds: 4,
} as const;

/** On dev easy examples help and random ones more; on books only hard ones do. */
function accuracy(arm: ArmSpec, test: string): number {
  const { by = "random", mix = [] } = arm.recipe ?? {};
  const share = (name: string): number =>
    (by === name ? 1 - mix.reduce((sum, part) => sum + part.share, 0) : 0) +
    mix.filter((part) => part.by === name).reduce((sum, part) => sum + part.share, 0);
  return test === "dev"
    ? 0.5 + 0.2 * share("easy") + 0.3 * share("random") + 0.4 * share("easy") * share("random")
    : 0.4 + 0.3 * share("hard");
}

function played(): { tables: FoundTable[]; rounds: FinishedRound[]; study: ReturnType<typeof search.study> } {
  const study = search.study(inputs, { fractions: [0.33] });
  const rounds: FinishedRound[] = [];
  for (let round = study.next?.(rounds); round; round = study.next?.(rounds)) {
    rounds.push(
      finish(study.spec, round, (arm, _budget, replicate, test) => ({
        accuracy: accuracy(arm, test) + 0.002 * (replicate % 2),
      })),
    );
  }
  const results = rounds.flatMap((round) => round.results);
  const criterion = parseCriterion(undefined, study.spec.tests, []);
  const points = searchPoints({ fractions: [0.33] });
  return { tables: searchTables({ spec: study.spec, results, criterion, points }), rounds, study };
}

it("finds the best mixture of the surface that was there, and the oracle's", () => {
  const [, surface] = played().tables;
  const cell = (row: readonly Value[] | undefined, name: string): Value =>
    row?.[surface?.columns.indexOf(name) ?? -1] ?? null;
  const first = surface?.rows.find((row) => cell(row, "by") === "dev");
  const oracle = surface?.rows.find((row) => cell(row, "by") === "books");
  // 0.2 e + 0.3 r + 0.4 e r with e + r = 1 is largest at r = .625: on a grid of tenths at .6.
  expect(cell(first, "best random")).toBe(0.6);
  expect([cell(first, "best hard"), cell(first, "best ambiguous")]).toEqual([0, 0]);
  expect(cell(oracle, "best hard")).toBe(1);
});

it("draws a triangle for each setting, with one star and the oracle's diamond in each", () => {
  const [figure, ...rest] = searchFigures(played().tables);
  expect(rest).toEqual([]);
  expect(figure?.title).toBe("The best mixtures by dev");
  for (const width of [undefined, 400]) {
    const drawn = figure?.draw("light", width) ?? "";
    for (const said of [
      "33 %<",
      "33 %, without 5 % suspects<",
      "best by dev",
      "best by books",
      "ambiguous or hard<",
    ])
      expect(drawn).toContain(said);
    // Two triangles and the legend, each with both signs: a star has ten points, a diamond four.
    const signs = [...drawn.matchAll(/<path d="M([^"]*)Z"[^>]*paint-order="stroke"/g)].map(
      ([, points = ""]) => points.split("L").length,
    );
    expect(signs.filter((points) => points === 10)).toHaveLength(3);
    expect(signs.filter((points) => points === 4)).toHaveLength(3);
    expect(drawn).not.toContain("NaN");
  }
});

it("draws nothing where there is no surface, or no search", () => {
  expect(searchFigures([])).toEqual([]);
  const [, surface] = played().tables;
  const names = surface?.columns ?? [];
  const empty = {
    ...surface!,
    rows: (surface?.rows ?? []).map((row) => row.map((value, i) => (i < 5 ? value : null))),
  };
  expect(names.length).toBeGreaterThan(20);
  expect(searchFigures([empty])).toEqual([]);
});

it("compares its finalists with random of their size by fresh seeds alone, on every test set", () => {
  const { tables, rounds, study } = played();
  const results = rounds.flatMap((round) => round.results);
  const manifest = { spec: study.spec, arms: study.spec.arms };
  const finals = searchFinals({ results, manifest }, tables);
  expect(new Set(finals?.results.map(({ replicate }) => replicate))).toEqual(new Set([4, 5, 6, 7]));
  expect(finals?.declared.length).toBe(3);
  for (const { against, tests } of finals?.declared ?? [])
    expect([against, tests]).toEqual(["random 33 %", ["dev", "books"]]);
  expect(finals?.said[0]).toMatch(/^The search chose easy 33 %, 50 % random/);
  expect(searchFinals({ results: rounds[0]?.results ?? [], manifest }, tables)).toBeNull();
  expect(searchFinals({ results, manifest }, [])).toBeNull();
});

it("a surface through exact values gives them back", () => {
  const grid = searchPoints({ fractions: [0.33], suspects: 0 }).map(({ shares }) => shares);
  const b = quadraticTerms(components.map(() => 1)).map((_, i) => Math.sin(i + 1));
  const value = (shares: readonly number[]) =>
    quadraticTerms(shares).reduce((sum, term, i) => sum + term * b[i]!, 0);
  const surface = fitSurface(grid.map((shares) => ({ shares, replicate: 0, value: value(shares) })));
  for (const shares of [[0.2, 0.3, 0.1, 0.4]])
    expect(surface?.predict(shares).value).toBeCloseTo(value(shares), 8);
});
