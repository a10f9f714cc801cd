/** A comparison of maps for a person at a terminal: of two runs everything, of more a matrix for each question. */

import colours from "picocolors";
import type { MapComparison, Mover, PairComparison } from "../diagnose/compare/compare-maps.js";
import { regionNames } from "../map/map.js";
import { bar, count, counted, decimal, oneLine, percent, table, wideTable, wrapped } from "./format.js";

const barCells = 20;
const right = { align: "right" as const };

export function comparisonText(compared: MapComparison, width: number): string {
  const { pairs } = compared;
  const sections = [
    header(compared, width),
    ...(pairs.length === 1 ? pairSections(compared, pairs[0]!, width) : matrices(compared, width)),
    movers(compared, width),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

function header({ runs, shared, notes }: MapComparison, width: number): string {
  const rows = runs.map((run, at) => [
    String(at + 1),
    oneLine(run.name, 40),
    count(run.size),
    run.trainer === null ? "imported" : `${run.trainer}, seed ${run.seed ?? "-"}`,
    run.protocol,
    String(run.epochs),
  ]);
  const title = `${colours.bold(runs[0]?.dataset ?? "")}  ${colours.dim(`${counted(shared, "shared examples")}`)}`;
  return [
    title,
    table(
      [
        { title: "" },
        { title: "run" },
        { title: "examples", ...right },
        { title: "trainer" },
        { title: "protocol" },
        { title: "epochs", ...right },
      ],
      rows,
    ),
    ...notes.flatMap((note) =>
      wrapped(note, width - 4).map((line, i) => colours.yellow(`  ${i === 0 ? "" : "  "}${line}`)),
    ),
  ].join("\n");
}

function pairSections(compared: MapComparison, pair: PairComparison, width: number): string[] {
  return [coordinates(compared, pair), transitions(pair, width), overlaps(compared, pair)];
}

function coordinates({ shared }: MapComparison, { coordinates: all, shift }: PairComparison): string {
  if (all.length === 0) return "no coordinate is in both maps";
  const partly = all.some(({ size }) => size < shared);
  const rows = all.map(({ name, spearman, pearson, size }) => [
    name,
    decimal(spearman),
    decimal(pearson),
    ...(partly ? [count(size)] : []),
    bar(Math.max(0, spearman ?? 0), barCells),
  ]);
  const moved =
    shift.distance === null
      ? []
      : [
          colours.dim(
            `  mean move ${decimal(shift.distance)}; from 1 to 2 confidence ${signed(shift.confidence)}, variability ${signed(shift.variability)}`,
          ),
        ];
  return [
    colours.bold("Correlation of coordinates"),
    table(
      [
        { title: "" },
        { title: "Spearman", ...right },
        { title: "Pearson", ...right },
        ...(partly ? [{ title: "in both", ...right }] : []),
        { title: "" },
      ],
      rows,
    ),
    ...moved,
  ].join("\n");
}

function signed(value: number | null): string {
  return value === null ? "-" : `${value < 0 ? "" : "+"}${value.toFixed(3)}`;
}

function transitions({ regions }: PairComparison, width: number): string {
  if (regions.size === 0) return "";
  const rows = regions.table.map((row, at) => [
    regionNames[at]!,
    ...row.map(count),
    count(row.reduce((sum, n) => sum + n, 0)),
  ]);
  const sums = regionNames.map((_, at) => regions.table.reduce((sum, row) => sum + row[at]!, 0));
  return [
    `${colours.bold("Regions")} ${colours.dim("rows: in 1, columns: in 2")}`,
    wideTable(
      [{ title: "" }, ...regionNames.map((title) => ({ title, ...right })), { title: "in all", ...right }],
      [...rows, ["in all", ...sums.map(count), count(regions.size)]],
      { keys: 1, width },
    ),
    colours.dim(
      `  the same region ${percent(regions.agreement ?? NaN)}, Cohen's kappa ${decimal(regions.kappa)} (1: alike, 0: as by chance)`,
    ),
  ].join("\n");
}

function overlaps({ fraction }: MapComparison, { regions, selections }: PairComparison): string {
  const all = [
    ...regions.overlaps.map(({ region, first, second, both, jaccard }) => {
      const smaller = Math.min(first, second);
      return [
        region,
        ...[first, second, both].map(count),
        percent(smaller === 0 ? NaN : both / smaller),
        percent(regions.size === 0 ? NaN : Math.max(first, second) / regions.size),
        decimal(jaccard),
      ];
    }),
    ...selections.map(({ name, first, second, both, overlap, chance, jaccard }) => [
      `${name} ${percent(fraction, fraction < 0.1 ? 1 : 0)}`,
      ...[first, second, both].map(count),
      percent(overlap ?? NaN),
      percent(chance),
      decimal(jaccard),
    ]),
  ];
  const tied = selections
    .filter((one) => Math.max(...one.tied) > 0)
    .map((one) => `${one.name}: ${one.tied.map(count).join(" and ")}`);
  return [
    colours.bold("Overlap of regions, and of selections by rank"),
    table(
      [
        { title: "" },
        ...["in 1", "in 2", "in both", "of the smaller", "by chance", "Jaccard"].map((title) => ({
          title,
          ...right,
        })),
      ],
      all,
    ),
    ...(tied.length === 0
      ? []
      : [colours.dim(`  equals at the cut, taken in the order of a hash of their ids: ${tied.join("; ")}`)]),
  ].join("\n");
}

/** Of three runs and more: one matrix a question, and which map predicts the others' best. */
function matrices(compared: MapComparison, width: number): string[] {
  const spearman =
    (name: string) =>
    ({ coordinates: all }: PairComparison): number | null =>
      all.find((one) => one.name === name)?.spearman ?? null;
  const share = percent(compared.fraction, compared.fraction < 0.1 ? 1 : 0);
  const selection = (name: string) => (pair: PairComparison) =>
    pair.selections.find((one) => one.name === name)?.overlap ?? null;
  return [
    matrix(compared, "Rank correlation of confidence", spearman("confidence"), width, true),
    matrix(compared, "Rank correlation of variability", spearman("variability"), width, true),
    matrix(compared, "Cohen's kappa of regions", ({ regions }) => regions.kappa, width, false),
    matrix(compared, `Overlap of the ambiguous ${share}`, selection("ambiguous"), width, false),
    matrix(compared, `Overlap of the hard ${share}`, selection("hard"), width, false),
  ];
}

function matrix(
  { runs, pairs }: MapComparison,
  title: string,
  value: (pair: PairComparison) => number | null,
  width: number,
  summed: boolean,
): string {
  const of = (row: number, column: number): number | null => {
    const pair = pairs.find(
      ({ first, second }) => first === Math.min(row, column) && second === Math.max(row, column),
    );
    return pair === undefined ? null : value(pair);
  };
  const rows = runs.map(({ name }, row) => [
    `${row + 1} ${oneLine(name, 30)}`,
    ...runs.map((_, column) => (row === column ? "·" : decimal(of(row, column)))),
  ]);
  const known = pairs.filter((pair) => value(pair) !== null);
  const sorted = known.toSorted((a, b) => (value(b) ?? 0) - (value(a) ?? 0));
  const means = runs.map((_, row) => {
    const own = runs.flatMap((__, column) => (column === row ? [] : [of(row, column)]));
    return own.some((one) => one === null)
      ? NaN
      : own.reduce<number>((sum, one) => sum + (one ?? 0), 0) / own.length;
  });
  const best = means.indexOf(Math.max(...means));
  const [near, far] = [sorted[0], sorted.at(-1)];
  const said =
    summed && near !== undefined && far !== undefined && best >= 0
      ? [
          colours.dim(
            `  most alike ${near.first + 1} and ${near.second + 1}, least ${far.first + 1} and ${far.second + 1}; ` +
              `${oneLine(runs[best]!.name, 30)} predicts the others best, ${decimal(means[best]!)} on average`,
          ),
        ]
      : [];
  return [
    colours.bold(title),
    wideTable([{ title: "" }, ...runs.map((_, at) => ({ title: String(at + 1), ...right }))], rows, {
      keys: 1,
      width,
    }),
    ...said,
  ].join("\n");
}

function movers(compared: MapComparison, width: number): string {
  const { movers: all, runs } = compared;
  if (all.length === 0) return "no example moved: the maps are alike, or one of them has no places";
  const lines = all.flatMap((mover, n) => moverLines(mover, n, compared, width));
  const between = runs.length > 2 ? " (between the two runs that differ most)" : "";
  return [colours.bold(`Moved farthest${between}`), ...lines].join("\n");
}

function moverLines(
  { id, from, to, distance, fields, places }: Mover,
  n: number,
  { runs }: MapComparison,
  width: number,
): string[] {
  const labels = [...new Set([from, to].map((at) => places[at]!.label ?? "-"))];
  const first =
    `${`${n + 1}.`.padStart(4)} ${colours.cyan(oneLine(labels.join(" / "), width - 40))}  ` +
    colours.dim(`id ${oneLine(id, 40)}, moved ${decimal(distance, 2)}`);
  const texts = fields.map(
    ({ column, text }) => `     ${oneLine(fields.length > 1 ? `${column}: ${text}` : text, width - 6)}`,
  );
  const shown = places.map((_, at) => at).filter((at) => runs.length === 2 || at === from || at === to);
  const each = shown.map((at) => {
    const { confidence, variability, region, probabilities } = places[at]!;
    const way = probabilities === null || probabilities.length === 0 ? "" : `  p ${some(probabilities)}`;
    return colours.dim(
      `     ${oneLine(
        `${at + 1}: confidence ${decimal(confidence, 2)}, variability ${decimal(variability, 2)}, ${region ?? "no region"}${way}`,
        width - 6,
      )}`,
    );
  });
  return [first, ...texts, ...each];
}

/** Through the epochs; of many the first of each stretch and the last. */
function some(probabilities: readonly (number | null)[]): string {
  const most = 8;
  const step = Math.max(1, Math.ceil((probabilities.length - 1) / (most - 1)));
  const kept = probabilities.filter((_, at) => at % step === 0 || at === probabilities.length - 1);
  return kept.map((p) => (p === null ? "-" : p.toFixed(2).replace(/^0/, ""))).join(" ");
}
