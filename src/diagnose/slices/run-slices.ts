/** The slices of a run, kind by kind: its labels and map, its contents, the other columns of its source, and clusters of its contents. */

import { fileLiteral, withDatabase } from "../../core/duckdb.js";
import { UserError } from "../../core/errors.js";
import type { Dataset } from "../../dataset/dataset.js";
import { readExamples } from "../../dataset/read-examples.js";
import { sourceColumn } from "../../dataset/source-column.js";
import type { DataMap } from "../../map/map.js";
import { withMap } from "../../map/read-map.js";
import { sourceColumns } from "../../map/source-columns.js";
import { layout } from "../../run/layout.js";
import type { Run } from "../../run/reader.js";
import { clusterExamples } from "../../select/clusters.js";
import { runSource } from "../../select/run-source.js";
import { clusterSlices } from "./kinds/cluster-slices.js";
import { columnSlices } from "./kinds/column-slices.js";
import { confusionSlices, labelSlices } from "./kinds/label-slices.js";
import { lengthSlices } from "./kinds/length-slices.js";
import { wordSlices } from "./kinds/word-slices.js";
import type { Slice, SliceSource } from "./slice.js";
import { sliceKinds, type SliceKind } from "./slice-kinds.js";
import { indexWords, type WordIndex } from "./word-index.js";

export interface SliceOptions {
  /** Which kinds. Default: all that the run can serve. */
  readonly kinds?: readonly SliceKind[] | undefined;
  /** Lengths of n-grams in words, from and to, 1 to 5. Default: 1 to 3. */
  readonly lengths?: readonly [from: number, to: number] | undefined;
  /** Columns of the source. Default: all that play no part (text, label, id, votes). */
  readonly columns?: readonly string[] | undefined;
  /** At most so many quantiles of lengths and numbers, at least 2. Default: 5. */
  readonly bins?: number | undefined;
  /** At least 2. Default: 20; none of more than 200,000 examples or of feature columns, unless it is given or `kinds` asks for them. */
  readonly clusters?: number | undefined;
  /** A slice has at least so many examples, inside and outside together. Default: 10, or a ten-thousandth of all if that is more. */
  readonly minSupport?: number | undefined;
  /** Of the clusters. Default: 0. */
  readonly seed?: number | undefined;
  /** Results do not depend on it. Default: all cores. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** k-means of more takes minutes and gigabytes. */
const mostForClusters = 200_000;

export interface SlicesOfRun {
  /** Index of each row's label; -1 where not known. */
  readonly gold: Int32Array;
  readonly labelNames: readonly string[];
  readonly choices: boolean;
  readonly minSupport: number;
  /** What the run cannot serve, a sentence each. */
  readonly notes: readonly string[];
  /** Columns whose words are counted. */
  readonly texts: readonly string[];
  slices(): AsyncGenerator<Slice>;
  /** Frees the examples that were read. */
  close(): void;
}

/** @param side 255 where a row is not compared. @throws UserError for options out of range and columns that do not exist */
export async function runSlices(
  run: Run,
  map: DataMap,
  side: Uint8Array,
  options: SliceOptions,
): Promise<SlicesOfRun> {
  const { lengths = [1, 3], bins = 5, clusters = 20, seed = 0 } = options;
  const rows = Int32Array.from(side.keys()).filter((row) => side[row] !== 255);
  const minSupport = options.minSupport ?? Math.max(10, Math.ceil(rows.length / 10_000));
  const { input, labelNames } = run.manifest.dataset;
  const indices = new Map(labelNames.map((name, index) => [name, index]));
  const gold = Int32Array.from(map.labels, (label) => indices.get(label ?? "") ?? -1);
  const source: SliceSource = { rows, size: map.size, minSupport };
  const dataset =
    input === "none" ? null : await readExamples(layout.examples(run.folder), run.manifest.dataset);
  const many = rows.length > mostForClusters && options.clusters === undefined;
  // Of features nothing says what a cluster is.
  const clustered = options.clusters !== undefined || (!many && input !== "features");
  const kinds = options.kinds ?? sliceKinds.filter((kind) => kind !== "cluster" || clustered);
  const wants = (kind: SliceKind): boolean => kinds.includes(kind);
  try {
    const texts = dataset === null ? [] : textsOf(dataset);
    const columns = dataset === null ? [] : await columnsToSlice(run, options.columns);
    return {
      gold,
      labelNames,
      choices: input === "choices",
      minSupport,
      notes: [
        ...notesOf(run, dataset, wants),
        ...(many && options.kinds === undefined
          ? ["no clusters of so many examples; --clusters 20 makes them"]
          : []),
      ],
      texts: texts.map(({ field }) => field),
      async *slices() {
        if (wants("label")) yield* labelSlices(source, gold, labelNames);
        if (wants("confusion"))
          yield* confusionSlices(source, gold, await otherLabels(run.folder, indices, map.size), labelNames);
        if (dataset === null) return;
        if (wants("column"))
          for (const name of columns)
            yield* columnSlices(source, name, await sourceColumn(dataset, name, "--columns"), bins);
        const indexed: WordIndex[] = [];
        if (wants("words") || wants("length") || wants("cluster")) {
          for (const { field, segments } of texts) {
            const index = indexWords(rows, segments);
            if (wants("length")) yield* lengthSlices(source, index, field, bins);
            if (wants("words")) yield* wordSlices(source, index, field, lengths);
            if (wants("cluster")) indexed.push(index);
          }
        }
        if (wants("cluster")) {
          const opened = await runSource(run.folder, {
            dataset,
            threads: options.threads,
            signal: options.signal,
          });
          const clusterOf = await clusterExamples(opened, clusters, seed, options.signal);
          yield* clusterSlices(source, clusterOf, clusters, indexed);
        }
      },
      close: () => dataset?.close(),
    };
  } catch (error) {
    dataset?.close();
    throw error;
  }
}

interface TextField {
  readonly field: string;
  readonly segments: (row: number) => readonly string[];
}

function textsOf({ input, roles }: Dataset): TextField[] {
  if (input.kind === "features") return [];
  const text = { field: roles.text ?? "text", segments: (row: number) => [input.text[row]!] };
  if (input.kind === "text") return [text];
  if (input.kind === "pair")
    return [text, { field: roles.textPair ?? "pair", segments: (row: number) => [input.pair[row]!] }];
  return [text, { field: "choices", segments: (row: number) => input.choices[row]! }];
}

function notesOf(
  { manifest: { dataset, columns } }: Run,
  read: Dataset | null,
  wants: (kind: SliceKind) => boolean,
): string[] {
  const notes: string[] = [];
  if (read === null)
    notes.push("the run has no contents: only its labels are sliced; import it with --data for more");
  if (read?.groups?.some((group) => group !== null))
    notes.push("examples of one group count as independent: p values are too small where groups are large");
  if (wants("confusion") && dataset.labelNames.length > 0 && !columns.some((name) => name.endsWith("logits")))
    notes.push("no confusions: the run keeps no logits (--logits all)");
  return notes;
}

/** Index of each row's most probable other label; -1 where not known. */
async function otherLabels(
  folder: string,
  indices: ReadonlyMap<string, number>,
  size: number,
): Promise<Int32Array> {
  const others = new Int32Array(size).fill(-1);
  await withMap(folder, async (database) => {
    let row = 0;
    for await (const [names = []] of database.chunks("SELECT other_label FROM map"))
      for (const name of names) others[row++] = indices.get(name as string) ?? -1;
  });
  return others;
}

/** Columns of plain values that play no other part, or those that are asked for. */
async function columnsToSlice(run: Run, asked: readonly string[] | undefined): Promise<readonly string[]> {
  const { roles } = run.manifest.dataset;
  const found = await withDatabase({ threads: 1 }, (database) =>
    sourceColumns(database, `read_parquet(${fileLiteral(layout.examples(run.folder))})`),
  );
  const plain = found.filter(({ type }) => !/^(STRUCT|MAP|UNION)\b|\[\d*\]$|^BLOB$/.test(type));
  const unknown = asked?.find((name) => !plain.some((column) => column.name === name));
  if (unknown !== undefined) {
    throw new UserError({
      subject: "--columns",
      problem: `no such column of plain values in ${run.folder}`,
      value: unknown,
      remedy: `there are ${plain.map(({ name }) => name).join(", ")}`,
    });
  }
  if (asked !== undefined) return asked;
  const parts = ["text", "textPair", "choices", "label", "id", "votes"].flatMap((role) => roles[role] ?? []);
  return plain.map(({ name }) => name).filter((name) => !parts.includes(name));
}
