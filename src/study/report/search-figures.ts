/**
 * What a search found, as triangles: one for each size, with and without suspects. Of the four parts ambiguous and hard share a corner, and each
 * place shows what the surface promises of the better way to part that corner's share between the two.
 */

import { plotSearch, type SearchData, type SearchPanel } from "../../plot/search-figure.js";
import type { Shares as Place } from "../../plot/triangle.js";
import type { FoundTable, Value } from "../built-in/findings.js";
import { components, quadraticTerms, type Shares } from "../built-in/mixture-design.js";
import type { ReportFigure } from "./report.js";

type Row = ReadonlyMap<string, Value>;

/** One figure a budget, where the study has the tables of a search; else none. */
export function searchFigures(tables: readonly FoundTable[]): ReportFigure[] {
  const surfaces = rowsOf(tables.find(({ name }) => name === "search-surface"));
  const mixtures = rowsOf(tables.find(({ name }) => name === "search-mixtures"));
  const budgets = [...new Set(surfaces.map((row) => text(row, "budget")))];
  return budgets.flatMap((budget, i) => {
    const own = (rows: readonly Row[]): Row[] => rows.filter((row) => text(row, "budget") === budget);
    const data = searchData(own(surfaces), own(mixtures));
    if (data === null) return [];
    const title = `The best mixtures by ${data.by}${budgets.length > 1 ? `, ${budget} as for the whole set` : ""}`;
    const caption =
      "Ambiguous and hard share a corner: each place shows the better way to part it between the two.";
    return [
      {
        name: i === 0 ? "search" : `search-${budget}`,
        title,
        caption,
        draw: (theme, width) => plotSearch(data, { theme, width, title, subtitle: caption }),
      },
    ];
  });
}

/** Null where no surface could be laid. */
function searchData(
  surfaces: readonly Row[],
  mixtures: readonly Row[],
): (SearchData & { readonly by: string }) | null {
  const [judge, ...others] = [...new Set(surfaces.map((row) => text(row, "by")))];
  if (judge === undefined) return null;
  const same = (a: Row, b: Row): boolean =>
    ["fraction", "without suspects"].every((column) => a.get(column) === b.get(column));
  const panels = surfaces.flatMap((row): SearchPanel[] => {
    const coefficients = coefficientsOf(row);
    if (text(row, "by") !== judge || coefficients === null) return [];
    const oracles = surfaces.filter((other) => text(other, "by") !== judge && same(other, row));
    const best = sharesOf(row, "best ");
    const marks = [
      ...oracles.map((other) => ({ shares: sharesOf(other, "best "), shape: "diamond" as const })),
      { shares: best, shape: "star" as const },
    ].flatMap(({ shares, shape }) => (shares === null ? [] : [{ shares: placeOf(shares), shape }]));
    const measured = mixtures.filter((mixture) => same(mixture, row));
    return [
      {
        title: panelTitle(row),
        surface: (place) => 100 * profile(coefficients, place),
        least: 100 * (number(row, "predicted") - (number(row, "standard error") || 0)),
        measured: bestOfEachPlace(measured, judge),
        marks,
      },
    ];
  });
  if (panels.length === 0) return null;
  return {
    by: judge,
    corners: ["random", "easy", "ambiguous or hard"],
    panels,
    label: `accuracy on ${judge}, %`,
    says: {
      star: `best by ${judge}, as fitted`,
      diamond: others.length === 0 ? "" : `best by ${others.join(", ")}: what an oracle would choose`,
    },
  };
}

/** What the surface says of the better of all ways to part the corner's share, in tenths of it. */
function profile(coefficients: readonly number[], [random, easy, rest]: Place): number {
  const values = Array.from({ length: 11 }, (_, tenth): number => {
    const ambiguous = (rest * tenth) / 10;
    const terms = quadraticTerms([easy, ambiguous, rest - ambiguous, random]);
    return terms.reduce((sum, term, i) => sum + term * (coefficients[i] ?? NaN), 0);
  });
  return Math.max(...values);
}

function placeOf(shares: Shares): Place {
  const [easy = 0, ambiguous = 0, hard = 0, random = 0] = shares;
  return [random, easy, ambiguous + hard];
}

/** Of mixtures that fall on one place the best: it is what the ground shows, too. */
function bestOfEachPlace(
  mixtures: readonly Row[],
  judge: string,
): { readonly shares: Place; readonly value: number }[] {
  const best = new Map<string, { readonly shares: Place; readonly value: number }>();
  for (const row of mixtures) {
    const shares = sharesOf(row, "");
    const value = 100 * number(row, judge);
    if (shares === null || !Number.isFinite(value)) continue;
    const place = placeOf(shares);
    const key = place.map((share) => share.toFixed(6)).join(",");
    if (value > (best.get(key)?.value ?? -Infinity)) best.set(key, { shares: place, value });
  }
  return [...best.values()];
}

function panelTitle(row: Row): string {
  const size = `${Number((100 * number(row, "fraction")).toFixed(2))} %`;
  const suspects = number(row, "without suspects");
  return suspects > 0 ? `${size}, without ${Number((100 * suspects).toFixed(2))} % suspects` : size;
}

function coefficientsOf(row: Row): number[] | null {
  const names = [
    ...components,
    ...components.flatMap((a, i) => components.slice(i + 1).map((b) => `${a} x ${b}`)),
  ];
  const values = names.map((name) => number(row, `b ${name}`));
  return values.every(Number.isFinite) ? values : null;
}

function sharesOf(row: Row, before: string): Shares | null {
  const shares = components.map((name) => number(row, `${before}${name}`));
  return shares.every(Number.isFinite) ? shares : null;
}

function rowsOf(table: FoundTable | undefined): Row[] {
  return (table?.rows ?? []).map(
    (row) => new Map((table?.columns ?? []).map((column, i) => [column, row[i] ?? null])),
  );
}

function text(row: Row, column: string): string {
  return String(row.get(column) ?? "");
}

/** NaN where there is none. */
function number(row: Row, column: string): number {
  const value = row.get(column);
  return typeof value === "number" ? value : NaN;
}
