/**
 * The reference implementation's table of training dynamics (allenai/cartography, `cartography/selection`), so that the
 * work of its users can be checked side by side. It differs from the map in these: correctness is a count, a prediction
 * is the first largest logit (so a tie may be right), and what is never learned has forgetfulness 1000. With burn-out k
 * everything is of the first k epochs alone.
 */

import { fileLiteral, literal, withDatabase } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import { layout } from "../run/layout.js";
import { openRun } from "../run/reader.js";
import type { Run } from "../run/reader.js";
import type { DynamicsColumn } from "../run/manifest.js";
import { chosenEpochs, epochNumbers } from "./epoch-range.js";
import { exportOrder } from "./example-order.js";
import { decimal, guid, whole, writeLines } from "./json-lines.js";
import { checkRowCounts, partFiles } from "./part-files.js";
import { misaligned } from "./query.js";
import { keepSources, replaceFile } from "./replace-file.js";
import { Terms, total } from "./terms.js";

export interface CompatOptions {
  /** Only epochs 0 .. burnOut - 1. Default: all. */
  readonly burnOut?: number | undefined;
  /** Variability with its interval, sqrt(v + v^2 / (E - 1)), in place of sqrt(v). Default: false. */
  readonly includeCi?: boolean | undefined;
}

const neverLearned = 1000;

/**
 * Writes `td_metrics.jsonl`: guid, index, threshold_closeness, confidence, variability, correctness, forgetfulness.
 *
 * @throws UserError where the run has no dynamics or lacks a column, or with `includeCi` for one epoch
 */
export async function exportAllenai(
  folder: string,
  path: string,
  options: CompatOptions = {},
): Promise<void> {
  const { run, epochs, includeCi } = await checkCompat(folder, options);
  await keepSources(path, run);
  await replaceFile(path, (scratch) =>
    withDatabase({}, async (database) => {
      const order = await exportOrder(database, run);
      await writeLines(
        database,
        compatSql(run, epochs, includeCi, order.column),
        scratch,
        (values, index) => {
          const [id, closeness, confidence, variability, correctness, forgetfulness] = values;
          return (
            `{"guid":${guid(id ?? null, order.numericIds)},"index":${index},` +
            `"threshold_closeness":${decimal(closeness ?? null)},"confidence":${decimal(confidence ?? null)},` +
            `"variability":${decimal(variability ?? null)},"correctness":${whole(correctness ?? null)},` +
            `"forgetfulness":${whole(forgetfulness ?? null)}}`
          );
        },
      );
    }),
  );
}

/** The metrics that the reference filters by, in the order of its columns. */
export const allenaiMetrics = [
  "threshold_closeness",
  "confidence",
  "variability",
  "correctness",
  "forgetfulness",
] as const;
export type AllenaiMetric = (typeof allenaiMetrics)[number];

/** One of the reference's metrics of every example, unrounded, in the order of the rows. @throws UserError as `exportAllenai` does */
export async function readAllenaiMetric(
  folder: string,
  metric: AllenaiMetric,
  options: CompatOptions = {},
): Promise<Float64Array> {
  const { run, epochs, includeCi } = await checkCompat(folder, options);
  const values = new Float64Array(run.size);
  const column = 1 + allenaiMetrics.indexOf(metric);
  await withDatabase({}, async (database) => {
    let row = 0;
    for await (const chunk of database.chunks(compatSql(run, epochs, includeCi, null))) {
      for (const value of chunk[column] ?? []) values[row++] = Number(value);
    }
  });
  return values;
}

async function checkCompat(
  folder: string,
  { burnOut, includeCi = false }: CompatOptions,
): Promise<{ run: Run; epochs: number[]; includeCi: boolean }> {
  const run = await openRun(folder);
  const needed: DynamicsColumn[] = ["gold_probability", "predicted"];
  const lacking = needed.filter((column) => !run.manifest.columns.includes(column));
  if (lacking.length > 0) {
    throw new UserError({
      subject: folder,
      problem: `records no ${lacking.join(" and no ")}, which --compat allenai needs`,
      remedy: "import dynamics with logits, or train with Alidade",
    });
  }
  const epochs = epochNumbers(chosenEpochs(folder, run.epochs, { burnOut }));
  if (includeCi && epochs.length === 1) {
    throw new UserError({
      subject: "--include-ci",
      problem: "the interval of a variance needs at least two epochs",
      value: epochs.length,
      remedy: "leave it out, or use more epochs",
    });
  }
  const files = epochs.map((epoch) => run.epochFiles(epoch));
  await checkRowCounts(partFiles(files, run.size));
  return { run, epochs, includeCi };
}

function compatSql(run: Run, epochs: readonly number[], includeCi: boolean, order: string | null): string {
  const terms = new Terms(epochs);
  const gold = goldSql(run);
  const files = (paths: readonly string[]): string => `read_parquet([${paths.map(fileLiteral).join(", ")}])`;
  const tables = [
    `${files([layout.examples(run.folder)])} x`,
    ...epochs.map((epoch) => `${files(run.epochFiles(epoch))} e${epoch}`),
  ].join(" POSITIONAL JOIN ");
  const same = epochs.map((epoch) => `e${epoch}.row = x.row`).join(" AND ");
  const base = epochs.flatMap((epoch) => [
    `e${epoch}.gold_probability::DOUBLE AS ${terms.value("gold_probability", epoch)}`,
    `e${epoch}.predicted AS predicted_${epoch}`,
  ]);
  const aligned = `CASE WHEN ${same} THEN x.row ELSE error(${literal(misaligned)}) END AS row`;
  const forgotten = epochs
    .slice(1)
    .map((epoch, i) => `${terms.correct(epochs[i] ?? 0)} * (1 - ${terms.correct(epoch)})`);
  const variance = terms.variance("gold_probability");
  const spread = includeCi ? `${variance} + ${variance} * ${variance} / ${epochs.length - 1}` : variance;
  const mean = terms.mean("gold_probability");
  const layers = [
    [
      aligned,
      "x.id AS id",
      `${gold} AS gold`,
      ...(order === null ? [] : [`x.${order} AS ${order}`]),
      ...base,
    ],
    [
      "*",
      ...epochs.map((epoch) => `(predicted_${epoch} = gold)::INTEGER AS ${terms.correct(epoch)}`),
      ...terms.differencesSql("gold_probability"),
    ],
    [
      "*",
      ...terms.momentsSql("gold_probability"),
      `${terms.correctSql()} AS ${terms.correctEpochs}`,
      `${forgotten.length > 0 ? total(forgotten) : "0"} AS forgotten`,
    ],
    ["*", ...terms.variationSql("gold_probability")],
    [
      "id",
      `${mean} * (1 - ${mean})`,
      mean,
      `sqrt(${spread})`,
      `(${terms.correctEpochs})::INTEGER`,
      `CASE WHEN ${terms.correctEpochs} > 0 THEN (forgotten)::INTEGER ELSE ${neverLearned} END`,
      // Selected, so that the comparison of the rows is not left out as unused.
      `"row"`,
    ],
  ];
  const sql = layers.reduce(
    (from, columns, depth) => `SELECT ${columns.join(", ")} FROM ${depth === 0 ? from : `(${from})`}`,
    tables,
  );
  return order === null ? sql : sql.replace(/"row" FROM/, `"row", ${order} FROM`) + ` ORDER BY ${order}`;
}

/** The gold label's index; where labels are positions (multiple choice), they are named by their number. */
function goldSql(run: Run): string {
  return `(list_position([${run.labelNames.map(literal).join(", ")}], x.label) - 1)::INTEGER`;
}
