import { z } from "zod";
import type { Detector } from "../detector.js";
import { nearestTexts } from "../nearest-texts.js";

const options = z.strictObject({
  similarity: z
    .number()
    .gt(0)
    .max(1)
    .default(0.8)
    .describe("cosine of n-grams from which on two are duplicates"),
});

const most = 20;

export const conflictingDuplicates: Detector<z.infer<typeof options>> = {
  name: "conflicting-duplicates",
  meaning: "an example with nearly the same words has another label",
  source: null,
  version: 1,
  needs: ["texts"],
  options,
  async detect({ evidence, options: { similarity: bar } }) {
    const { gold, labelNames, size } = evidence;
    const near = await nearestTexts(await evidence.dataset(), most);
    const scores = new Float64Array(size).fill(NaN);
    const suggested = new Int32Array(size).fill(-1);
    const flagged = new Uint8Array(size);
    const twins = new Int32Array(size);
    const others = new Int32Array(size);
    const votes = new Int32Array(labelNames.length);
    for (let row = 0; row < size; row++) {
      votes.fill(0);
      for (let i = row * most; i < (row + 1) * most && near.rows[i]! >= 0; i++) {
        if (near.similarity[i]! < bar) break;
        votes[gold[near.rows[i]!]!]!++;
        twins[row]!++;
      }
      if (twins[row] === 0) continue;
      others[row] = twins[row]! - votes[gold[row]!]!;
      // One twin that agrees speaks less for the label than three do.
      scores[row] = (others[row]! - votes[gold[row]!]!) / (twins[row]! + 1);
      const best = votes.reduce(
        (a, n, label) => (label !== gold[row] && n > (a < 0 ? 0 : votes[a]!) ? label : a),
        -1,
      );
      if (best >= 0 && votes[best]! > votes[gold[row]!]!) suggested[row] = best;
      if (others[row]! > 0) flagged[row] = 1;
    }
    return {
      scores,
      suggested,
      flagged,
      why: (row) =>
        twins[row] === 0
          ? "no near duplicate"
          : `${others[row]} of ${twins[row]} near duplicates have another label`,
    };
  },
};
