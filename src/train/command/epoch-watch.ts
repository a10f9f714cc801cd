/**
 * Follows `dynamics_epoch_<e>.jsonl` files while a program writes them. An epoch is whole when its file has a line for every
 * example, so that it can be read at once, long before the program ends.
 */

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

const blockBytes = 1 << 20;

/** Counts the lines of one growing file; blank ones are none. */
class LineCount {
  readonly path: string;
  count = 0;
  #at = 0;
  #content = false;

  constructor(path: string) {
    this.path = path;
  }

  /** Reads what was added. @param enough stops soon after so many */
  read(enough: number): void {
    const file = openSync(this.path, "r");
    try {
      // A shorter file is another one: it was written anew.
      if (fstatSync(file).size < this.#at) [this.#at, this.count, this.#content] = [0, 0, false];
      const bytes = Buffer.allocUnsafe(blockBytes);
      while (this.count < enough) {
        const length = readSync(file, bytes, 0, bytes.length, this.#at);
        if (length === 0) return;
        this.#at += length;
        for (let i = 0; i < length; i++) {
          const byte = bytes[i] as number;
          if (byte === 10) {
            if (this.#content) this.count++;
            this.#content = false;
          } else if (byte > 32) this.#content = true;
        }
      }
    } finally {
      closeSync(file);
    }
  }
}

export class EpochWatch {
  readonly #folders: readonly string[];
  readonly #size: number;
  readonly #counts = new Map<number, LineCount>();

  /** @param out where the program writes; the reference's own subfolder counts too. @param size lines of a whole epoch */
  constructor(out: string, size: number) {
    this.#folders = [out, join(out, "training_dynamics")];
    this.#size = size;
  }

  /** The file of an epoch; null where there is none yet. */
  async find(epoch: number): Promise<string | null> {
    const known = this.#counts.get(epoch);
    if (known !== undefined) return known.path;
    const name = `dynamics_epoch_${epoch}.jsonl`;
    for (const folder of this.#folders) {
      if (!(await names(folder)).includes(name)) continue;
      this.#counts.set(epoch, new LineCount(join(folder, name)));
      return join(folder, name);
    }
    return null;
  }

  /** Whether an epoch has a line for every example. */
  async isWhole(epoch: number): Promise<boolean> {
    if ((await this.find(epoch)) === null) return false;
    const lines = this.#counts.get(epoch);
    if (lines === undefined) return false;
    if (lines.count < this.#size) lines.read(this.#size);
    return lines.count >= this.#size;
  }

  /** Epochs whose files are there, ascending. */
  async present(): Promise<number[]> {
    const all = (await Promise.all(this.#folders.map(names))).flat();
    const epochs = all.flatMap((name) => {
      const epoch = /^dynamics_epoch_(\d+)\.jsonl$/.exec(name)?.[1];
      return epoch === undefined ? [] : [Number(epoch)];
    });
    return [...new Set(epochs)].sort((a, b) => a - b);
  }

  /** What lies in the folder instead, for messages. */
  async others(): Promise<string[]> {
    return (await names(this.#folders[0] ?? "")).filter((name) => !["model", "predictions"].includes(name));
  }
}

async function names(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}
