/** A run as a source: its map and dynamics from the folder, vectors and models from its examples, read when they are needed. */

import { UserError } from "../core/errors.js";
import { defaultThreads } from "../core/threads.js";
import type { Dataset } from "../dataset/dataset.js";
import { readExamples } from "../dataset/read-examples.js";
import { readCoordinate, readMap } from "../map/read-map.js";
import { layout } from "../run/layout.js";
import { readEmbeddings } from "../run/embeddings.js";
import { openRun, type Run } from "../run/reader.js";
import { defaultTrainer, findTrainer } from "../train/registry.js";
import { fitModel } from "./fit-model.js";
import { checkEpochs, missingCoordinate } from "./missing-coordinate.js";
import { readTrajectories } from "./read-trajectories.js";
import type { Probabilities, SelectionSource, Vectors } from "./source.js";
import { datasetVectors, scaleToUnit } from "./vectors.js";

export interface RunSourceOptions {
  /** The run's examples, where they are in memory already: rows as in the run. Its owner closes it. Default: read from the run. */
  readonly dataset?: Dataset | undefined;
  /** Of models that a strategy trains. Default: the run's own trainer with its options; the default trainer for imported runs. */
  readonly trainer?:
    { readonly name: string; readonly options?: Readonly<Record<string, unknown>> | undefined } | undefined;
  /** Results do not depend on it. Default: the machine's cores. */
  readonly threads?: number | undefined;
  /**
   * Ready embeddings, one of unit length an example, in the order of the rows. Default: those that the run kept, or else the features of
   * the default trainer, projected.
   */
  readonly vectors?: (() => Promise<Vectors>) | undefined;
  /** Trains on some rows and gives the probabilities of all. Default: by the trainer. */
  readonly fit?: ((rows: Int32Array, seed: number) => Promise<Probabilities>) | undefined;
  /** Stops what is being trained. */
  readonly signal?: AbortSignal | undefined;
}

export interface RunSource extends SelectionSource {
  /** Frees the examples that were read. Safe to call twice. */
  close(): void;
}

/**
 * Opens a run to select from. Everything beyond ids, labels and regions is read when it is first asked for, once.
 *
 * @throws UserError where the run has no map
 */
export async function runSource(folder: string, options: RunSourceOptions = {}): Promise<RunSource> {
  const { threads = defaultThreads(), signal } = options;
  const run = await openRun(folder);
  const { size, ids, labels, regions, description } = await readMap(folder);
  const { labelNames, input } = run.manifest.dataset;
  const indices = new Map(labelNames.map((name, index) => [name, index]));
  let read: Promise<Dataset> | null = null;
  const dataset = (): Promise<Dataset> =>
    options.dataset ? Promise.resolve(options.dataset) : (read ??= readRunExamples(run));
  return {
    name: folder,
    size,
    ids,
    labelNames,
    gold: Int32Array.from(labels, (label) => indices.get(label ?? "") ?? -1),
    choices: input === "choices",
    regions: once(() => Promise.resolve(regions)),
    coordinate: onceEach(async (name: string) => {
      checkEpochs(run, description, name);
      const values = await readCoordinate(folder, name);
      if (values.every(Number.isNaN)) throw missingCoordinate(run, description, name);
      return values;
    }),
    trajectories: once(() => readTrajectories(run, description)),
    vectors: once(
      options.vectors ??
        (async () =>
          (await ownVectors(run)) ?? (await datasetVectors(await dataset(), { seed: 0, threads }))),
    ),
    fit:
      options.fit ??
      (async (rows, seed) => {
        const examples = await dataset();
        const chosen = options.trainer ?? run.manifest.trainer;
        const trainer = chosen ? findTrainer(chosen.name) : defaultTrainer(examples.input.kind);
        return await fitModel({
          dataset: examples,
          trainer,
          options: chosen?.options,
          rows,
          seed,
          threads,
          signal,
        });
      }),
    close: () => {
      void read?.then(
        (opened) => opened.close(),
        () => undefined,
      );
    },
  };
}

async function readRunExamples({ folder, manifest }: Run): Promise<Dataset> {
  if (manifest.dataset.input === "none") {
    throw new UserError({
      subject: folder,
      problem: "has no examples to read, only their ids",
      remedy: "import it with --data, the labelled file that it was trained on",
    });
  }
  return await readExamples(layout.examples(folder), manifest.dataset);
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | null = null;
  return () => (value ??= read());
}

function onceEach<T>(read: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const values = new Map<string, Promise<T>>();
  return (name) => {
    const value = values.get(name) ?? read(name);
    values.set(name, value);
    return value;
  };
}

/** The embeddings that the training kept, at unit length. */
async function ownVectors(run: Run): Promise<Vectors | null> {
  const kept = await readEmbeddings(run.folder, run.size);
  if (kept !== null) scaleToUnit(kept);
  return kept;
}
