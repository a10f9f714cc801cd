/** Holds files to the number of rows that they must have: a shorter one would be padded with NULL in silence. */

import { fileLiteral, withDatabase } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import { partRows } from "../run/layout.js";

/** A Parquet file and how many rows it must have. */
export interface CountedFile {
  readonly path: string;
  readonly rows: number;
}

/**
 * @param epochs of each epoch its part files in order
 * @param size examples in all
 */
export function partFiles(epochs: readonly (readonly string[])[], size: number): CountedFile[] {
  return epochs.flatMap((parts) =>
    parts.map((path, part) => ({ path, rows: Math.min(partRows, size - part * partRows) })),
  );
}

/** @throws UserError where a file is missing or has another number of rows */
export async function checkRowCounts(files: readonly CountedFile[]): Promise<void> {
  const remedy = "restore it from a copy, or make the run anew";
  await withDatabase({ threads: 1 }, async (database) => {
    for (const { path, rows } of files) {
      let count: number;
      try {
        const found = await database.value(
          `SELECT num_rows FROM parquet_file_metadata(${fileLiteral(path)})`,
        );
        count = Number(found);
      } catch (cause) {
        throw new UserError({
          subject: path,
          problem: "missing, or not Parquet that can be read",
          remedy,
          cause,
        });
      }
      if (count !== rows) {
        throw new UserError({ subject: path, problem: `has ${count} rows instead of ${rows}`, remedy });
      }
    }
  });
}
