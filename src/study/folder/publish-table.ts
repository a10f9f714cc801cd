/** A Parquet file of a study: written beside, synced, moved to its name. */

import { mkdir, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { publish, unusedPath } from "../../core/files.js";
import { withDiskErrors } from "../../run/disk-error.js";
import type { Column } from "../../run/table-column.js";
import { writeTable } from "../../run/table-file.js";
import { studyLayout } from "./layout.js";

/** @param write writes the whole file at the path that it is given */
export async function publishFile(
  study: string,
  target: string,
  write: (path: string) => Promise<void>,
): Promise<void> {
  await withDiskErrors(target, async () => {
    const scratch = studyLayout.scratch(study);
    await mkdir(scratch, { recursive: true });
    await mkdir(dirname(target), { recursive: true });
    const beside = unusedPath(scratch, basename(target));
    try {
      await write(beside);
      await publish(beside, target);
    } finally {
      await rm(beside, { force: true });
    }
  });
}

export async function publishTable(
  study: string,
  target: string,
  columns: readonly Column[],
  rows: number,
): Promise<void> {
  await publishFile(study, target, (path) => writeTable(path, columns, { first: 0, count: rows }));
}
