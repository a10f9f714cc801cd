/** Which examples may be taken at all. */

import { nearest, UserError } from "../core/errors.js";
import { regionNames, type Region } from "../map/map.js";
import type { SelectionSource } from "./source.js";

export interface Candidates {
  /** Ascending. */
  readonly rows: Int32Array;
  /** How many examples the exclusion took out, and how many of its ids are none of the run's. */
  readonly excluded: number;
  readonly unknownIds: number;
  /** How many lie outside the regions asked for. */
  readonly outside: number;
}

/**
 * All examples that are not excluded, lie in one of the regions and are not suspects.
 *
 * @param suspects rows that are left out
 * @throws UserError where none is left
 */
export async function findCandidates(
  source: SelectionSource,
  within: readonly Region[] | undefined,
  exclude: readonly string[] | undefined,
  suspects: ReadonlySet<number> = new Set(),
): Promise<Candidates> {
  const wanted = within === undefined ? null : new Set(within.map(regionIndex));
  const regions = wanted === null ? null : await source.regions();
  const gone = new Set(exclude ?? []);
  const rows = new Int32Array(source.size);
  let kept = 0;
  let excluded = 0;
  for (let row = 0; row < source.size; row++) {
    if (gone.has(source.ids[row] as string)) excluded++;
    else if (suspects.has(row)) continue;
    else if (wanted === null || wanted.has(regions?.[row] ?? 255)) rows[kept++] = row;
  }
  if (gone.size > 0 && excluded === 0) {
    throw new UserError({
      subject: "--exclude",
      problem: `none of its ${gone.size} ids is of an example of ${source.name}`,
      value: [...gone][0],
      remedy: "give ids as `alidade show` prints them",
    });
  }
  if (kept === 0) {
    throw new UserError({
      subject: within === undefined ? "--exclude" : "--within",
      problem: "leaves no example to take",
      value: within?.join(", "),
      remedy: "exclude less, or widen the regions",
    });
  }
  return {
    rows: rows.subarray(0, kept),
    excluded,
    unknownIds: gone.size - excluded,
    outside: source.size - kept - excluded - suspects.size,
  };
}

function regionIndex(region: string): number {
  const index = (regionNames as readonly string[]).indexOf(region);
  if (index >= 0) return index;
  const near = nearest(region, regionNames);
  throw new UserError({
    subject: "--within",
    problem: "no such region",
    value: region,
    remedy: `${near === null ? "" : `did you mean ${near}? `}there are ${regionNames.join(", ")}`,
  });
}
