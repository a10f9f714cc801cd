/**
 * A run that takes another's place: it is written whole in the other's `.tmp`, and only then moved to its place. Whatever goes
 * wrong before, the old run stands.
 */

import { readdir, rename, rm, rmdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { syncPath } from "../core/files.js";
import { withDiskErrors } from "./disk-error.js";
import { folderState, markBegun, refuseVerdicts, removeRun, unmarkBegun } from "./housekeeping.js";
import { layout } from "./layout.js";
import { acquireLock } from "./lock.js";
import { makeFolder } from "./make-folder.js";

/**
 * @param folder of the old run
 * @param write makes the new run in the folder that it is given, and is done with it when it returns
 * @throws UserError where another process writes the old run, or people have written verdicts into it
 */
export async function replaceRun<T>(
  folder: string,
  { breakLock = false }: { readonly breakLock?: boolean | undefined },
  write: (folder: string) => Promise<T>,
): Promise<T> {
  const lock = await acquireLock(layout.lock(folder), { subject: folder, breakLock });
  const scratch = layout.scratch(folder);
  const replacement = join(scratch, "replacement");
  try {
    await refuseVerdicts(folder);
    await makeFolder(scratch);
    await rm(replacement, { recursive: true, force: true });
    const result = await write(replacement);
    await withDiskErrors(folder, () => takePlace(folder, replacement));
    return result;
  } finally {
    await rm(replacement, { recursive: true, force: true });
    await rmdir(scratch).catch(() => undefined);
    await lock.release();
  }
}

/** Whether a run stands in the folder. */
export async function holdsRun(folder: string): Promise<boolean> {
  return await folderState(folder).then(
    ({ state }) => state === "run",
    () => false,
  );
}

async function takePlace(folder: string, replacement: string): Promise<void> {
  await markBegun(folder);
  await removeRun(folder, replacement);
  const manifest = basename(layout.manifest(folder));
  const names = (await readdir(replacement)).filter((name) => !name.startsWith(".") && name !== manifest);
  for (const name of [...names, manifest]) await rename(join(replacement, name), join(folder, name));
  await unmarkBegun(folder);
  await syncPath(folder);
}
