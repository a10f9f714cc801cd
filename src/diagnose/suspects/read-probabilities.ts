/** Suspects with their probabilities, from the table that `suspects` wrote. */

import { UserError } from "../../core/errors.js";
import { loadSource } from "../../dataset/load-source.js";

/**
 * Ids whose probability is at least `from`.
 *
 * @throws UserError where the table has no ids or probabilities, or an id is none of the run's
 */
export async function readProbabilities(
  path: string,
  ids: ReadonlySet<string>,
  from: number,
): Promise<Map<string, number>> {
  const { table } = await loadSource([path], {});
  const found = new Map<string, number>();
  try {
    for (const column of ["id", "probability"]) {
      if (table.columns.some(({ name }) => name === column)) continue;
      throw new UserError({
        subject: path,
        problem: `has no column ${column}`,
        remedy: "give the table that `alidade suspects -o` wrote",
      });
    }
    const rows = await table.database.rows(
      "SELECT id::VARCHAR AS id, TRY_CAST(probability AS DOUBLE) AS probability FROM source",
    );
    if (rows.every((row) => row["probability"] === null)) {
      throw new UserError({
        subject: path,
        problem: "its probabilities are empty: they stand only on a noise study",
        remedy: "find suspects with --calibrate studies/noise",
      });
    }
    for (const row of rows) {
      const id = String(row["id"]);
      if (!ids.has(id)) {
        throw new UserError({
          subject: path,
          problem: "an id that is none of the run's",
          value: id,
          remedy: "give the suspects of this run",
        });
      }
      if (Number(row["probability"]) >= from) found.set(id, Number(row["probability"]));
    }
  } finally {
    table.close();
  }
  return found;
}
