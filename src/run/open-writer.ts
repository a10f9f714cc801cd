/** Begins a run, or goes on with one. */

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../core/errors.js";
import { withDiskErrors } from "./disk-error.js";
import { folderState, markBegun, refuseVerdicts, removeLeftovers, removeRun } from "./housekeeping.js";
import { layout } from "./layout.js";
import { acquireLock } from "./lock.js";
import type { Lock } from "./lock.js";
import { makeFolder } from "./make-folder.js";
import { readManifest } from "./manifest-file.js";
import { formatVersion } from "./manifest.js";
import type { Manifest } from "./manifest.js";
import { Publisher } from "./publisher.js";
import { RunWriter } from "./writer.js";
import type { RunBeginning } from "./writer.js";

export interface CreateOptions {
  /** Takes the lock even from a process on another machine. Default: false. */
  readonly breakLock?: boolean | undefined;
  /** Replaces the run that stands in the folder, finished or not. Default: false, which is an error there. */
  readonly overwrite?: boolean | undefined;
}

export interface ResumeOptions {
  /** More epochs than were planned. Default: as planned. */
  readonly plannedEpochs?: number | undefined;
  readonly breakLock?: boolean | undefined;
}

/**
 * Whether a run can be begun in the folder, as far as looking tells: before work is done for it.
 *
 * @throws UserError as `createRun` does
 */
export async function checkFolder(
  folder: string,
  { overwrite = false }: Pick<CreateOptions, "overwrite"> = {},
): Promise<void> {
  await withDiskErrors(folder, async () => {
    const found = await lookAt(folder);
    if (!found) return;
    const { state, foreign } = await folderState(folder);
    if (state === "foreign") throw notOurs(folder, foreign);
    if (state !== "run") return;
    if (!overwrite) throw await alreadyThere(folder);
    await refuseVerdicts(folder);
  });
}

/** @returns whether the folder is there */
async function lookAt(folder: string): Promise<boolean> {
  const found = await stat(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return null;
    throw cause;
  });
  if (!found || found.isDirectory()) return found !== null;
  throw new UserError({
    subject: folder,
    problem: "is a file, not a folder",
    remedy: "give another -o",
  });
}

/**
 * Begins a run in a folder that is empty or does not exist.
 *
 * @throws UserError where the folder holds something else, where another process writes it, or where it cannot be written
 */
export async function createRun(
  folder: string,
  begin: RunBeginning,
  { breakLock = false, overwrite = false }: CreateOptions = {},
): Promise<RunWriter> {
  return await locked(folder, breakLock, true, async (lock) => {
    const { state, foreign } = await folderState(folder);
    if (state === "foreign") throw notOurs(folder, foreign);
    if (state === "run") {
      if (!overwrite) throw await alreadyThere(folder);
      await refuseVerdicts(folder);
    }
    await markBegun(folder);
    if (state !== "free") await removeRun(folder);
    const now = new Date().toISOString();
    const manifest: Manifest = {
      ...begin,
      format: formatVersion,
      epochs: { planned: begin.epochs.planned, finished: 0 },
      trainLoss: [],
      checksums: {},
      times: { began: now, updated: now, seconds: 0 },
    };
    return new RunWriter(new Publisher(folder, manifest, lock, false));
  });
}

/**
 * Opens an unfinished run to go on with it, and removes what a killed writer left half done.
 *
 * @throws UserError where there is no run, where another process writes it, or where fewer epochs are asked for
 */
export async function resumeRun(
  folder: string,
  { plannedEpochs, breakLock = false }: ResumeOptions = {},
): Promise<RunWriter> {
  await readManifestToResume(folder);
  return await locked(folder, breakLock, false, async (lock) => {
    const manifest = await readManifest(folder);
    const planned = plannedEpochs ?? manifest.epochs.planned;
    if (planned < manifest.epochs.planned) {
      throw new UserError({
        subject: folder,
        problem: `planned for ${manifest.epochs.planned} epochs, and --epochs can only grow`,
        value: planned,
        remedy: `leave --epochs out, or make another run with -o`,
      });
    }
    await checkFiles(folder, manifest);
    await removeLeftovers(folder, manifest);
    const grown = { ...manifest, epochs: { ...manifest.epochs, planned } };
    return new RunWriter(new Publisher(folder, grown, lock, true));
  });
}

async function readManifestToResume(folder: string): Promise<void> {
  try {
    await readManifest(folder);
  } catch (error) {
    const found = await folderState(folder).catch(() => null);
    if (found?.state !== "begun") throw error;
    throw new UserError({
      subject: folder,
      problem: "was stopped before anything was finished, there is nothing to resume",
      remedy: "give the command again without --resume",
    });
  }
}

async function locked(
  folder: string,
  breakLock: boolean,
  make: boolean,
  open: (lock: Lock) => Promise<RunWriter>,
): Promise<RunWriter> {
  return await withDiskErrors(folder, async () => {
    const found = await lookAt(folder);
    if (make) {
      if (found) {
        const { state, foreign } = await folderState(folder);
        if (state === "foreign") throw notOurs(folder, foreign);
      }
      await makeFolder(folder);
    }
    const lock = await acquireLock(layout.lock(folder), { subject: folder, breakLock });
    try {
      return await open(lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  });
}

async function checkFiles(folder: string, manifest: Manifest): Promise<void> {
  for (const path of Object.keys(manifest.checksums)) {
    if (await stat(join(folder, path)).catch(() => null)) continue;
    throw new UserError({
      subject: join(folder, path),
      problem: "missing, though run.json names it as finished",
      remedy: "restore it from a copy, or make the run anew with --overwrite",
    });
  }
}

async function alreadyThere(folder: string): Promise<UserError> {
  const manifest = await readManifest(folder).catch(() => null);
  if (manifest && manifest.epochs.finished < manifest.epochs.planned) {
    const { finished, planned } = manifest.epochs;
    return new UserError({
      subject: folder,
      problem: `holds ${manifest.imported ? "an import" : "a run"} that has finished ${finished} of ${planned} epochs`,
      remedy: manifest.imported
        ? "give --overwrite to import it anew, or another -o"
        : `go on with --resume ${folder}, or give another -o, or --overwrite`,
    });
  }
  return new UserError({
    subject: folder,
    problem: "holds a run already",
    remedy: "give another -o, or --overwrite to replace it",
  });
}

function notOurs(folder: string, foreign: string | null): UserError {
  return new UserError({
    subject: folder,
    problem: "exists and is not a run, but holds something else",
    value: foreign ?? undefined,
    remedy: "give another -o",
  });
}
