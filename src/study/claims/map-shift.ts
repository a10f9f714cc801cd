/**
 * Whether a stronger model's map has more (or fewer) examples in a region. Which model is the stronger is decided first, by accuracy on
 * test sets that no map has seen; then one difference a replicate, a t test over them.
 */

import { pairedT, equivalence } from "../statistics/paired-t.js";
import type { ComparisonRow } from "../results/comparison-row.js";
import type { MapFacts, ModelMaps } from "./model-maps.js";
import type { Evidence } from "./verdict.js";

/** Two models in the order in which a study has them. */
export type TwoModels = readonly [ModelMaps, ModelMaps];

/** The two models; a sentence where there are not two. */
export function twoModels(models: readonly ModelMaps[]): TwoModels | string {
  const mapped = models.filter(({ maps }) => maps.size > 0);
  const [first, second] = mapped;
  if (first === undefined || second === undefined || mapped.length > 2)
    return `the study has maps of ${mapped.length} ${mapped.length === 1 ? "model" : "models"}, not of two`;
  return [first, second];
}

/**
 * The stronger model first; a sentence where none is surely the stronger.
 *
 * @param rows the first model on the whole set less the second, on each in-distribution test set
 */
export function strongerFirst(
  models: TwoModels,
  rows: readonly Pick<ComparisonRow, "test" | "difference" | "p">[],
  alpha: number,
): TwoModels | string {
  if (rows.length === 0)
    return "the study has no in-distribution test set to tell which model is the stronger";
  const [first, second] = models;
  const unsure = rows.find(({ p }) => p === null || p >= alpha);
  if (unsure !== undefined)
    return `neither ${first.model} nor ${second.model} is surely the stronger on ${unsure.test}`;
  if (rows.every(({ difference }) => difference > 0)) return models;
  if (rows.every(({ difference }) => difference < 0)) return [second, first];
  return `the test sets disagree on which of ${first.model} and ${second.model} is the stronger`;
}

/** Evidence of the region's share, its p not yet adjusted, and of mean confidence beside it. */
export function mapShiftEvidence(
  dataset: string,
  [stronger, other]: TwoModels,
  { region, expect }: { readonly region: string; readonly expect: "more" | "fewer" },
  margin: number,
): Evidence[] | string {
  const replicates = [...stronger.maps.keys()].filter((replicate) => other.maps.has(replicate));
  if (replicates.length === 0) return "the two models have no replicate in common";
  const gaps = (of: (facts: MapFacts) => number): number[] =>
    replicates.map((replicate) => of(stronger.maps.get(replicate)!) - of(other.maps.get(replicate)!));
  const shares = gaps(({ share }) => share);
  const t = pairedT(shares);
  const same = equivalence(shares, margin);
  const confidence = pairedT(gaps((facts) => facts.confidence));
  const base = { dataset, test: "map", unit: "points", n: replicates.length, adjusted: null } as const;
  const less = `${stronger.model} less ${other.model}`;
  return [
    {
      ...base,
      what: `${region}, ${less}`,
      value: t.mean,
      interval: t.interval,
      p: t.p,
      speaks: t.n < 2 ? "neither" : t.mean > 0 === (expect === "more") ? "for" : "against",
      because: null,
      equivalent: same !== null && same < 0.05,
    },
    {
      ...base,
      what: `mean confidence, ${less}`,
      value: confidence.mean,
      interval: confidence.interval,
      p: null,
      speaks: "beside",
      because: null,
    },
  ];
}
