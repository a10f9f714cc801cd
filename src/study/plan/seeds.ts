/** The seeds of a replicate: one of a map, one of selections, one of trainings, the same for all arms, so that arms are paired. */

import { deriveSeed } from "../../core/random.js";
import type { StudySpec } from "../spec/spec.js";

export interface ReplicateSeeds {
  readonly map: number;
  readonly selection: number;
  readonly training: number;
}

/** @param replicate 0-based; beyond an explicit list, seeds are derived from the study's */
export function replicateSeeds(
  { seed, seeds }: Pick<StudySpec, "seed" | "seeds">,
  replicate: number,
): ReplicateSeeds {
  const own =
    (typeof seeds === "number" ? undefined : seeds[replicate]) ?? deriveSeed(seed, `replicate ${replicate}`);
  const derive = (part: string): number => deriveSeed(own, part) >>> 0;
  return { map: derive("map"), selection: derive("selection"), training: derive("training") };
}
