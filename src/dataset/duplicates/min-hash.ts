/**
 * MinHash with banding (Broder 1997; Leskovec, Rajaraman and Ullman, 3.3 and 3.4): the smallest value of a random hash function over a set is that of
 * another set with a probability that is their Jaccard index. Signatures of such minima are cut into bands; two texts are compared where all minima
 * of some band are equal.
 */

import { mix32 } from "../../core/random.js";
import type { Breather } from "../../core/stop.js";
import type { Contents } from "./contents.js";
import type { Shingler } from "./shingles.js";

/** Two texts of exactly the asked similarity are compared with this probability; more similar ones with a larger. */
const recall = 0.9995;
/** The Jaccard index of texts that have nothing to do with one another is below this, and the share of them that is compared below that. */
const unrelated = 0.1;
const needless = 1 / 2000;
const mostHashes = 512;

export interface BandPlan {
  readonly bands: number;
  /** Minima in a band. */
  readonly rows: number;
}

/** The shortest bands that keep needless comparisons rare, and as many as it takes to find what is as similar as asked. */
export function planBands(similarity: number): BandPlan {
  let plan: BandPlan | null = null;
  for (let rows = 1; ; rows++) {
    const missed = 1 - Math.min(similarity, 1 - 1e-9) ** rows;
    const bands = Math.max(1, Math.ceil(Math.log(1 - recall) / Math.log(missed)));
    if (plan !== null && bands * rows > mostHashes) return plan;
    plan = { bands, rows };
    if (bands * unrelated ** rows <= needless) return plan;
  }
}

/** For each band one number a content: equal where all minima of the band are. 0: it has no shingles. */
export async function bandKeys(
  { sides, count }: Pick<Contents, "sides" | "count">,
  shingles: Shingler,
  { bands, rows }: BandPlan,
  breather: Breather,
): Promise<Uint32Array[]> {
  const keys = Array.from({ length: bands }, () => new Uint32Array(count));
  const salts = Int32Array.from({ length: bands * rows }, (_, i) => mix32(2 * i + 1));
  const factors = Int32Array.from({ length: bands * rows }, (_, i) => mix32(2 * i + 2) | 1);
  for (let content = 0; content < count; content++) {
    const own = shingles.all(sides[content]!);
    if ((content & 1023) === 0) await breather.turn();
    if (own.length === 0) continue;
    for (let band = 0; band < bands; band++) {
      let key = band;
      for (let i = band * rows; i < (band + 1) * rows; i++) {
        const [salt, factor] = [salts[i]!, factors[i]!];
        let least = 0x7fffffff;
        for (let k = 0; k < own.length; k++) {
          const value = Math.imul(own[k]! ^ salt, factor);
          if (value < least) least = value;
        }
        key = mix32(key ^ least);
      }
      keys[band]![content] = key === 0 ? 1 : key;
    }
  }
  return keys;
}
