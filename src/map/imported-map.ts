/** The map of a run that is nothing but a coordinates file: what it says is passed on, the rest is null. */

import { fileLiteral, identifier, withDatabase } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import { layout } from "../run/layout.js";
import type { Run } from "../run/reader.js";
import type { MapSlice } from "./map-plan.js";
import { coordinates } from "./coordinates.js";
import type { EpochChoice } from "./epoch-range.js";

/** Such a map is one slice: it, and the number of epochs that its counts are of. */
export async function importedSlice(
  run: Run,
  { epochs, burnOut }: EpochChoice,
): Promise<{ slice: MapSlice; epochs: number }> {
  if (epochs ?? burnOut) {
    throw new UserError({
      subject: run.folder,
      problem: "imported from a coordinates file, which has no epochs to choose from",
      remedy: "leave out --epochs and --burn-out",
    });
  }
  const table = `read_parquet(${fileLiteral(layout.coordinates(run.folder))}, file_row_number = true)`;
  return await withDatabase({ threads: 1 }, async (database) => {
    const described = await database.rows(`DESCRIBE SELECT * FROM ${table}`);
    const columns = new Set(described.map((column) => String(column["column_name"])));
    const counted = columns.has("correct_epochs")
      ? Number(await database.value(`SELECT max(correct_epochs) FROM ${table}`))
      : 0;
    const total = run.manifest.epochs.planned || counted;
    const column = (name: string, type: string): string => {
      if (columns.has(name)) return `${identifier(name)}::${type}`;
      if (name === "correctness" && columns.has("correct_epochs") && total > 0) {
        return `correct_epochs::DOUBLE / ${total}`;
      }
      if (name === "threshold_closeness" && columns.has("confidence")) return "confidence * (1 - confidence)";
      return `NULL::${type}`;
    };
    const selected = [
      `file_row_number::INTEGER AS "row"`,
      "id::VARCHAR AS id",
      `${column("label", "VARCHAR")} AS label`,
      ...coordinates.map(({ name, type }) => `${column(name, type)} AS ${name}`),
    ];
    const slice = { rows: run.size, sql: `SELECT ${selected.join(", ")} FROM ${table}` };
    return { slice, epochs: total };
  });
}
