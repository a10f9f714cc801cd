/** p values of many comparisons, adjusted: an adjusted p below alpha is a rejection at alpha. null (no p) stays null and counts as 1. */

type P = number | null;

/** Holm 1979: the chance of one false rejection in the family stays below alpha. */
export function holm(ps: readonly P[]): P[] {
  const order = ranked(ps);
  const adjusted = new Array<number>(ps.length);
  let most = 0;
  order.forEach((index, rank) => {
    most = Math.max(most, Math.min(1, (ps.length - rank) * (ps[index] ?? 1)));
    adjusted[index] = most;
  });
  return ps.map((p, i) => (p === null ? null : adjusted[i]!));
}

/** Benjamini and Hochberg 1995: the expected share of false rejections among all stays below alpha. */
export function benjaminiHochberg(ps: readonly P[]): P[] {
  const order = ranked(ps);
  const adjusted = new Array<number>(ps.length);
  let least = 1;
  for (let rank = order.length - 1; rank >= 0; rank--) {
    const index = order[rank]!;
    least = Math.min(least, (ps.length / (rank + 1)) * (ps[index] ?? 1));
    adjusted[index] = least;
  }
  return ps.map((p, i) => (p === null ? null : adjusted[i]!));
}

/** Indices by p, smallest first. */
function ranked(ps: readonly P[]): number[] {
  return ps.map((_, i) => i).sort((a, b) => (ps[a] ?? 1) - (ps[b] ?? 1));
}
