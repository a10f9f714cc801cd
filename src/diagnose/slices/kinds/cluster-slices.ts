/** Slices by cluster of the contents, each named by the words that set it apart from the others. */

import { findPhrases } from "../phrases.js";
import { rowsByKey, type Slice, type SliceSource } from "../slice.js";
import type { WordIndex } from "../word-index.js";

const wordsInName = 4;

/** @param clusterOf cluster of each row of the run. @param indexes words of each text */
export function clusterSlices(
  { rows, minSupport }: SliceSource,
  clusterOf: Int32Array,
  clusters: number,
  indexes: readonly WordIndex[],
): Slice[] {
  const parts = rowsByKey(rows, (row) => clusterOf[row]!, clusters);
  const names = distinctiveWords(rows, clusterOf, parts, indexes, minSupport);
  return parts.flatMap((own, cluster): Slice[] => {
    const words = names[cluster]!;
    // Without words, as of feature columns, a number tells clusters apart.
    const value = words.length === 0 ? `cluster ${cluster + 1}` : words.join(", ");
    return own.length < minSupport ? [] : [{ kind: "cluster", field: null, value, rows: own }];
  });
}

/** Of each cluster the words whose share is farthest above the others' (by the signed root of the likelihood ratio statistic, Dunning 1993). */
function distinctiveWords(
  rows: Int32Array,
  clusterOf: Int32Array,
  parts: readonly Int32Array[],
  indexes: readonly WordIndex[],
  least: number,
): string[][] {
  const best = parts.map(() => new Map<string, number>());
  const counts = new Float64Array(parts.length);
  for (const index of indexes) {
    for (const phrase of findPhrases(index, rows, { from: 1, to: 1, least })) {
      if (!/[\p{L}\p{N}]/u.test(phrase.text)) continue;
      counts.fill(0);
      for (const row of phrase.rows) counts[clusterOf[row]!]!++;
      counts.forEach((inside, cluster) => {
        const size = parts[cluster]!.length;
        const [outside, others] = [phrase.rows.length - inside, rows.length - size];
        if (inside * others <= outside * size) return;
        const own = best[cluster]!;
        const score = likelihoodRatio(inside, size, outside, others);
        if (score > (own.get(phrase.text) ?? 0)) own.set(phrase.text, score);
        if (own.size > 8 * wordsInName) keepBest(own);
      });
    }
  }
  return best.map((own) => keepBest(own));
}

function keepBest(scores: Map<string, number>): string[] {
  const sorted = [...scores].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  for (const [word] of sorted.slice(wordsInName)) scores.delete(word);
  return sorted.slice(0, wordsInName).map(([word]) => word);
}

/** G of two shares: twice the log likelihood of each its own less that of one for both. */
function likelihoodRatio(a: number, n: number, c: number, m: number): number {
  const share = (a + c) / (n + m);
  const term = (seen: number, expected: number): number =>
    seen === 0 ? 0 : seen * Math.log(seen / expected);
  return (
    2 *
    (term(a, n * share) + term(n - a, n * (1 - share)) + term(c, m * share) + term(m - c, m * (1 - share)))
  );
}
