/** A run's map and dynamics as files for others: coordinates, tables, the reference's dynamics. */

import { mkdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileLiteral, identifier, literal, withDatabase } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import { layout } from "../run/layout.js";
import { openRun } from "../run/reader.js";
import { coordinates } from "./coordinates.js";
import { exportOrder } from "./example-order.js";
import { decimal, guid, whole, writeLines } from "./json-lines.js";
import { withMap } from "./read-map.js";
import { keepSources, replaceFile } from "./replace-file.js";
import { sourceColumns } from "./source-columns.js";

/**
 * Writes the reference's coordinates file, JSON lines of guid, index, confidence, variability and correctness (a count).
 *
 * @throws UserError where the run has no map
 */
export async function exportCoordinates(folder: string, path: string): Promise<void> {
  const run = await openRun(folder);
  await keepSources(path, run);
  await withMap(folder, async (database) => {
    const order = await exportOrder(database, run);
    const examples = `read_parquet(${fileLiteral(layout.examples(folder))})`;
    const columns = "m.id, m.confidence, m.variability, m.correct_epochs";
    const sql =
      order.column === null
        ? `SELECT ${columns} FROM map m`
        : `SELECT ${columns} FROM map m JOIN ${examples} x ON x."row" = m."row" ORDER BY x.${order.column}`;
    await replaceFile(path, (scratch) =>
      writeLines(database, sql, scratch, ([id, confidence, variability, correct], index) => {
        const name = guid(id ?? null, order.numericIds);
        return (
          `{"guid":${name},"index":${index},"confidence":${decimal(confidence ?? null)},` +
          `"variability":${decimal(variability ?? null)},"correctness":${whole(correct ?? null)}}`
        );
      }),
    );
  });
}

export interface TableOptions {
  /** The dataset's own columns too, after id and label. Default: false. */
  readonly source?: boolean | undefined;
}

const tableFormats: Record<string, string> = {
  ".csv": "FORMAT csv, HEADER true",
  ".parquet": "FORMAT parquet, COMPRESSION zstd",
  ".jsonl": "FORMAT json, ARRAY false",
};

/**
 * Writes the whole map as a table: `.csv`, `.parquet` or `.jsonl` by the path's extension. Columns of the dataset whose
 * name is that of a column of the map get `source_` before it.
 *
 * @throws UserError where the extension is another, or the run has no map
 */
export async function exportTable(
  folder: string,
  path: string,
  { source = false }: TableOptions = {},
): Promise<void> {
  const format = tableFormats[extname(path).toLowerCase()];
  if (format === undefined) {
    throw new UserError({
      subject: path,
      problem: "not a format that a table can be written in",
      value: extname(path),
      remedy: `let the name end in ${Object.keys(tableFormats).join(", ")}`,
    });
  }
  const run = await openRun(folder);
  await keepSources(path, run);
  await withMap(folder, async (database) => {
    const map = ["row", "id", "label", ...coordinates.map(({ name }) => name), "region"];
    const own: string[] = [];
    let from = "map m";
    if (source) {
      const examples = `read_parquet(${fileLiteral(layout.examples(folder))})`;
      from = `read_parquet(${fileLiteral(layout.map(folder))}) m POSITIONAL JOIN ${examples} x`;
      for (const { name } of await sourceColumns(database, examples)) {
        const as = map.includes(name) ? `source_${name}` : name;
        own.push(`x.source.${identifier(name)} AS ${identifier(as)}`);
      }
    }
    const [head, rest] = [map.slice(0, 3), map.slice(3)];
    const columns = [
      ...head.map((name) => `m.${identifier(name)}`),
      ...own,
      ...rest.map((name) => `m.${identifier(name)}`),
    ];
    await replaceFile(path, (scratch) =>
      database.run(`COPY (SELECT ${columns.join(", ")} FROM ${from}) TO ${literal(scratch)} (${format})`),
    );
  });
}

/**
 * Writes the reference's `dynamics_epoch_<e>.jsonl` of every finished epoch into a folder, which is made where it does
 * not exist: guid, logits, gold (the label's index).
 *
 * @returns the files' paths
 * @throws UserError where the run does not keep all logits
 */
export async function exportDynamics(folder: string, outFolder: string): Promise<string[]> {
  const run = await openRun(folder);
  if (!run.manifest.columns.includes("logits")) {
    throw new UserError({
      subject: folder,
      problem: `keeps ${run.manifest.logits === "top" ? "only the largest" : "no"} logits`,
      remedy: "train it with --logits all",
    });
  }
  await mkdir(outFolder, { recursive: true });
  const names = `[${run.labelNames.map(literal).join(", ")}]`;
  const written: string[] = [];
  await withDatabase({}, async (database) => {
    const order = await exportOrder(database, run);
    for (let epoch = 0; epoch < run.epochs; epoch++) {
      const path = join(outFolder, `dynamics_epoch_${epoch}.jsonl`);
      await keepSources(path, run);
      const files = run.epochFiles(epoch).map(fileLiteral).join(", ");
      const sql =
        `SELECT x.id, list_position(${names}, x.label) - 1, e.logits::FLOAT[] ` +
        `FROM read_parquet(${fileLiteral(layout.examples(folder))}) x POSITIONAL JOIN read_parquet([${files}]) e` +
        (order.column === null ? "" : ` ORDER BY x.${order.column}`);
      await replaceFile(path, (scratch) =>
        writeLines(database, sql, scratch, ([id, gold, logits]) => {
          const values =
            logits instanceof Object && "items" in logits ? (logits.items as readonly number[]) : [];
          const name = guid(id ?? null, order.numericIds);
          return `{"guid": ${name}, "logits_epoch_${epoch}": [${values.map(float).join(", ")}], "gold": ${whole(gold ?? null)}}`;
        }),
      );
      written.push(path);
    }
  });
  return written;
}

/** The shortest decimal that a 32-bit float is read back from. */
function float(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}
