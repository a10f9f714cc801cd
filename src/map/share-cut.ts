/** Where the share of a region rule cuts through a map whose examples lie in files. */

import { DOUBLE, DuckDBScalarFunction, VARCHAR } from "@duckdb/node-api";
import { fileLiteral, withDatabase } from "../core/duckdb.js";
import type { Database, DatabaseOptions } from "../core/duckdb.js";
import type { MapDescription } from "./map-description.js";
import { hardSql, shareCount, tieRank } from "./regions.js";
import type { VariabilityCut } from "./regions.js";

/** A cut that no variability reaches: they go to 1/2. */
const nothing: VariabilityCut = { variability: 1, tie: 0 };

/** Where a rule's share cuts: of what is not hard-to-learn, so many examples have the highest variability. */
export async function shareCut(
  files: readonly string[],
  { regions, size }: MapDescription,
  options: DatabaseOptions,
): Promise<VariabilityCut> {
  const share = typeof regions.variability === "number" ? 1 : regions.variability.share;
  const n = shareCount(share, size);
  if (n === 0) return nothing;
  return await withDatabase(options, async (database) => {
    registerTieRank(database);
    const rest =
      `(SELECT id, variability FROM read_parquet([${files.map(fileLiteral).join(", ")}]) ` +
      `WHERE NOT ${hardSql(regions)})`;
    const cut = await database.value(
      `SELECT min(variability) FROM (SELECT variability FROM ${rest} ORDER BY variability DESC LIMIT ${n})`,
    );
    if (typeof cut !== "number") return nothing;
    const above = Number(
      await database.value(`SELECT count(*) FROM ${rest} WHERE variability > '${cut}'::DOUBLE`),
    );
    const tie = await database.value(
      `SELECT max(rank) FROM (SELECT tie_rank(id) AS rank FROM ${rest} WHERE variability = '${cut}'::DOUBLE ` +
        `ORDER BY rank LIMIT ${n - above})`,
    );
    return { variability: cut, tie: typeof tie === "number" ? tie : 0 };
  });
}

/** The function `tie_rank(id)`. */
export function registerTieRank({ connection }: Database): void {
  connection.registerScalarFunction(
    DuckDBScalarFunction.create({
      name: "tie_rank",
      parameterTypes: [VARCHAR],
      returnType: DOUBLE,
      mainFunction: (_info, chunk, output) => {
        chunk.getColumnValues(0).forEach((id, row) => {
          output.setItem(row, tieRank(String(id)));
        });
        output.flush();
      },
    }),
  );
}
