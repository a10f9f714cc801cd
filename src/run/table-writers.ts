/** Several Parquet files at once: one writer a file in flight, up to the machine's cores, opened when first needed. */

import { defaultThreads } from "../core/threads.js";
import { TableWriter } from "./table-file.js";
import type { Column, RowRange } from "./table-file.js";

export interface TableFile {
  readonly path: string;
  readonly columns: readonly Column[];
  readonly range: RowRange;
}

export class TableWriters {
  readonly #idle: TableWriter[] = [];

  /** Writes all files; which thread writes which does not change them. */
  async writeAll(files: readonly TableFile[]): Promise<void> {
    const waiting = [...files];
    const work = async (): Promise<void> => {
      const writer = this.#idle.pop() ?? (await TableWriter.open());
      try {
        for (let file = waiting.shift(); file; file = waiting.shift()) {
          await writer.write(file.path, file.columns, file.range);
        }
      } finally {
        this.#idle.push(writer);
      }
    };
    const lanes = Array.from({ length: Math.min(files.length, defaultThreads()) }, work);
    const outcomes = await Promise.allSettled(lanes);
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  }

  close(): void {
    for (const writer of this.#idle.splice(0)) writer.close();
  }
}
