/** Which coordinates follow the agreement of people: a rank correlation for each, with an interval over groups. */

import { coordinates } from "../../map/coordinates.js";
import { readCoordinate } from "../../map/read-map.js";
import { estimate, once, resampled, type Estimate } from "./group-bootstrap.js";
import { rankCorrelation } from "./rank-correlation.js";
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
  const found: { name: string; size: number; spearman: ReturnType<typeof rankCorrelation>["spearman"] }[] =
    [];
  for (const { name } of names) {
    const whole = await readCoordinate(folder, name);
    const own = Float64Array.from(examples.rows, (row) => whole[row]!);
    const { size, spearman } = rankCorrelation(own, examples.agreement);
    if (size > 0) found.push({ name, size, spearman });
  }
  const drawn = resampled(
    examples,
    found.map(({ spearman }) => spearman),
    options,
  );
  return found.map(({ name, size, spearman }, at) => ({
    name,
    size,
    spearman: estimate(spearman(once(examples.size)), drawn[at]!),
  }));
}
