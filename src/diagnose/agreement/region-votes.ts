/** Agreement by region of the map, and the differences that the paper's claims are about. */

import { regionNames, type Region } from "../../map/map.js";
import type { AgreementContrast } from "../../study/claims/agreement-facts.js";
import { bootstrapP } from "../../study/statistics/bootstrap.js";
import { estimate, once, resampled, type Estimate, type Statistic } from "./group-bootstrap.js";
import type { VotedExamples } from "./voted-examples.js";

export interface RegionVotes {
  readonly region: Region;
  readonly size: number;
  /** Mean agreement; null where the region is empty. */
  readonly agreement: Estimate | null;
  /** Share of its examples whose votes are all for one label. */
  readonly unanimous: Estimate | null;
}

const meanings: Readonly<Record<AgreementContrast, string>> = {
  "easy-less-others": "mean agreement, easy-to-learn less all other examples",
  "hard-less-easy": "mean agreement, hard-to-learn less easy-to-learn examples",
  "hard-less-others": "mean agreement, hard-to-learn less all other examples",
  "most-hard-below-easy":
    "share of hard-to-learn examples that agree less than easy-to-learn ones do on average, less 1/2",
};

export interface RegionContrast {
  readonly name: AgreementContrast;
  readonly meaning: string;
  /** Examples on the one side and on the other. */
  readonly sizes: readonly [number, number];
  /** null where a side is empty. */
  readonly difference: Estimate | null;
  /** Two-sided, of the bootstrap. */
  readonly p: number | null;
}

/** @param regions index into `regionNames` of each example, NaN where it has none */
export function regionVotes(
  examples: VotedExamples,
  regions: Float64Array,
  options: { readonly resamples: number; readonly seed: number },
): { readonly regions: readonly RegionVotes[]; readonly contrasts: readonly RegionContrast[] } {
  const { size, agreement, counts, labels, votes } = examples;
  const [easy, , hard] = regionNames.map(
    (_, at) =>
      (i: number): boolean =>
        regions[i] === at,
  );
  const any = (i: number): boolean => !Number.isNaN(regions[i]);
  const unanimous = Float64Array.from(votes, (n, i) =>
    counts.subarray(i * labels, (i + 1) * labels).includes(n) ? 1 : 0,
  );
  const mean = (values: ArrayLike<number>, has: (i: number) => boolean): Statistic => {
    const at = Int32Array.from(agreement.keys()).filter((i) => has(i) && !Number.isNaN(values[i]!));
    return (weights) => {
      let [sum, all] = [0, 0];
      for (const i of at) {
        sum += weights[i]! * values[i]!;
        all += weights[i]!;
      }
      return all === 0 ? NaN : sum / all;
    };
  };
  const less =
    (a: Statistic, b: Statistic): Statistic =>
    (weights) =>
      a(weights) - b(weights);
  const ofEasy = mean(agreement, easy!);
  const mostBelow: Statistic = (weights) => {
    const level = ofEasy(weights);
    let [below, all] = [0, 0];
    for (let i = 0; i < size; i++) {
      if (!hard!(i) || Number.isNaN(agreement[i])) continue;
      all += weights[i]!;
      if (agreement[i]! < level) below += weights[i]!;
    }
    return all === 0 || Number.isNaN(level) ? NaN : below / all - 0.5;
  };
  const not = (has: (i: number) => boolean) => (i: number) => any(i) && !has(i);
  const sides: Record<AgreementContrast, [Statistic, (i: number) => boolean, (i: number) => boolean]> = {
    "easy-less-others": [less(ofEasy, mean(agreement, not(easy!))), easy!, not(easy!)],
    "hard-less-easy": [less(mean(agreement, hard!), ofEasy), hard!, easy!],
    "hard-less-others": [less(mean(agreement, hard!), mean(agreement, not(hard!))), hard!, not(hard!)],
    "most-hard-below-easy": [mostBelow, hard!, easy!],
  };
  const names = Object.keys(sides) as AgreementContrast[];
  const places = regionNames.flatMap((_, at) => {
    const own = (i: number): boolean => regions[i] === at;
    return [mean(agreement, own), mean(unanimous, own)];
  });
  const statistics = [...places, ...names.map((name) => sides[name][0])];
  const drawn = resampled(examples, statistics, options);
  const found = statistics.map((statistic, at) => estimate(statistic(once(size)), drawn[at]!));
  const count = (has: (i: number) => boolean): number =>
    agreement.reduce((n, _, i) => n + (has(i) ? 1 : 0), 0);
  return {
    regions: regionNames.map((region, at) => ({
      region,
      size: count((i) => regions[i] === at),
      agreement: found[2 * at]!,
      unanimous: found[2 * at + 1]!,
    })),
    contrasts: names.map((name, at) => {
      const [, one, other] = sides[name];
      const difference = found[places.length + at]!;
      const p = difference?.interval
        ? bootstrapP(drawn[places.length + at]!.filter((x) => !Number.isNaN(x)))
        : null;
      return { name, meaning: meanings[name], sizes: [count(one), count(other)], difference, p };
    }),
  };
}
