/** Several Parquet files at once, up to the machine's cores. */

import { defaultThreads } from "../core/threads.js";
import { writeTable } from "./table-file.js";
import type { Column, RowRange } from "./table-column.js";

export interface TableFile {
  readonly path: string;
  readonly columns: readonly Column[];
  readonly range: RowRange;
}

/** Writes all files; which is written when does not change them. */
export async function writeTables(files: readonly TableFile[]): Promise<void> {
  const waiting = [...files];
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      await writeTable(file.path, file.columns, file.range);
    }
  };
  const lanes = Array.from({ length: Math.min(files.length, defaultThreads()) }, work);
  const outcomes = await Promise.allSettled(lanes);
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}
