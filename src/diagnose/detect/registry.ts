/** Detectors by name. */

import { nearest, UserError } from "../../core/errors.js";
import type { Detector } from "./detector.js";
import * as detectors from "./detectors.js";

const all = Object.values(detectors) as unknown as readonly Detector[];

/** Names in the order in which they are listed: the default first. */
const order = [
  "ensemble",
  "confident-learning",
  "low-confidence",
  "low-margin",
  "threshold-margin",
  "loss-mixture",
  "neighbours",
  "conflicting-duplicates",
  "run-disagreement",
  "cartography",
];

/** The built-in detectors by name, the default first. */
export const builtInDetectors: Readonly<Record<string, Detector>> = Object.fromEntries(
  [...all]
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
    .map((detector) => [detector.name, detector]),
);

/** What ranks the suspects where nothing else is asked for. docs/label-errors.md says why. */
export const defaultDetector = "ensemble";

/** @throws UserError naming the nearest where there is none */
export function findDetector(name: string, option = "--by"): Detector {
  const found = Object.hasOwn(builtInDetectors, name) ? builtInDetectors[name] : undefined;
  if (found !== undefined) return found;
  const names = Object.keys(builtInDetectors);
  const near = nearest(name, names);
  throw new UserError({
    subject: option,
    problem: "no such detector",
    value: name,
    remedy: `${near === null ? "" : `did you mean ${near}? `}there are ${names.join(", ")}`,
  });
}
