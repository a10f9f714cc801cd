/** Makes folders one by one: Node's recursive `mkdir` calls a read-only file system "no such file". */

import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "../core/errors.js";
import { syncPath } from "../core/files.js";

/** Makes a folder, with those that lead there, and makes sure that it survives a power cut. One that exists is fine. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "EEXIST" && (await stat(folder)).isDirectory()) return;
    if (code !== "ENOENT" || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await mkdir(folder).catch(async (again: unknown) => {
      // Another process may have been faster.
      if ((await stat(folder).catch(() => null))?.isDirectory()) return;
      if (!(again instanceof Error && "code" in again && again.code === "ENOENT")) throw again;
      // The folder around it exists: /proc and its like.
      throw new UserError({
        subject: folder,
        problem: "no folder can be made there",
        remedy: "choose another folder",
        cause: again,
      });
    });
  }
  // A parent may be writable without being readable.
  await syncPath(dirname(folder)).catch(() => undefined);
}
