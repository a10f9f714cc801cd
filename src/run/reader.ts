/** Reads a run, also while another process writes it: what `run.json` names is finished and does not change. */

import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../core/errors.js";
import { fileChecksum } from "./checksum.js";
import { readEpochFiles } from "./epoch-reader.js";
import type { ObservationChunk } from "./epoch-reader.js";
import { readExamples } from "./examples-reader.js";
import type { ExampleChunk } from "./examples-reader.js";
import { layout } from "./layout.js";
import { partPaths, readManifest } from "./manifest-file.js";
import type { DynamicsColumn, Manifest } from "./manifest.js";

/** A file that is not as it was when it was finished. */
export interface Damage {
  /** Path in the run. */
  readonly path: string;
  readonly problem: "missing" | "changed";
}

/** A run on disk, as it stood when it was opened. */
export class Run {
  /** @internal Use `openRun`. */
  constructor(
    readonly folder: string,
    readonly manifest: Manifest,
  ) {}

  /** Number of examples. */
  get size(): number {
    return this.manifest.dataset.size;
  }

  /** Number of finished epochs. */
  get epochs(): number {
    return this.manifest.epochs.finished;
  }

  get labelNames(): readonly string[] {
    return this.manifest.dataset.labelNames;
  }

  /** Part files of an epoch, in the order of their rows. @throws UserError where that epoch is not finished */
  epochFiles(epoch: number): string[] {
    if (!Number.isInteger(epoch) || epoch < 0 || epoch >= this.epochs) {
      throw new UserError({
        subject: this.folder,
        problem: "no such epoch",
        value: epoch,
        remedy: this.epochs > 0 ? `it has epochs 0 to ${this.epochs - 1}` : "it has no dynamics",
      });
    }
    return partPaths(this.size, epoch).map((path) => join(this.folder, path));
  }

  /**
   * One epoch's observations, in chunks of up to 2,048 rows in order.
   *
   * @param columns which to read. Default: all that the run records; one that it does not is null.
   */
  async *readEpoch(
    epoch: number,
    columns?: readonly DynamicsColumn[],
  ): AsyncGenerator<ObservationChunk, void, undefined> {
    const recorded = this.manifest.columns;
    yield* readEpochFiles({
      subject: layout.epoch(this.folder, epoch),
      files: this.epochFiles(epoch),
      size: this.size,
      columns: columns ? recorded.filter((column) => columns.includes(column)) : recorded,
    });
  }

  /**
   * The examples in chunks, in the order of their rows.
   *
   * @param options.source reads the source's own columns too. Default: true.
   */
  examples(options: { readonly source?: boolean | undefined } = {}): AsyncGenerator<ExampleChunk> {
    return readExamples(layout.examples(this.folder), options.source ?? true);
  }

  /** Names of the test sets that were scored. */
  async tests(): Promise<string[]> {
    const names = await readdir(layout.tests(this.folder)).catch(() => []);
    return names
      .filter((name) => name.endsWith(".json") && this.manifest.checksums[`tests/${name}`] !== undefined)
      .map((name) => name.slice(0, -".json".length))
      .sort();
  }

  /** What `tests/<name>.json` holds. */
  async test(name: string): Promise<unknown> {
    const known = await this.tests();
    if (!known.includes(name)) {
      throw new UserError({
        subject: this.folder,
        problem: "has no scores of a test set",
        value: name,
        remedy: known.length > 0 ? `there are ${known.join(", ")}` : "give `map` a --test",
      });
    }
    return JSON.parse(await readFile(layout.test(this.folder, name), "utf8")) as unknown;
  }

  /** Holds every finished file to its checksum. @returns what is damaged; empty where all is well */
  async verify(): Promise<Damage[]> {
    const damage: Damage[] = [];
    for (const [path, checksum] of Object.entries(this.manifest.checksums)) {
      const file = join(this.folder, path);
      if (!(await stat(file).catch(() => null))) damage.push({ path, problem: "missing" });
      else if ((await fileChecksum(file)) !== checksum) damage.push({ path, problem: "changed" });
    }
    return damage;
  }
}

/** Opens a run for reading. @throws UserError where there is none, or none that this version can read */
export async function openRun(folder: string): Promise<Run> {
  return new Run(folder, await readManifest(folder));
}
