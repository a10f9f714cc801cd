/** The options that say which epochs and which thresholds a map is computed with. */

import { UserError } from "../core/errors.js";
import type { MapOptions } from "../map/build-map.js";
import { parseEpochRange } from "../map/epoch-range.js";
import { defaultRegionRule, type RegionRule } from "../map/map.js";
import { parsed, wholeNumber, type Values } from "./flags.js";

const group = { group: "Map" };

export const mapFlags = {
  mapEpochs: parsed(
    "<a..b>",
    "compute the map from these epochs, 0-based and inclusive: 1..5 drops epoch 0 (default: all)",
    parseEpochRange,
    group,
  ),
  burnOut: wholeNumber(
    "<k>",
    "compute it from epochs 0 .. k-1 only (the reference's option)",
    { min: 1 },
    group,
  ),
  el2nEpoch: wholeNumber("<e>", "the epoch that el2n is taken from (default: 2)", { min: 0 }, group),
  regions: parsed(
    "<rule>",
    "region thresholds: confidence=0.5,correctness=0.5,variability=0.2 (the defaults), or share=1/3 for the ambiguous share by rank",
    parseRegions,
    group,
  ),
};

/** The map's options from the command line's. */
export function mapOptions(values: Values<typeof mapFlags>): MapOptions {
  const { mapEpochs, ...others } = values;
  return { epochs: mapEpochs, ...others };
}

/** `confidence=0.5,variability=0.25` or `share=1/3`; what is not named keeps its default. */
export function parseRegions(given: string, name: string): RegionRule {
  const rule: { -readonly [K in keyof RegionRule]: RegionRule[K] } = { ...defaultRegionRule };
  for (const part of given.split(",")) {
    const [key = "", value = "", ...rest] = part.split("=").map((word) => word.trim());
    const number = fraction(value);
    if (rest.length > 0 || number === null || number < 0 || number > 1) {
      throw new UserError({
        subject: name,
        problem: "not a threshold from 0 to 1",
        value: part,
        remedy: "write confidence=0.5",
      });
    }
    if (key === "share") rule.variability = { share: number };
    else if (key === "confidence" || key === "correctness" || key === "variability") rule[key] = number;
    else {
      throw new UserError({
        subject: name,
        problem: "unknown threshold",
        value: key,
        remedy: "it takes confidence, correctness, variability or share",
      });
    }
  }
  return rule;
}

function fraction(text: string): number | null {
  const [above = "", below = "1", ...rest] = text.split("/");
  const value = Number(above) / Number(below);
  return above.trim() === "" || rest.length > 0 || !Number.isFinite(value) ? null : value;
}
