/** Which coordinates follow the agreement of people: a rank correlation for each, with an interval over groups. */

import { coordinates } from "../../map/coordinates.js";
import { readCoordinate } from "../../map/read-map.js";
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
  const names = coordinates.filter(({ type, name }) => type !== "VARCHAR" && name !== "correct_epochs");
  const columns: { readonly name: string; readonly values: Float64Array }[] = [];
  for (const { name } of names) {
    const whole = await readCoordinate(folder, name);
    const values = Float64Array.from(examples.rows, (row) => whole[row]!);
    if (!values.every(Number.isNaN)) columns.push({ name, values });
  }
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
