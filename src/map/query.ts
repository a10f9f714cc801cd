/**
 * The map of some rows as one streaming query. Every epoch's file and the examples stand side by side, row by row: a
 * positional join of `read_parquet`s, each with the same range of rows, which DuckDB scans in step without hashing or
 * buffering. An operand may select columns and compare them with constants, which is part of the scan itself; anything
 * more would make it a buffering join. And as a shorter operand is padded with NULL, the query itself fails where the
 * rows are not the same in all of them.
 */

import { fileLiteral, literal } from "../core/duckdb.js";
import type { DynamicsColumn } from "../run/manifest.js";
import type { Coordinate, Need } from "./coordinate.js";
import { coordinates } from "./coordinates.js";
import { observedColumns, Terms, variedColumns } from "./terms.js";

/** What the query says where rows differ; `build-map.ts` turns it into the user's error. */
export const misaligned = "rows of the epochs differ";

export interface MapQuery {
  /** Rows from `first` to before `end`. */
  readonly rows: { readonly first: number; readonly end: number };
  /** The file of row, id and label. */
  readonly examples: string;
  /** Of each epoch that is used its number and a file that holds the rows. */
  readonly epochs: readonly { readonly epoch: number; readonly file: string }[];
  /** Files of the early epoch whose `el2n` is taken, one a run. Empty: null. */
  readonly el2nFiles: readonly string[];
  readonly columns: readonly DynamicsColumn[];
  readonly labelNames: readonly string[];
  /** Rows have different numbers of labels: what is class-wise is null. */
  readonly choices: boolean;
}

/** Coordinates as SQL: row, id, label, and every column of `coordinates`, null where the run lacks what it needs. */
export function mapQuery(query: MapQuery): string {
  const terms = new Terms(query.epochs.map(({ epoch }) => epoch));
  const served = servedNeeds(query);
  const has = (need: Need): boolean => served.has(need);

  const observed = observedColumns.filter(has);
  const varied = variedColumns.filter(has);
  const base = query.epochs.flatMap(({ epoch }) => [
    ...observed.map((column) => `e${epoch}.${column}::DOUBLE AS ${terms.value(column, epoch)}`),
    ...(has("correct") ? [`${correctSql(query, epoch)} AS ${terms.correct(epoch)}`] : []),
  ]);
  const { first, end } = query.rows;
  const scan = (file: string): string =>
    `(SELECT * FROM read_parquet(${fileLiteral(file)}) WHERE "row" >= ${first} AND "row" < ${end})`;
  const tables = [
    `${scan(query.examples)} x`,
    ...query.epochs.map(({ epoch, file }) => `${scan(file)} e${epoch}`),
    ...query.el2nFiles.map((file, run) => `${scan(file)} r${run}`),
  ];
  if (has("el2n")) {
    const norms = query.el2nFiles.map((_, run) => `r${run}.el2n::DOUBLE`);
    base.push(`(${norms.join(" + ")}) / ${norms.length} AS ${terms.el2n}`);
  }
  const classes = has("classes") ? classesSql(query) : null;
  if (classes !== null) base.push(classes);

  // 0 where all rows are the same: less dear than comparing each.
  const apart = [
    ...query.epochs.map(({ epoch }) => `(e${epoch}.row - x.row)`),
    ...query.el2nFiles.map((_, run) => `(r${run}.row - x.row)`),
  ];
  const row = `CASE WHEN ${apart.join(" | ")} = 0 THEN x.row ELSE error(${literal(misaligned)}) END AS row`;
  const layers = [
    [row, "x.id AS id", "x.label AS label", ...base],
    [
      "*",
      ...varied.flatMap((column) => terms.differencesSql(column)),
      ...observed
        .filter((column) => !variedColumns.some((one) => one === column))
        .map((column) => `${terms.meanSql(column)} AS ${terms.mean(column)}`),
      ...(has("correct") ? [`${terms.correctSql()} AS ${terms.correctEpochs}`] : []),
    ],
    [
      "*",
      ...varied.flatMap((column) => terms.momentsSql(column)),
      ...(has("gold_probability") ? [`${terms.slopeSql()} AS ${terms.slope}`] : []),
    ],
    [
      "*",
      ...varied.flatMap((column) => terms.variationSql(column)),
      ...(classes === null ? [] : otherSql(query, terms)),
    ],
    ["row", "id", "label", ...coordinates.map((coordinate) => columnSql(coordinate, terms, has))],
  ];
  return layers.reduce(
    (from, columns, depth) => `SELECT ${columns.join(", ")} FROM ${depth === 0 ? from : `(${from})`}`,
    tables.join(" POSITIONAL JOIN "),
  );
}

/** Which needs of coordinates a run serves. */
export function servedNeeds(
  query: Pick<MapQuery, "columns" | "labelNames" | "choices" | "el2nFiles">,
): ReadonlySet<Need> {
  const has = (column: DynamicsColumn): boolean => query.columns.includes(column);
  const served = new Set<Need>(observedColumns.filter(has));
  const twoLabels = !query.choices && query.labelNames.length === 2 && has("gold_probability");
  const predicted = has("predicted") && !query.choices && query.labelNames.length > 0;
  if (has("margin") || predicted || twoLabels) served.add("correct");
  if (!query.choices && (twoLabels || has("logits") || has("top_logits"))) served.add("classes");
  if (query.el2nFiles.length > 0) served.add("el2n");
  return served;
}

function columnSql(coordinate: Coordinate, terms: Terms, has: (need: Need) => boolean): string {
  const { name, type, needs, epochs = 1 } = coordinate;
  const serves = needs.every(has) && terms.epochs.length >= epochs;
  return `${serves ? coordinate.sql(terms) : `NULL::${type}`} AS ${name}`;
}

/**
 * Right is what lies above every other label. A margin's sign is read from 0 - margin, whose sign bit is set for margins
 * above 0 alone (0 - 0 is +0): several times as fast as a comparison, which has to think of NaN.
 */
function correctSql({ columns, labelNames }: MapQuery, epoch: number): string {
  if (columns.includes("margin")) return `signbit(0::FLOAT - e${epoch}.margin)::DOUBLE`;
  if (columns.includes("predicted")) return `(e${epoch}.predicted = ${goldSql(labelNames)})::DOUBLE`;
  return `(e${epoch}.gold_probability > 0.5)::DOUBLE`;
}

/** Index of the gold label. Only what needs it asks for it. */
function goldSql(labelNames: readonly string[]): string {
  return `(list_position([${labelNames.map(literal).join(", ")}], x.label) - 1)::INTEGER`;
}

/** Two labels need no logits: the other one has the rest of the probability. */
function classesSql({ columns, labelNames, epochs }: MapQuery): string {
  if (labelNames.length === 2 && columns.includes("gold_probability"))
    return `${goldSql(labelNames)} AS gold`;
  const [name, parts] = columns.includes("logits")
    ? ["other_label", ["logits"]]
    : ["other_label_top", ["top_labels", "top_logits", "log_sum_exp"]];
  const values = epochs.flatMap(({ epoch }) => parts.map((part) => `e${epoch}.${part}`));
  return `${name}(${goldSql(labelNames)}, ${values.join(", ")}) AS other`;
}

function otherSql({ columns, labelNames }: MapQuery, terms: Terms): string[] {
  const names = `[${labelNames.map(literal).join(", ")}]`;
  const [index, probability] =
    labelNames.length === 2 && columns.includes("gold_probability")
      ? ["1 - gold", `1 - ${terms.mean("gold_probability")}`]
      : ["other.label", "other.probability"];
  return [`${names}[1 + ${index}] AS ${terms.other.label}`, `${probability} AS ${terms.other.probability}`];
}
