/** Where reading a map fails because its file is not as it was written. */

import { UserError } from "../core/errors.js";
import { Stopped } from "../core/stop.js";
import { fileChecksum } from "../run/checksum.js";
import { layout } from "../run/layout.js";
import { openRun } from "../run/reader.js";
import { damagedMap } from "./map-description.js";

/**
 * Does what reads the maps of some runs. A footer may be whole and the values before it damaged: what fails is told by the file's checksum, which takes as
 * long as reading it and is asked for only then.
 *
 * @throws UserError where it fails and a map is not as it was written; else what it failed with
 */
export async function readingMaps<T>(folders: readonly string[], read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw await mapError(folders, error);
  }
}

/** A failure as `readingMaps` throws it. */
export async function mapError(folders: readonly string[], error: unknown): Promise<unknown> {
  if (error instanceof UserError || error instanceof Stopped) return error;
  for (const folder of folders) {
    if (await changed(folder)) return damagedMap(layout.map(folder), "damaged since it was written", error);
  }
  return error;
}

async function changed(folder: string): Promise<boolean> {
  try {
    const { checksums } = (await openRun(folder)).manifest;
    const written = checksums[layout.map("")];
    return written !== undefined && written !== (await fileChecksum(layout.map(folder)));
  } catch {
    return false;
  }
}
