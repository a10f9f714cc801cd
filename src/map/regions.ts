/**
 * Regions part the map by absolute thresholds, so that maps of different datasets can be compared: hard-to-learn first,
 * then ambiguous, and the rest is easy-to-learn. A rule by share finds its variability threshold by rank instead.
 */

import { UserError } from "../core/errors.js";
import { hashId } from "../core/random.js";
import { defaultRegionRule, regionNames } from "./map.js";
import type { Region, RegionRule } from "./map.js";

/** Seed of the hash that orders examples of equal variability where a share cuts through them. */
const tieSeed = 0;

/** A region's index in `regionNames`. */
export const regionIndex: Record<Region, number> = {
  "easy-to-learn": regionNames.indexOf("easy-to-learn"),
  ambiguous: regionNames.indexOf("ambiguous"),
  "hard-to-learn": regionNames.indexOf("hard-to-learn"),
};

/** Where there is no region: a coordinate is missing. */
export const noRegion = 255;

/**
 * A whole rule from what a user gave.
 *
 * @param rule parts of a rule, the rest being `defaultRegionRule`; or a number, the share that is ambiguous by rank
 * @throws UserError where a threshold or the share is out of its range
 */
export function regionRule(rule: Partial<RegionRule> | number = {}): RegionRule {
  const given = typeof rule === "number" ? { variability: { share: rule } } : rule;
  const whole = { ...defaultRegionRule, ...given };
  check("confidence", whole.confidence, 1);
  check("correctness", whole.correctness, 1);
  if (typeof whole.variability === "number") check("variability", whole.variability, 0.5);
  else check("share", whole.variability.share, 1);
  return whole;
}

function check(name: string, value: number, largest: number): void {
  if (typeof value === "number" && value >= 0 && value <= largest) return;
  throw new UserError({
    subject: `regions, ${name}`,
    problem: `not a number from 0 to ${largest}`,
    value,
    remedy:
      name === "share"
        ? "give share=1/3, say"
        : `the default is ${defaultRegionRule.confidence === 0.5 ? "confidence=0.5,correctness=0.5,variability=0.2" : ""}`,
  });
}

/** A rule in words, for summaries and figures. */
export function describeRule({ confidence, correctness, variability }: RegionRule): string {
  const hard = `hard-to-learn: confidence < ${confidence} and at most ${percent(correctness)} of the epochs correct`;
  const rest =
    typeof variability === "number"
      ? `ambiguous: of the rest, variability >= ${variability}`
      : `ambiguous: of the rest, the highest variability, ${percent(variability.share)} of all examples`;
  return `${hard}; ${rest}; else easy-to-learn`;
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}

/** Examples with at least this variability are ambiguous; of those with exactly it, those whose tie rank is at most `tie`. */
export interface VariabilityCut {
  readonly variability: number;
  readonly tie: number;
}

/**
 * The region as SQL over the columns confidence, variability and correctness; null where one of them is.
 *
 * @param cut where the rule's share cuts; it needs the function `tie_rank(id)`
 */
export function regionSql(rule: RegionRule, cut: VariabilityCut | null = null): string {
  const ambiguous =
    cut === null
      ? `variability >= ${typeof rule.variability === "number" ? rule.variability : 2}::DOUBLE`
      : `(variability > ${cut.variability}::DOUBLE OR ` +
        `(variability = ${cut.variability}::DOUBLE AND tie_rank(id) <= ${cut.tie}::DOUBLE))`;
  return (
    `CASE WHEN confidence IS NULL OR variability IS NULL OR correctness IS NULL THEN NULL ` +
    `WHEN ${hardSql(rule)} THEN 'hard-to-learn' WHEN ${ambiguous} THEN 'ambiguous' ELSE 'easy-to-learn' END`
  );
}

/** Whether an example is hard-to-learn, as SQL. */
export function hardSql({ confidence, correctness }: RegionRule): string {
  return `(confidence < ${confidence}::DOUBLE AND correctness <= ${correctness}::DOUBLE)`;
}

/** Rank of an id among examples of equal variability. */
export function tieRank(id: string): number {
  return hashId(id, tieSeed);
}

/** How many examples a share of them is. */
export function shareCount(share: number, size: number): number {
  return Math.floor(share * size + 1e-9);
}

/** The columns that a rule reads, one entry an example; NaN where null. */
export interface RegionColumns {
  readonly confidence: Float64Array;
  readonly variability: Float64Array;
  readonly correctness: Float64Array;
  /** Needed where a share cuts through examples of equal variability. */
  readonly ids: readonly string[];
}

/** Regions of a map in memory, for thresholds that move: indices into `regionNames`, 255 where a coordinate is missing. */
export function assignRegions(map: RegionColumns, rule: RegionRule): Uint8Array {
  const { confidence, variability, correctness } = map;
  const size = confidence.length;
  const regions = new Uint8Array(size);
  const threshold = typeof rule.variability === "number" ? rule.variability : Infinity;
  for (let row = 0; row < size; row++) {
    const [p, v, c] = [confidence[row] as number, variability[row] as number, correctness[row] as number];
    if (Number.isNaN(p + v + c)) regions[row] = noRegion;
    else if (p < rule.confidence && c <= rule.correctness) regions[row] = regionIndex["hard-to-learn"];
    else regions[row] = v >= threshold ? regionIndex.ambiguous : regionIndex["easy-to-learn"];
  }
  if (typeof rule.variability === "number") return regions;

  const rest: number[] = [];
  regions.forEach((region, row) => {
    if (region === regionIndex["easy-to-learn"]) rest.push(row);
  });
  const ranks = new Map<number, number>();
  const rank = (row: number): number => {
    const known = ranks.get(row) ?? tieRank(map.ids[row] ?? "");
    ranks.set(row, known);
    return known;
  };
  rest.sort((a, b) => (variability[b] as number) - (variability[a] as number) || rank(a) - rank(b));
  for (const row of rest.slice(0, shareCount(rule.variability.share, size))) {
    regions[row] = regionIndex.ambiguous;
  }
  return regions;
}
