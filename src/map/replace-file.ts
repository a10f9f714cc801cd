/** Exported files: written beside, and moved to their name when they are whole. */

import { realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, relative, resolve, sep } from "node:path";
import { UserError } from "../core/errors.js";
import { publish, unusedPath } from "../core/files.js";
import { withDiskErrors } from "../run/disk-error.js";
import { runEntries } from "../run/layout.js";
import type { Run } from "../run/reader.js";

/**
 * Writes a file, or replaces one: until the new one is whole, the old one stands.
 *
 * @param write writes the whole file at the path it is given
 */
export async function replaceFile(path: string, write: (scratch: string) => Promise<void>): Promise<void> {
  const target = resolve(path);
  const found = await stat(target).catch(() => null);
  if (found?.isDirectory()) {
    throw new UserError({ subject: path, problem: "is a folder", remedy: "give the name of a file" });
  }
  const folder = dirname(target);
  if (!(await stat(folder).catch(() => null))) {
    throw new UserError({
      subject: path,
      problem: "its folder does not exist",
      value: folder,
      remedy: "make it first",
    });
  }
  const scratch = unusedPath(folder, `.${basename(target)}`);
  await withDiskErrors(path, async () => {
    try {
      await write(scratch);
      await publish(scratch, target);
    } finally {
      await rm(scratch, { force: true });
    }
  });
}

/** @throws UserError where the path is that of a file of the run, or of one that it was made from: an export must not destroy it */
export async function keepSources(
  path: string,
  { folder, manifest: { dataset, imported } }: Pick<Run, "folder" | "manifest">,
): Promise<void> {
  const target = await realpath(path).catch(() => null);
  if (target === null) return;
  const [entry = ""] = relative(await realpath(folder), target).split(sep);
  if (runEntries.includes(entry)) {
    throw new UserError({
      subject: path,
      problem: "is a file of the run itself, and would be replaced",
      remedy: "give another name",
    });
  }
  for (const source of [...dataset.sources, ...(imported?.sources ?? [])]) {
    if ((await realpath(source.path).catch(() => null)) !== target) continue;
    throw new UserError({
      subject: path,
      problem: "is a file that the run was made from, and would be replaced",
      remedy: "give another name",
    });
  }
}
