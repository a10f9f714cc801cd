/**
 * How a run changes. Whatever is unfinished lies in `.tmp`; a finished file or folder is synced, moved to its name, and
 * only then named with its checksum in `run.json`, which is itself replaced whole. So `kill -9` at any moment loses at
 * most what was in flight, and what a killed writer left is told from what it finished by looking at the manifest.
 */

import { mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { InternalError, UserError } from "../core/errors.js";
import { publish, syncPath, unusedPath } from "../core/files.js";
import { fileChecksum } from "./checksum.js";
import { withDiskErrors } from "./disk-error.js";
import { removeRun, unmarkBegun } from "./housekeeping.js";
import { layout } from "./layout.js";
import type { Lock } from "./lock.js";
import { makeFolder } from "./make-folder.js";
import { writeManifest } from "./manifest-file.js";
import type { Manifest } from "./manifest.js";

export type Checksums = Readonly<Record<string, string>>;

export class Publisher {
  readonly folder: string;
  #manifest: Manifest;
  readonly #lock: Lock;
  /** Whether the manifest is on disk. */
  #standing: boolean;
  /** Changes of the manifest, one after another. */
  #changes: Promise<void> = Promise.resolve();
  readonly #opened = Date.now();
  readonly #secondsBefore: number;
  #closed = false;

  constructor(folder: string, manifest: Manifest, lock: Lock, standing: boolean) {
    this.folder = folder;
    this.#manifest = manifest;
    this.#lock = lock;
    this.#standing = standing;
    this.#secondsBefore = manifest.times.seconds;
  }

  get manifest(): Manifest {
    return this.#manifest;
  }

  /** Whether the manifest names a file of which this holds. */
  names(which: (path: string) => boolean): boolean {
    return Object.keys(this.#manifest.checksums).some(which);
  }

  /** Writes a file beside, moves it to its name, and names it. */
  async publishFile(target: string, write: (scratchPath: string) => Promise<void>): Promise<void> {
    const key = this.#key(target);
    await withDiskErrors(target, async () => {
      const scratch = await this.#scratch(key);
      try {
        await write(scratch);
        const checksum = await fileChecksum(scratch);
        await this.#unname((path) => path === key);
        await makeFolder(dirname(target));
        await publish(scratch, target);
        await this.change((manifest) => ({
          ...manifest,
          checksums: { ...manifest.checksums, [key]: checksum },
        }));
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    });
  }

  /**
   * Writes a folder beside and moves it to its name, or nowhere where nothing was written into it.
   *
   * @returns its files' checksums by their paths in the run, which the caller names
   */
  async publishFolder(target: string, write: (folder: string) => Promise<void>): Promise<Checksums> {
    const key = this.#key(target);
    return await withDiskErrors(target, async () => {
      const scratch = await this.#scratch(key);
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

  /** Replaces the manifest, after the changes that were asked for before. */
  change(change: (manifest: Manifest) => Manifest): Promise<void> {
    const next = this.#changes
      .catch(() => undefined)
      .then(() => withDiskErrors(layout.manifest(this.folder), () => this.#replace(change)));
    this.#changes = next;
    return next;
  }

  /** Waits for what is being written and gives the lock back. Leaves nothing behind where nothing was finished. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#changes.catch(() => undefined);
    if (await this.#lock.held()) {
      if (!this.#standing) await removeRun(this.folder).catch(() => undefined);
      if (!this.#standing) await unmarkBegun(this.folder).catch(() => undefined);
      await rmdir(layout.scratch(this.folder)).catch(() => undefined);
    }
    await this.#lock.release();
  }

  async #replace(change: (manifest: Manifest) => Manifest): Promise<void> {
    await this.#checkHeld();
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
    if (!this.#standing) await unmarkBegun(this.folder);
    this.#standing = true;
  }

  /** Takes the checksums of what is about to be replaced out of the manifest: at no moment does one stand that is wrong. */
  async #unname(drop: (path: string) => boolean): Promise<void> {
    if (!this.names(drop)) return await this.#checkHeld();
    await this.change((manifest) => ({ ...manifest, checksums: without(manifest.checksums, drop) }));
  }

  async #checkHeld(): Promise<void> {
    if (await this.#lock.held()) return;
    throw new UserError({
      subject: this.folder,
      problem: "another process has taken this run over",
      remedy: "let that one finish",
    });
  }

  /** Path in the run, with `/`. */
  #key(target: string): string {
    const key = relative(this.folder, target).replaceAll("\\", "/");
    if (key === "" || key.startsWith("..")) throw new InternalError(`${target} is not in ${this.folder}`);
    return key;
  }

  async #scratch(key: string): Promise<string> {
    if (this.#closed) throw new InternalError(`${this.folder} was closed`);
    const folder = layout.scratch(this.folder);
    await makeFolder(folder);
    return unusedPath(folder, key.replaceAll("/", "-"));
  }
}

/** Checksums without those of which this holds. */
export function without(checksums: Checksums, drop: (path: string) => boolean): Checksums {
  return Object.fromEntries(Object.entries(checksums).filter(([path]) => !drop(path)));
}

/** Syncs every file of a folder, folders in it too; their checksums by path, `prefix` before each. */
async function syncFiles(folder: string, prefix: string): Promise<Checksums> {
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
