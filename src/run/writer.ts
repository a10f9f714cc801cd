/** Writes a run: its examples, its epochs one after another, its model, its test sets. See `publisher.ts` for how. */

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { InternalError, UserError } from "../core/errors.js";
import { writeFileAtomically } from "../core/files.js";
import type { Dataset } from "../dataset/dataset.js";
import { fileChecksum } from "./checksum.js";
import { dynamicsTable, rowsColumn } from "./dynamics-columns.js";
import { writeEmbeddings, type Embeddings } from "./embeddings.js";
import { layout, partRows } from "./layout.js";
import type { Manifest } from "./manifest.js";
import type { Observations, RowLogits } from "./observation.js";
import { without } from "./publisher.js";
import type { Checksums, Publisher } from "./publisher.js";
import { writeTables } from "./table-writers.js";
import type { Column } from "./table-column.js";

/** A manifest less what the writer fills in. */
export type RunBeginning = Omit<Manifest, "format" | "epochs" | "trainLoss" | "checksums" | "times"> & {
  readonly epochs: { readonly planned: number };
};

/** What a model said of a test set. */
export interface TestPredictions {
  readonly ids: readonly string[];
  /** Index of the gold label; -1 where it is none of the labels that are scored. */
  readonly gold: Int32Array;
  readonly predicted: Int32Array;
  readonly logits: RowLogits;
  /** Where predictions of several epochs follow one another: the epoch of each line. */
  readonly epoch?: Int32Array | undefined;
}

/** States of the trainer that are kept: a kill between a state and its epoch still finds the one before. */
const keptStates = 2;

/** Opened by `createRun` and `resumeRun`. One writer a run; close it whatever happens. */
export class RunWriter {
  readonly #publisher: Publisher;
  #pendingState: { readonly epoch: number; readonly checksums: Checksums } | null = null;

  /** @internal Use `createRun` or `resumeRun`. */
  constructor(publisher: Publisher) {
    this.#publisher = publisher;
  }

  get folder(): string {
    return this.#publisher.folder;
  }

  /** The manifest as it stands. */
  get manifest(): Manifest {
    return this.#publisher.manifest;
  }

  /** Whether a finished model stands. */
  get hasModel(): boolean {
    return this.#publisher.names((path) => path.startsWith("model/"));
  }

  /**
   * Where the trainer's state after the last finished epoch is; null where none was saved.
   *
   * @throws UserError where it is not as it was written
   */
  async stateFolder(): Promise<string | null> {
    const epoch = this.manifest.epochs.finished - 1;
    const saved = Object.entries(this.manifest.checksums).filter(([path]) =>
      path.startsWith(`state/epoch=${epoch}/`),
    );
    for (const [name, checksum] of saved) {
      const path = join(this.folder, name);
      if ((await fileChecksum(path)) === checksum) continue;
      throw new UserError({
        subject: path,
        problem: "damaged since it was written, and the training cannot go on from it",
        remedy: "restore it from a copy, or train anew with --overwrite",
      });
    }
    return saved.length > 0 ? layout.state(this.folder, epoch) : null;
  }

  /** Writes `examples.parquet`. The run can be resumed from here on. */
  async writeExamples(dataset: Dataset): Promise<void> {
    if (dataset.size !== this.manifest.dataset.size) {
      throw new InternalError(`${dataset.size} examples for a run of ${this.manifest.dataset.size}`);
    }
    await this.publishFile(layout.examples(this.folder), (path) => dataset.writeExamples(path));
  }

  /**
   * Writes the next epoch. It exists for readers when this returns.
   *
   * @param epoch the first that is not finished yet, 0-based
   * @param observations every row's, with at least the columns that the manifest names
   * @param trainLoss mean training loss, nats an example; left out where the dynamics are imported
   */
  async writeEpoch(epoch: number, observations: Observations, trainLoss?: number): Promise<void> {
    const { epochs, dataset, columns } = this.manifest;
    if (epoch !== epochs.finished || epoch >= epochs.planned) {
      throw new InternalError(`epoch ${epoch} after ${epochs.finished} of ${epochs.planned}`);
    }
    if (observations.size !== dataset.size) {
      throw new InternalError(`epoch ${epoch} has ${observations.size} of ${dataset.size} examples`);
    }
    this.#checkLoss(epoch, trainLoss);
    const table = dynamicsTable(observations, columns);
    const target = layout.epoch(this.folder, epoch);
    const checksums = await this.#publisher.publishFolder(target, async (folder) => {
      const parts = Array.from({ length: Math.ceil(dataset.size / partRows) }, (_, part) => part);
      await writeTables(
        parts.map((part) => ({
          path: join(folder, `part-${part}.parquet`),
          columns: table,
          range: { first: part * partRows, count: Math.min(partRows, dataset.size - part * partRows) },
        })),
      );
    });
    const state = this.#pendingState;
    this.#pendingState = null;
    const dropped = `state/epoch=${epoch - keptStates}/`;
    await this.#publisher.change((manifest) => ({
      ...manifest,
      epochs: { ...manifest.epochs, finished: epoch + 1 },
      trainLoss: trainLoss === undefined ? manifest.trainLoss : [...manifest.trainLoss, trainLoss],
      checksums: {
        ...without(manifest.checksums, (path) => path.startsWith(dropped)),
        ...checksums,
        ...(state?.epoch === epoch ? state.checksums : {}),
      },
    }));
    if (state) await rm(layout.state(this.folder, epoch - keptStates), { recursive: true, force: true });
  }

  /**
   * Saves what resuming after an epoch needs. Call it before `writeEpoch` of the same epoch, which then names it: a kill
   * in between finds the state of the epoch before. A `save` that writes nothing is fine.
   */
  async saveState(epoch: number, save: (folder: string) => Promise<void>): Promise<void> {
    if (epoch !== this.manifest.epochs.finished) {
      throw new InternalError(`state of epoch ${epoch} after ${this.manifest.epochs.finished} epochs`);
    }
    const checksums = await this.#publisher.publishFolder(layout.state(this.folder, epoch), save);
    this.#pendingState = Object.keys(checksums).length > 0 ? { epoch, checksums } : null;
  }

  /** Removes what resuming needs: of a finished run that can have no more epochs. */
  async dropStates(): Promise<void> {
    const isState = (path: string): boolean => path.startsWith("state/");
    if (!this.#publisher.names(isState)) return;
    await this.#publisher.change((manifest) => ({
      ...manifest,
      checksums: without(manifest.checksums, isState),
    }));
    await rm(layout.states(this.folder), { recursive: true, force: true });
  }

  /** Writes `model/` anew. */
  async writeModel(save: (folder: string) => Promise<void>): Promise<void> {
    const checksums = await this.#publisher.publishFolder(layout.model(this.folder), save);
    await this.#publisher.change((manifest) => ({
      ...manifest,
      checksums: { ...manifest.checksums, ...checksums },
    }));
  }

  /** Writes `embeddings.parquet`, or replaces it. */
  async writeEmbeddings(embeddings: Embeddings): Promise<void> {
    await this.publishFile(layout.embeddings(this.folder), (path) => writeEmbeddings(path, embeddings));
  }

  /**
   * Writes `tests/<name>.json` and `tests/<name>.parquet`, or replaces them.
   *
   * @param scores anything that JSON can hold
   */
  async writeTest(name: string, scores: unknown, predictions: TestPredictions): Promise<void> {
    checkTestName(name);
    const size = predictions.ids.length;
    const columns: Column[] = [
      { name: "id", kind: "text", values: predictions.ids },
      { name: "gold", kind: "number", values: predictions.gold },
      { name: "predicted", kind: "number", values: predictions.predicted },
      rowsColumn("logits", predictions.logits, size),
    ];
    if (predictions.epoch) columns.unshift({ name: "epoch", kind: "number", values: predictions.epoch });
    await this.publishFile(layout.testPredictions(this.folder, name), (path) =>
      writeTables([{ path, columns, range: { first: 0, count: size } }]),
    );
    await this.publishFile(layout.test(this.folder, name), (path) =>
      writeFileAtomically(path, `${JSON.stringify(scores, null, 2)}\n`),
    );
  }

  /**
   * Writes one file of the run: into `.tmp`, synced, moved to its name, then named in `run.json`.
   *
   * @param target where it belongs, a path of `layout`
   * @param write writes the whole file at the path it is given
   */
  async publishFile(target: string, write: (scratchPath: string) => Promise<void>): Promise<void> {
    await this.#publisher.publishFile(target, write);
  }

  /** Changes fields of the manifest that the writer does not keep itself. */
  async setManifest(patch: Partial<RunBeginning>): Promise<void> {
    if (patch.epochs && patch.epochs.planned < this.manifest.epochs.finished) {
      throw new InternalError(
        `${patch.epochs.planned} epochs planned after ${this.manifest.epochs.finished} are finished`,
      );
    }
    await this.#publisher.change((manifest) => ({
      ...manifest,
      ...patch,
      epochs: { ...manifest.epochs, ...(patch.epochs ? { planned: patch.epochs.planned } : {}) },
    }));
  }

  #checkLoss(epoch: number, trainLoss: number | undefined): void {
    if ((trainLoss === undefined) !== (this.manifest.trainer === null)) {
      throw new InternalError(`epoch ${epoch} has training loss ${trainLoss}`);
    }
    if (trainLoss === undefined || Number.isFinite(trainLoss)) return;
    throw new UserError({
      subject: `epoch ${epoch}`,
      problem: "the training loss is not finite",
      value: trainLoss,
      remedy: "training diverged: lower the learning rate",
    });
  }

  /** Waits for what is being written, gives the lock back. Safe to call twice, and after a failure. */
  async close(): Promise<void> {
    await this.#publisher.close();
  }
}

function checkTestName(name: string): void {
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.\- ]{0,99}$/u.test(name)) return;
  throw new UserError({
    subject: "--test",
    problem: "a test set's name becomes a file's name: letters, digits, _, - and . only",
    value: name,
    remedy: "name it so: --test ood=other.tsv",
  });
}
