/**
 * Writes a run. Whatever is unfinished lies in `.tmp`; a finished file or folder is synced, moved to its name, and only
 * then named with its checksum in `run.json`, which is itself replaced whole. So `kill -9` at any moment loses at most
 * what was in flight, and what a killed writer left is told from what it finished by looking at the manifest.
 */

import { mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { InternalError, UserError } from "../core/errors.js";
import { publish, syncPath, unusedPath, writeFileAtomically } from "../core/files.js";
import type { Dataset } from "../dataset/dataset.js";
import { fileChecksum } from "./checksum.js";
import { diskError } from "./disk-error.js";
import { dynamicsTable, rowsColumn } from "./dynamics-columns.js";
import { layout, partRows } from "./layout.js";
import type { Lock } from "./lock.js";
import { makeFolder } from "./make-folder.js";
import { writeManifest } from "./manifest-file.js";
import type { Manifest } from "./manifest.js";
import type { Observations, RowLogits } from "./observation.js";
import { TableWriters } from "./table-writers.js";
import type { Column } from "./table-file.js";

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
  readonly folder: string;
  #manifest: Manifest;
  readonly #lock: Lock;
  readonly #tables = new TableWriters();
  readonly #opened = Date.now();
  readonly #secondsBefore: number;
  /** Changes of the manifest, one after another. */
  #changes: Promise<void> = Promise.resolve();
  #pendingState: { readonly epoch: number; readonly checksums: Record<string, string> } | null = null;
  #closed = false;

  /** @internal Use `createRun` or `resumeRun`. */
  constructor(folder: string, manifest: Manifest, lock: Lock) {
    this.folder = folder;
    this.#manifest = manifest;
    this.#lock = lock;
    this.#secondsBefore = manifest.times.seconds;
  }

  /** The manifest as it stands. */
  get manifest(): Manifest {
    return this.#manifest;
  }

  /** Whether a finished model stands. */
  get hasModel(): boolean {
    return Object.keys(this.#manifest.checksums).some((path) => path.startsWith("model/"));
  }

  /** Where the trainer's state after the last finished epoch is; null where none was saved. */
  get stateFolder(): string | null {
    const epoch = this.#manifest.epochs.finished - 1;
    const saved = Object.keys(this.#manifest.checksums).some((path) =>
      path.startsWith(`state/epoch=${epoch}/`),
    );
    return saved ? layout.state(this.folder, epoch) : null;
  }

  /** Writes `examples.parquet`. The run can be resumed from here on. */
  async writeExamples(dataset: Dataset): Promise<void> {
    if (dataset.size !== this.#manifest.dataset.size) {
      throw new InternalError(`${dataset.size} examples for a run of ${this.#manifest.dataset.size}`);
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
    const { epochs, dataset, columns } = this.#manifest;
    if (epoch !== epochs.finished || epoch >= epochs.planned) {
      throw new InternalError(`epoch ${epoch} after ${epochs.finished} of ${epochs.planned}`);
    }
    if (observations.size !== dataset.size) {
      throw new InternalError(`epoch ${epoch} has ${observations.size} of ${dataset.size} examples`);
    }
    const table = dynamicsTable(observations, columns);
    const target = layout.epoch(this.folder, epoch);
    const checksums = await this.#publishFolder(target, async (folder) => {
      const parts = Array.from({ length: Math.ceil(dataset.size / partRows) }, (_, part) => part);
      await this.#tables.writeAll(
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
    await this.#change((manifest) => ({
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
    if (epoch !== this.#manifest.epochs.finished) {
      throw new InternalError(`state of epoch ${epoch} after ${this.#manifest.epochs.finished} epochs`);
    }
    const checksums = await this.#publishFolder(layout.state(this.folder, epoch), save);
    this.#pendingState = Object.keys(checksums).length > 0 ? { epoch, checksums } : null;
  }

  /** Writes `model/` anew. */
  async writeModel(save: (folder: string) => Promise<void>): Promise<void> {
    const checksums = await this.#publishFolder(layout.model(this.folder), save);
    await this.#change((manifest) => ({ ...manifest, checksums: { ...manifest.checksums, ...checksums } }));
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
      this.#tables.writeAll([{ path, columns, range: { first: 0, count: size } }]),
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
    const key = this.#key(target);
    await this.#guarded(target, async () => {
      const scratch = await this.#scratch(key.replaceAll("/", "-"));
      try {
        await write(scratch);
        const checksum = await fileChecksum(scratch);
        await this.#unname((path) => path === key);
        await makeFolder(dirname(target));
        await publish(scratch, target);
        await this.#change((manifest) => ({
          ...manifest,
          checksums: { ...manifest.checksums, [key]: checksum },
        }));
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    });
  }

  /** Changes fields of the manifest that the writer does not keep itself. */
  async setManifest(patch: Partial<RunBeginning>): Promise<void> {
    if (patch.epochs && patch.epochs.planned < this.#manifest.epochs.finished) {
      throw new InternalError(
        `${patch.epochs.planned} epochs planned after ${this.#manifest.epochs.finished} are finished`,
      );
    }
    await this.#change((manifest) => ({
      ...manifest,
      ...patch,
      epochs: { ...manifest.epochs, ...(patch.epochs ? { planned: patch.epochs.planned } : {}) },
    }));
  }

  /** Waits for what is being written, gives the lock back. Safe to call twice, and after a failure. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#changes.catch(() => undefined);
    this.#tables.close();
    await rmdir(layout.scratch(this.folder)).catch(() => undefined);
    await this.#lock.release();
  }

  /** Path in the run, with `/`. */
  #key(target: string): string {
    const key = relative(this.folder, target).replaceAll("\\", "/");
    if (key === "" || key.startsWith("..")) throw new InternalError(`${target} is not in ${this.folder}`);
    return key;
  }

  async #scratch(name: string): Promise<string> {
    if (this.#closed) throw new InternalError(`${this.folder} was closed`);
    const folder = layout.scratch(this.folder);
    await makeFolder(folder);
    return unusedPath(folder, name);
  }

  /** Writes a folder of plain files beside and moves it to its name; its files' checksums by their paths in the run. */
  async #publishFolder(
    target: string,
    write: (folder: string) => Promise<void>,
  ): Promise<Record<string, string>> {
    const key = this.#key(target);
    return await this.#guarded(target, async () => {
      const scratch = await this.#scratch(key.replaceAll("/", "-"));
      try {
        await mkdir(scratch);
        await write(scratch);
        const checksums = await syncFiles(scratch, key);
        await this.#unname((path) => path.startsWith(`${key}/`));
        await removeFolder(target, `${scratch}.old`);
        if (Object.keys(checksums).length === 0) return checksums;
        await makeFolder(dirname(target));
        await publish(scratch, target);
        return checksums;
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    });
  }

  /** Takes the checksums of what is about to be replaced out of the manifest: at no moment does one stand that is wrong. */
  async #unname(drop: (path: string) => boolean): Promise<void> {
    if (!Object.keys(this.#manifest.checksums).some(drop)) return;
    await this.#change((manifest) => ({ ...manifest, checksums: without(manifest.checksums, drop) }));
  }

  /** Replaces the manifest, after the changes that were asked for before. */
  #change(change: (manifest: Manifest) => Manifest): Promise<void> {
    const next = this.#changes
      .catch(() => undefined)
      .then(() =>
        this.#guarded(layout.manifest(this.folder), async () => {
          if (!(await this.#lock.held())) {
            throw new UserError({
              subject: this.folder,
              problem: "another process has taken this run over",
              remedy: "let that one finish",
            });
          }
          const now = Date.now();
          const manifest = change(this.#manifest);
          const times = {
            began: manifest.times.began,
            updated: new Date(now).toISOString(),
            seconds: this.#secondsBefore + (now - this.#opened) / 1000,
          };
          const changed = { ...manifest, times };
          await writeManifest(this.folder, changed);
          this.#manifest = changed;
        }),
      );
    this.#changes = next;
    return next;
  }

  async #guarded<T>(subject: string, operation: () => Promise<T>): Promise<T> {
    try {
      return await operation();
    } catch (error) {
      throw diskError(error, subject);
    }
  }
}

/** Syncs every file of a folder, folders in it too; their checksums by path, `prefix` before each. */
async function syncFiles(folder: string, prefix: string): Promise<Record<string, string>> {
  const checksums: Record<string, string> = {};
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const key = `${prefix}/${entry.name}`;
    if (entry.isDirectory()) Object.assign(checksums, await syncFiles(path, key));
    else checksums[key] = await fileChecksum(path);
    await syncPath(path);
  }
  return checksums;
}

/** Removes a folder in one step, so that no half of it can be seen. */
async function removeFolder(folder: string, aside: string): Promise<void> {
  try {
    await rename(folder, aside);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
    throw error;
  }
  await rm(aside, { recursive: true, force: true });
}

function without(checksums: Record<string, string>, drop: (path: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(checksums).filter(([path]) => !drop(path)));
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
