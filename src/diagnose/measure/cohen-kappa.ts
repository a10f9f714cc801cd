/** Agreement of two who judged the same, beyond what chance gives. */

/**
 * Cohen's kappa (1960): 1 where they always agree, 0 where no more often than by chance.
 *
 * @param first whole numbers from 0, a category each; negative: not judged, which leaves the pair out
 * @param second as long as `first`
 * @returns null where nothing was judged by both, or both always said the same one thing
 */
export function cohenKappa(first: ArrayLike<number>, second: ArrayLike<number>): number | null {
  const [ofFirst, ofSecond]: [number[], number[]] = [[], []];
  let [size, same] = [0, 0];
  for (let i = 0; i < first.length; i++) {
    const [a, b] = [first[i]!, second[i]!];
    if (!(a >= 0 && b >= 0)) continue;
    ofFirst[a] = (ofFirst[a] ?? 0) + 1;
    ofSecond[b] = (ofSecond[b] ?? 0) + 1;
    size++;
    if (a === b) same++;
  }
  const chance = ofFirst.reduce(
    (sum, count, category) => sum + (count / size) * ((ofSecond[category] ?? 0) / size),
    0,
  );
  return size === 0 || chance === 1 ? null : (same / size - chance) / (1 - chance);
}
