/** The definitions of a comparison, written as plainly as they are said: what the engine is held to. */

/** The mean place of a value among all, from 0. */
export function naiveRanks(values: readonly number[]): number[] {
  return values.map(
    (value) =>
      values.filter((other) => other < value).length +
      (values.filter((other) => other === value).length - 1) / 2,
  );
}

export function naivePearson(a: readonly number[], b: readonly number[]): number | null {
  const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const sum = (f: (i: number) => number): number => a.reduce((all, _, i) => all + f(i), 0);
  if (new Set(a).size < 2 || new Set(b).size < 2) return null;
  return (
    sum((i) => (a[i]! - ma) * (b[i]! - mb)) /
    Math.sqrt(sum((i) => (a[i]! - ma) ** 2) * sum((i) => (b[i]! - mb) ** 2))
  );
}

export function naiveSpearman(a: readonly number[], b: readonly number[]): number | null {
  return naivePearson(naiveRanks(a), naiveRanks(b));
}

export function naiveKappa(a: readonly string[], b: readonly string[]): number | null {
  const names = [...new Set([...a, ...b])];
  const share = (of: readonly string[], name: string): number =>
    of.filter((one) => one === name).length / of.length;
  const observed = a.filter((one, i) => one === b[i]).length / a.length;
  const chance = names.reduce((sum, name) => sum + share(a, name) * share(b, name), 0);
  return chance === 1 ? null : (observed - chance) / (1 - chance);
}

export function jaccard<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): number | null {
  const both = [...a].filter((one) => b.has(one)).length;
  const either = a.size + b.size - both;
  return either === 0 ? null : both / either;
}
