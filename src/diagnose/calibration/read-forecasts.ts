/** Where forecasts come from: a run's predictions on its test sets, its model asked again, or what it observed of its own examples. */

import { z } from "zod";
import { Database, fileLiteral } from "../../core/duckdb.js";
import { quiet, type Effects } from "../../core/effects.js";
import { InternalError, UserError } from "../../core/errors.js";
import type { Dataset } from "../../dataset/dataset.js";
import { readDataset } from "../../dataset/read-dataset.js";
import { readExamples } from "../../dataset/read-examples.js";
import type { ReadOptions } from "../../dataset/read-options.js";
import { sourceColumn } from "../../dataset/source-column.js";
import { collectLogits } from "../../run/collect.js";
import { layout } from "../../run/layout.js";
import type { RowLogits } from "../../run/observation.js";
import type { Run } from "../../run/reader.js";
import { floatListColumn, integerColumn } from "../../run/vector-read.js";
import { heldOut } from "../../train/held-out.js";
import { matchLabels, type LabelMapping, type ScoredLabels } from "../../train/map-labels.js";
import { findTrainer } from "../../train/registry.js";
import { reopenTest } from "../../train/reopen-test.js";
import type { VoteShares } from "./against-votes.js";
import { forecastsOf, type Forecasts } from "./forecasts.js";

/** Forecasts of one set of examples, an entry an epoch. */
export interface ForecastSet {
  readonly name: string;
  readonly labelNames: readonly string[];
  readonly ids: readonly string[];
  readonly epochs: readonly { readonly epoch: number; readonly forecasts: Forecasts }[];
  readonly groups: readonly (string | null)[] | null;
  /** null: votes were not asked for. */
  readonly votes: VoteShares | null;
  /** Whether labels mean the same in every example. */
  readonly classwise: boolean;
  /** What its reader must know. */
  readonly notes: readonly string[];
}

/** What is read of the examples beside labels. */
export interface ExampleColumns {
  /** Columns of votes. Default: none. */
  readonly votes?: readonly string[] | undefined;
  readonly voteLabels?: readonly string[] | undefined;
  readonly group?: string | undefined;
}

const scoresSchema = z.object({
  epoch: z.int(),
  labels: z.array(z.string()),
  modelLabels: z.array(z.string()),
  mapLabels: z.record(z.string(), z.string()),
});

/**
 * A test set that the run scored, in every epoch that it keeps.
 *
 * @throws UserError where its predictions are gone or damaged, or votes or groups are asked for and its file is not what it was
 */
export async function readTestForecasts(
  run: Run,
  name: string,
  columns: ExampleColumns,
): Promise<ForecastSet> {
  const path = layout.testPredictions(run.folder, name);
  const scores = scoresSchema.safeParse(await run.test(name));
  if (!scores.success) throw damaged(layout.test(run.folder, name), "is not what a run writes");
  const { labels: names, modelLabels, mapLabels, epoch: last } = scores.data;
  const classwise = run.manifest.dataset.input !== "choices";
  const index = new Map(names.map((label, i) => [label, i]));
  const ofModel = classwise
    ? Int32Array.from(modelLabels, (label) => index.get(mapLabels[label] ?? label) ?? -1)
    : Int32Array.from(names, (_, i) => i);
  if (ofModel.includes(-1))
    throw damaged(layout.test(run.folder, name), "names labels that it does not have");
  const parts = await readPredictions(path, run.manifest.tests[name]?.everyEpoch === true, last);
  const [first] = parts;
  if (first === undefined) throw damaged(path, "has no predictions");
  const { ids } = first;
  const beside = await readBeside(run, name, columns, ids);
  try {
    return {
      name,
      labelNames: names,
      ids,
      epochs: parts.map(({ epoch, gold, logits }) => ({
        epoch,
        forecasts: forecastsOf(logits, { gold, names, ofModel }),
      })),
      groups: beside?.groups ?? null,
      votes:
        beside === null || columns.votes === undefined
          ? null
          : voteShares(beside, { names, mapLabels }, name),
      classwise,
      notes: [],
    };
  } finally {
    beside?.close();
  }
}

interface EpochPredictions {
  readonly epoch: number;
  readonly ids: readonly string[];
  readonly gold: Int32Array;
  readonly logits: RowLogits;
}

async function readPredictions(path: string, everyEpoch: boolean, last: number): Promise<EpochPredictions[]> {
  const database = await Database.open({ threads: 1 });
  const epochs = new Map<
    number,
    { ids: string[]; gold: number[]; values: Float32Array[]; widths: number[] }
  >();
  try {
    const column = everyEpoch ? "epoch" : String(last);
    const sql = `SELECT ${column}::INTEGER, gold::INTEGER, logits::FLOAT[], id FROM read_parquet(${fileLiteral(path)})`;
    const result = await database.connection.stream(sql);
    for (let chunk = await result.fetchChunk(); chunk?.rowCount; chunk = await result.fetchChunk()) {
      const [epoch, gold] = [integerColumn(chunk, 0), integerColumn(chunk, 1)];
      const { values, widths } = floatListColumn(chunk, 2);
      const ids = chunk.getColumnValues(3);
      let at = 0;
      for (let i = 0; i < chunk.rowCount; i++) {
        const width = typeof widths === "number" ? widths : widths[i]!;
        const part = epochs.get(epoch[i]!) ?? { ids: [], gold: [], values: [], widths: [] };
        epochs.set(epoch[i]!, part);
        part.ids.push(String(ids[i]));
        part.gold.push(gold[i]!);
        part.values.push(values.subarray(at, at + width));
        part.widths.push(width);
        at += width;
      }
    }
  } catch (cause) {
    throw damaged(
      path,
      `cannot be read: ${cause instanceof Error ? cause.message.split("\n")[0] : String(cause)}`,
      cause,
    );
  } finally {
    database.close();
  }
  return [...epochs]
    .sort(([a], [b]) => a - b)
    .map(([epoch, { ids, gold, values, widths }]) => {
      const all = new Float32Array(widths.reduce((sum, width) => sum + width, 0));
      let at = 0;
      for (const part of values) {
        all.set(part, at);
        at += part.length;
      }
      return {
        epoch,
        ids,
        gold: Int32Array.from(gold),
        logits: { values: all, widths: Int32Array.from(widths) },
      };
    });
}

function damaged(subject: string, problem: string, cause?: unknown): UserError {
  return new UserError({ subject, problem, remedy: "restore it from a copy, or make the run anew", cause });
}

/** The test set's own file, where votes or groups are asked for. */
async function readBeside(
  run: Run,
  name: string,
  { votes, voteLabels, group }: ExampleColumns,
  ids: readonly string[],
): Promise<Dataset | null> {
  if (votes === undefined && group === undefined) return null;
  const stored = run.manifest.tests[name];
  if (stored === undefined) throw new InternalError(`the manifest does not know test set ${name}`);
  const dataset = await reopenTest(
    {
      test: (_name, { sources, read = {} }) =>
        readDataset(
          sources.map(({ path }) => path),
          // What `train` stored were ReadOptions; rolesFrom tells the reader that it is a test set.
          { rolesFrom: {}, ...(read as ReadOptions), ...given({ votes, voteLabels, group }) },
        ),
    },
    name,
    stored,
  );
  if (dataset.size === ids.length && dataset.ids.every((id, row) => id === ids[row])) return dataset;
  dataset.close();
  throw new UserError({
    subject: `test set ${name}`,
    problem: "its file gives other examples than the run scored",
    remedy: "make the run anew",
  });
}

function given(columns: ExampleColumns): ExampleColumns {
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}

/** @throws UserError where a label that was voted for is none of the forecasts', or no example has a vote */
export function voteShares(
  { votes, size, ids, name }: Dataset,
  { names: labelNames, mapLabels }: { readonly names: readonly string[]; readonly mapLabels: LabelMapping },
  set: string,
): VoteShares {
  if (votes === null) throw new InternalError(`${name} has no votes`);
  const index = new Map(labelNames.map((label, i) => [label, i]));
  const to = votes.labelNames.map((label) => index.get(mapLabels[label] ?? label) ?? -1);
  const width = votes.labelNames.length;
  const shares = new Float64Array(size * labelNames.length);
  const counts = new Int32Array(size);
  for (let row = 0; row < size; row++) {
    for (let k = 0; k < width; k++) {
      const count = votes.counts[row * width + k]!;
      if (count === 0) continue;
      if (to[k] === -1) {
        throw new UserError({
          subject: `${set}, example ${ids[row]}`,
          problem: "a vote for a label that the model does not know",
          value: votes.labelNames[k],
          remedy: `its labels are ${labelNames.join(", ")}; bare counts need --vote-labels, in their order`,
        });
      }
      shares[row * labelNames.length + to[k]!]! += count;
      counts[row]! += count;
    }
    for (let k = 0; k < labelNames.length && counts[row]! > 0; k++)
      shares[row * labelNames.length + k]! /= counts[row]!;
  }
  const rows = Int32Array.from(counts.keys()).filter((row) => counts[row]! > 0);
  if (rows.length > 0) return { rows, shares, counts };
  throw new UserError({
    subject: set,
    problem: "no example has a vote",
    remedy: "name the votes' columns with --votes",
  });
}

/**
 * The model of a run on examples that it did not score: read with the run's own columns, the labels matched.
 *
 * @throws UserError where the run has no model that can be asked, or the labels do not fit
 */
export async function predictForecasts(
  run: Run,
  name: string,
  path: string,
  {
    mapLabels = {},
    threads = 1,
    effects = quiet,
    read = {},
  }: {
    readonly mapLabels?: LabelMapping | undefined;
    readonly threads?: number | undefined;
    readonly effects?: Effects | undefined;
    readonly read?: ReadOptions | undefined;
  },
): Promise<ForecastSet> {
  const { trainer: stored, dataset: trained, epochs } = run.manifest;
  if (stored === null) {
    throw new UserError({
      subject: run.folder,
      problem: "was imported: its model cannot be asked about a test set",
      value: name,
      remedy: "log the test set's logits as a run of their own and give that run with --examples",
    });
  }
  if (
    epochs.finished === 0 ||
    epochs.finished < epochs.planned ||
    !Object.keys(run.manifest.checksums).some((file) => file.startsWith("model/"))
  ) {
    throw new UserError({
      subject: run.folder,
      problem: "is not finished, so it has no model to ask about a test set",
      value: name,
      remedy: `finish it with alidade map --resume ${run.folder}`,
    });
  }
  const base = findTrainer(stored.name);
  const trainer = stored.folds === null ? base : heldOut(base, stored.folds);
  if (!trainer.can.predict) {
    throw new UserError({
      subject: `test set ${name}`,
      problem: `the ${stored.name} trainer cannot predict`,
      remedy: "make the run anew with this test set: map --test",
    });
  }
  const dataset = await readDataset(path, { ...read, rolesFrom: trained.roles, effects });
  try {
    if (dataset.input.kind !== trained.input) {
      throw new UserError({
        subject: `test set ${name}`,
        problem: `its input is ${dataset.input.kind}, and the model was trained on ${trained.input}`,
        remedy: "read it with the same columns",
      });
    }
    const labels = matchLabels(run.labelNames, name, dataset, mapLabels);
    const model = await trainer.load(layout.model(run.folder), threads);
    try {
      const logits = await collectLogits(model.predict(dataset), {
        size: dataset.size,
        what: `test set ${name}`,
        ids: dataset.ids,
      });
      return setOf(name, dataset, labels, [{ epoch: epochs.finished - 1, logits }], { mapLabels, notes: [] });
    } finally {
      await model.close();
    }
  } finally {
    dataset.close();
  }
}

function setOf(
  name: string,
  dataset: Dataset,
  labels: ScoredLabels,
  epochs: readonly { readonly epoch: number; readonly logits: RowLogits }[],
  { mapLabels, notes }: { readonly mapLabels: LabelMapping; readonly notes: readonly string[] },
): ForecastSet {
  return {
    name,
    labelNames: labels.names,
    ids: dataset.ids,
    epochs: epochs.map(({ epoch, logits }) => ({ epoch, forecasts: forecastsOf(logits, labels) })),
    groups: dataset.groups,
    votes: dataset.votes === null ? null : voteShares(dataset, { names: labels.names, mapLabels }, name),
    classwise: dataset.input.kind !== "choices",
    notes,
  };
}

/**
 * What the run observed of its own examples, every epoch: honest where it is held-out.
 *
 * @throws UserError where it does not keep all logits, or its labels are not known
 */
export async function readExampleForecasts(run: Run, columns: ExampleColumns): Promise<ForecastSet> {
  const { manifest, labelNames, folder } = run;
  if (!manifest.columns.includes("logits")) {
    throw new UserError({
      subject: folder,
      problem: `keeps ${manifest.logits === "top" ? "only the largest" : "no"} logits of its examples`,
      remedy: manifest.trainer === null ? "import a run that has logits" : "train it with --logits all",
    });
  }
  const roles = {
    ...manifest.dataset.roles,
    ...(columns.votes === undefined ? {} : { votes: [...columns.votes] }),
  };
  if (columns.votes === undefined) Reflect.deleteProperty(roles, "votes");
  const dataset = await readExamples(layout.examples(folder), { ...manifest.dataset, roles }, columns);
  try {
    const names = dataset.input.kind === "choices" ? dataset.labelNames : labelNames;
    const labels = { names, ofModel: Int32Array.from(names, (_, i) => i), gold: dataset.gold };
    const epochs: { epoch: number; logits: RowLogits }[] = [];
    for (let epoch = 0; epoch < run.epochs; epoch++) {
      const values: Float32Array[] = [];
      const widths = new Int32Array(run.size);
      for await (const { first, size, logits } of run.readEpoch(epoch, ["logits"])) {
        values.push(logits!.values);
        for (let i = 0; i < size; i++)
          widths[first + i] = typeof logits!.widths === "number" ? logits!.widths : logits!.widths[i]!;
      }
      const all = new Float32Array(widths.reduce((sum, width) => sum + width, 0));
      let at = 0;
      for (const part of values) {
        all.set(part, at);
        at += part.length;
      }
      epochs.push({ epoch, logits: { values: all, widths } });
    }
    const honest = manifest.protocol === "held-out";
    const note = honest
      ? "its own examples, each by models that did not train on it"
      : manifest.protocol === "unknown"
        ? "its own examples; how they were observed is not known: of examples that it trained on a model is surer than it should be"
        : "its own training examples: the model has seen them, so this is not how sure it may be of others";
    const set = setOf("examples", dataset, labels, epochs, { mapLabels: {}, notes: [note] });
    if (columns.group === undefined) return set;
    return { ...set, groups: await sourceColumn(dataset, columns.group, "--group") };
  } finally {
    dataset.close();
  }
}
