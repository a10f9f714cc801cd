/**
 * The paper's detector (Swayamdipta et al. 2020, section 5): labels of some examples are flipped, the map is drawn again, and a logistic regression on
 * confidence and variability learns to tell the flipped from as many unflipped ones. Fitted on the noisy maps, it is asked about the run itself.
 */

import { z } from "zod";
import { deriveSeed } from "../../../core/random.js";
import { hashOrder } from "../../../select/ties.js";
import type { Detector } from "../detector.js";
import type { InjectedMap } from "../evidence.js";
import { fitLogistic, type LogisticModel } from "../logistic.js";

export const cartography: Detector<Record<string, never>> = {
  name: "cartography",
  meaning: "its confidence and variability are those of examples whose label was flipped on purpose",
  source: "Swayamdipta et al. 2020, section 5",
  version: 1,
  needs: ["injected-noise", "probabilities", "variability"],
  options: z.strictObject({}),
  async detect({ evidence, seed }) {
    const model = fitOnFlips(await evidence.injected(), seed);
    const [{ confidence, other, otherProbability }, variability] = await Promise.all([
      evidence.opinion(),
      evidence.coordinate("variability"),
    ]);
    const logits = confidence.map((p, row) => model.logit([p, variability[row]!]));
    return {
      scores: logits,
      suggested: other.map((label, row) => (otherProbability[row]! > confidence[row]! ? label : -1)),
      flagged: Uint8Array.from(logits, (logit) => (logit > 0 ? 1 : 0)),
      why: (row) =>
        `confidence ${confidence[row]!.toFixed(3)} and variability ${variability[row]!.toFixed(3)} as of flipped labels`,
    };
  },
};

/** The paper's model on balanced data: all flipped examples of the maps and as many that were not, drawn from the same maps. */
export function fitOnFlips(
  maps: readonly InjectedMap[],
  seed: number,
  features: readonly ("confidence" | "variability")[] = ["confidence", "variability"],
): LogisticModel {
  const points: number[][] = [];
  const flipped: number[] = [];
  for (const map of maps) {
    for (const row of balancedRows(map, null, deriveSeed(seed, `balance ${map.seed}`))) {
      points.push(features.map((name) => map[name][row]!));
      flipped.push(map.flipped[row]!);
    }
  }
  return fitLogistic(points, flipped);
}

/** Rows of all flipped examples and of as many others, drawn from `pool`; null: from all others. Ids and seed say which. */
export function balancedRows(
  { ids, flipped }: Pick<InjectedMap, "ids" | "flipped">,
  pool: Uint8Array | null,
  seed: number,
): Int32Array {
  const order = hashOrder(ids, Int32Array.from(ids.keys()), seed);
  const positive = order.filter((row) => flipped[row] === 1);
  const others = order.filter((row) => flipped[row] === 0 && (pool === null || pool[row] === 1));
  return Int32Array.from([...positive, ...others.subarray(0, positive.length)]);
}
