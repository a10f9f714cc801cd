/**
 * Outcomes of all cells on one test set, summed by cluster: all that a bootstrap needs. Clusters with equal sums are alike, so they
 * are kept once, with the number of them: where models agree, most examples fall together.
 */

import { InternalError } from "../../core/errors.js";

export interface OutcomeSums {
  readonly cells: number;
  /** Clusters of the test set. */
  readonly clusters: number;
  /** Of each cluster, which kind it is. */
  readonly kind: Int32Array;
  /** kinds x cells: right answers of a cluster of that kind. */
  readonly right: Float64Array;
  /** Examples in a cluster of that kind. */
  readonly size: Float64Array;
}

/**
 * @param outcomes of each cell, 1 where right, all of the same test set in the same order
 * @param cluster of each example, 0-based and dense; null: every example stands alone
 */
export function outcomeSums(outcomes: readonly Uint8Array[], cluster: Int32Array | null): OutcomeSums {
  const cells = outcomes.length;
  const examples = outcomes[0]?.length ?? 0;
  for (const { length } of [...outcomes, ...(cluster === null ? [] : [cluster])]) {
    if (length !== examples)
      throw new InternalError(`outcomes of ${length} and of ${examples} examples of one test set`);
  }
  const clusters = cluster === null ? examples : cluster.reduce((most, c) => Math.max(most, c + 1), 0);
  const sums = new Float64Array(clusters * (cells + 1));
  for (let i = 0; i < examples; i++) {
    const at = (cluster === null ? i : cluster[i]!) * (cells + 1);
    for (let k = 0; k < cells; k++) sums[at + k]! += outcomes[k]![i]!;
    sums[at + cells]!++;
  }
  return { cells, clusters, ...alike(sums, clusters, cells) };
}

function alike(
  sums: Float64Array,
  clusters: number,
  cells: number,
): Pick<OutcomeSums, "kind" | "right" | "size"> {
  const kinds = new Map<string, number>();
  const kind = new Int32Array(clusters);
  const first: number[] = [];
  for (let c = 0; c < clusters; c++) {
    const key = sums.subarray(c * (cells + 1), (c + 1) * (cells + 1)).join();
    let found = kinds.get(key);
    if (found === undefined) {
      found = kinds.size;
      kinds.set(key, found);
      first.push(c);
    }
    kind[c] = found;
  }
  const right = new Float64Array(first.length * cells);
  const size = new Float64Array(first.length);
  first.forEach((c, at) => {
    right.set(sums.subarray(c * (cells + 1), c * (cells + 1) + cells), at * cells);
    size[at] = sums[c * (cells + 1) + cells]!;
  });
  return { kind, right, size };
}
