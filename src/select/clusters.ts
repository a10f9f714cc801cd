/** Clusters of all examples by their vectors: what `--diverse` spreads a ranking over. */

import { hashedOrder } from "./hashed-order.js";
import { kMeans } from "./k-means.js";
import type { SelectionSource, Vectors } from "./source.js";

/**
 * A cluster of each example, 0-based, by k-means on the vectors. Does not depend on the order of the rows.
 *
 * @param clusters how many, at least 1
 */
export async function clusterExamples(
  source: Pick<SelectionSource, "ids" | "vectors">,
  clusters: number,
  seed: number,
  signal?: AbortSignal,
): Promise<Int32Array> {
  const { assigned, rows } = await clusterAll(await source.vectors(), source.ids, { clusters, seed, signal });
  const byRow = new Int32Array(rows.length);
  rows.forEach((row, at) => (byRow[row] = assigned[at]!));
  return byRow;
}

/** k-means of all rows, in an order of their own: that of their hashed ids. */
export async function clusterAll(
  vectors: Vectors,
  ids: readonly string[],
  request: { readonly clusters: number; readonly seed: number; readonly signal?: AbortSignal | undefined },
): Promise<Awaited<ReturnType<typeof kMeans>> & { readonly rows: Int32Array }> {
  const rows = hashedOrder(ids);
  return { ...(await kMeans({ vectors, rows, ...request })), rows };
}
