/** Files that exist whole or not at all. */

import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Makes sure that what was written under this path survives a power cut. Folders too. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Moves a finished file or folder to its name, durably. Both lie on one file system. */
export async function publish(finished: string, target: string): Promise<void> {
  await syncPath(finished);
  await rename(finished, target);
  await syncPath(dirname(target));
}

/** A path that nobody uses, in `folder`. */
export function unusedPath(folder: string, name: string): string {
  return join(folder, `${name}.${randomBytes(6).toString("hex")}`);
}

/** Replaces a file's whole content: a reader sees the old one or the new one. Written beside, unless `scratch` is given. */
export async function writeFileAtomically(
  path: string,
  content: string | Uint8Array | readonly Uint8Array[],
  scratch = dirname(path),
): Promise<void> {
  await mkdir(scratch, { recursive: true });
  const beside = unusedPath(scratch, `.${basename(path)}`);
  try {
    const handle = await open(beside, "wx");
    try {
      for (const part of typeof content === "string" || content instanceof Uint8Array ? [content] : content)
        await handle.writeFile(part);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncPath(dirname(path));
}

/** How many bytes a file has. null: there is none. */
export async function fileSize(path: string): Promise<number | null> {
  return await stat(path).then(
    (stats) => (stats.isFile() ? stats.size : null),
    () => null,
  );
}
