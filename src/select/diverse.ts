/**
 * A ranking spread over clusters: first the best of every cluster, then the second best of every one, each round in the
 * order of the ranking. A cluster that is exhausted drops out. Any beginning of it is as even over the clusters as can be.
 */

/**
 * @param ordered rows in the order of a ranking
 * @param clusters of every row, 0-based
 */
export function spreadOverClusters(ordered: Int32Array, clusters: Int32Array): Int32Array {
  const seen = new Map<number, number>();
  const rounds: number[][] = [];
  for (const row of ordered) {
    const cluster = clusters[row] as number;
    const round = seen.get(cluster) ?? 0;
    seen.set(cluster, round + 1);
    const members = (rounds[round] ??= []);
    members.push(row);
  }
  return Int32Array.from(rounds.flat());
}
