/** Holds part files to the number of rows that they must have: a shorter one would be padded with NULL in silence. */

import { fileLiteral, withDatabase } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import { partRows } from "../run/layout.js";

/**
 * @param epochs of each epoch its part files in order
 * @param size examples in all
 */
export async function checkPartFiles(epochs: readonly (readonly string[])[], size: number): Promise<void> {
  const files = epochs.flat();
  const expected = epochs.flatMap((parts) =>
    parts.map((_, part) => Math.min(partRows, size - part * partRows)),
  );
  const remedy = "restore it from a copy, or make the run anew";
  await withDatabase({ threads: 1 }, async (database) => {
    for (const [i, file] of files.entries()) {
      let count: number;
      try {
        const found = await database.value(
          `SELECT num_rows FROM parquet_file_metadata(${fileLiteral(file)})`,
        );
        count = Number(found);
      } catch (cause) {
        throw new UserError({
          subject: file,
          problem: "missing, or not Parquet that can be read",
          remedy,
          cause,
        });
      }
      if (count !== expected[i]) {
        throw new UserError({
          subject: file,
          problem: `has ${count} rows instead of ${expected[i]}`,
          remedy,
        });
      }
    }
  });
}
