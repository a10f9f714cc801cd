/** The folder of one training: what the program is given, what it writes, and its log. */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Dataset } from "../../dataset/dataset.js";
import { makeFolder } from "../../run/make-folder.js";
import { writeDataFile } from "./data-file.js";

export interface Handed {
  readonly train: Dataset;
  readonly observe: Dataset;
  readonly tests: Readonly<Record<string, Dataset>>;
}

export class Workspace {
  /** Absolute. */
  readonly folder: string;
  readonly #kept: boolean;

  private constructor(folder: string, kept: boolean) {
    this.folder = folder;
    this.#kept = kept;
  }

  /** @param workDir where to make it and leave it. undefined: a temporary one, removed unless the training failed */
  static async make(workDir: string | undefined): Promise<Workspace> {
    if (workDir !== undefined) await makeFolder(workDir);
    const parent = workDir === undefined ? tmpdir() : resolve(workDir);
    return new Workspace(await mkdtemp(join(parent, "alidade-command-")), workDir !== undefined);
  }

  get train(): string {
    return join(this.folder, "train.jsonl");
  }

  get observe(): string {
    return join(this.folder, "observe.jsonl");
  }

  get labels(): string {
    return join(this.folder, "labels.json");
  }

  /** Holds `<name>.jsonl` of each test set. */
  get tests(): string {
    return join(this.folder, "tests");
  }

  test(name: string): string {
    return join(this.tests, `${name}.jsonl`);
  }

  get out(): string {
    return join(this.folder, "out");
  }

  get model(): string {
    return join(this.out, "model");
  }

  /** What the program predicts of a test set. @param epoch null: after the last one */
  predictions(name: string, epoch: number | null): string {
    return join(this.out, "predictions", ...(epoch === null ? [] : [`epoch_${epoch}`]), `${name}.jsonl`);
  }

  log(name: string): string {
    return join(this.folder, `${name}.log`);
  }

  /** Writes what the program is given. Where it observes what it trains on, both are one file. */
  async fill({ train, observe, tests }: Handed): Promise<{ readonly observe: string }> {
    await this.prepare(train.labelNames);
    await writeDataFile(train, this.train, true);
    if (observe !== train) await writeDataFile(observe, this.observe, true);
    for (const [name, test] of Object.entries(tests)) await writeDataFile(test, this.test(name), false);
    return { observe: observe === train ? this.train : this.observe };
  }

  /** Makes its folders, and writes the file of label names. */
  async prepare(labelNames: readonly string[]): Promise<void> {
    for (const folder of [this.tests, this.model, join(this.out, "predictions")]) {
      await mkdir(folder, { recursive: true });
    }
    await writeFile(this.labels, `${JSON.stringify(labelNames)}\n`);
  }

  /** Removes it, unless it was asked for. Safe to call twice. */
  async remove(): Promise<void> {
    if (!this.#kept) await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
