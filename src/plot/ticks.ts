/** Round numbers for axes. */

/** Multiples of 1, 2 or 5 times a power of ten within the extent, at most about `most` of them. */
export function linearTicks(from: number, to: number, most: number): number[] {
  const rough = (to - from) / Math.max(1, most);
  if (!(rough > 0)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * (1 - 1e-9))!;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

/** 1, 2 and 5 times powers of ten, thinned to powers of ten and then to every so many where there is no room. Both ends above 0. */
export function logTicks(from: number, to: number, most: number): number[] {
  const within = (values: readonly number[]): number[] =>
    values.filter((value) => value >= from * (1 - 1e-9) && value <= to * (1 + 1e-9));
  const powers: number[] = [];
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power++)
    powers.push(10 ** power);
  const sets = [[1, 2, 5], [1, 3], [1]].map((factors) =>
    within(powers.flatMap((power) => factors.map((factor) => factor * power))),
  );
  const fitting = sets.find((set) => set.length <= most && set.length > 0);
  if (fitting) return fitting;
  const tens = sets.at(-1) ?? [];
  const every = Math.ceil(tens.length / Math.max(1, most));
  return tens.length === 0 ? [from] : tens.filter((_, i) => i % every === 0);
}

/** An extent with room of a share of its length at both ends, and no shorter than a fiftieth of what it shows. */
export function padded(values: readonly number[], share: number): { from: number; to: number } {
  let [from, to] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < from) from = value;
    if (value > to) to = value;
  }
  if (from > to) return { from: 0, to: 1 };
  const least = 0.02 * Math.max(Math.abs(from), Math.abs(to)) || 1;
  const room = Math.max((to - from) * share, (least - (to - from)) / 2);
  return { from: from - room, to: to + room };
}
