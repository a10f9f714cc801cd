/** Which coordinates follow the agreement of people: a rank correlation for each, with an interval over groups. */

import { identifier } from "../../core/duckdb.js";
import { coordinates } from "../../map/coordinates.js";
import { withMap } from "../../map/read-map.js";
import { estimate, once, resampledWeights, type Estimate } from "./group-bootstrap.js";
import { rankCorrelations } from "./rank-correlation.js";
import type { VotedExamples } from "./voted-examples.js";

export interface CoordinateCorrelation {
  readonly name: string;
  /** Examples that have the coordinate. */
  readonly size: number;
  /** null where the coordinate or agreement is constant. */
  readonly spearman: Estimate | null;
}

/** All numeric coordinates that the map has; `correct_epochs` is left out, as correctness says it as a share. */
export async function coordinateCorrelations(
  folder: string,
  examples: VotedExamples,
  options: { readonly resamples: number; readonly seed: number },
): Promise<CoordinateCorrelation[]> {
  const names = coordinates
    .filter(({ type, name }) => type !== "VARCHAR" && name !== "correct_epochs")
    .map(({ name }) => name);
  const columns = (await readColumns(folder, names, examples.rows)).filter(
    ({ values }) => !values.every(Number.isNaN),
  );
  const { sizes, spearmans } = rankCorrelations(
    columns.map(({ values }) => values),
    examples.agreement,
  );
  const drawn = columns.map(() => new Float64Array(options.resamples));
  let b = 0;
  for (const weights of resampledWeights(examples, options)) {
    spearmans(weights).forEach((value, at) => (drawn[at]![b] = value));
    b++;
  }
  const values = spearmans(once(examples.size));
  return columns.map(({ name }, at) => ({
    name,
    size: sizes[at]!,
    spearman: estimate(values[at]!, drawn[at]!),
  }));
}

/** In one pass over the map, NaN where null. */
async function readColumns(
  folder: string,
  names: readonly string[],
  rows: Int32Array,
): Promise<{ readonly name: string; readonly values: Float64Array }[]> {
  return await withMap(folder, async (database, { size }) => {
    const whole = names.map(() => new Float64Array(size));
    let first = 0;
    const doubles = names.map((name) => `${identifier(name)}::DOUBLE`);
    for await (const chunk of database.chunks(`SELECT ${doubles.join(", ")} FROM map`)) {
      chunk.forEach((column, at) =>
        column.forEach((value, i) => (whole[at]![first + i] = value === null ? NaN : Number(value))),
      );
      first += chunk[0]?.length ?? 0;
    }
    return names.map((name, at) => ({ name, values: Float64Array.from(rows, (row) => whole[at]![row]!) }));
  });
}
