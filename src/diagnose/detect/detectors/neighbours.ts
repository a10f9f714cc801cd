import { z } from "zod";
import { cohenKappa } from "../../measure/cohen-kappa.js";
import type { Detector } from "../detector.js";
import { nearestTexts } from "../nearest-texts.js";

const options = z.strictObject({
  k: z.int().min(1).max(100).default(20).describe("how many neighbours vote"),
});

/** What the vote of nobody weighs: with few or distant neighbours the score stays near 0. */
const prior = 0.3;

export const neighbours: Detector<z.infer<typeof options>> = {
  name: "neighbours",
  meaning: "the examples whose n-grams are most alike have another label",
  source: "Cover and Hart 1967 on tf-idf of n-grams; votes weighed by similarity",
  version: 1,
  needs: ["texts"],
  options,
  async detect({ evidence, options: { k } }) {
    const { gold, labelNames, size } = evidence;
    const near = await nearestTexts(await evidence.dataset(), k);
    const scores = new Float64Array(size);
    const suggested = new Int32Array(size).fill(-1);
    const shares = new Float64Array(size);
    const most = new Int32Array(size).fill(-1);
    const votes = new Float64Array(labelNames.length);
    for (let row = 0; row < size; row++) {
      votes.fill(0);
      let sum = 0;
      for (let i = row * k; i < (row + 1) * k && near.rows[i]! >= 0; i++) {
        votes[gold[near.rows[i]!]!]! += near.similarity[i]!;
        sum += near.similarity[i]!;
      }
      let best = -1;
      votes.forEach((weight, label) => {
        if (label !== gold[row] && weight > (best < 0 ? 0 : votes[best]!)) best = label;
      });
      const other = best < 0 ? 0 : votes[best]!;
      scores[row] = (other - votes[gold[row]!]!) / (sum + prior);
      shares[row] = sum > 0 ? votes[gold[row]!]! / sum : NaN;
      if (other > votes[gold[row]!]!) suggested[row] = best;
      if (sum > 0) most[row] = suggested[row]! >= 0 ? best : gold[row]!;
    }
    return {
      scores,
      suggested,
      flagged: null,
      kappa: cohenKappa(most, gold) ?? 0,
      why: (row) =>
        Number.isNaN(shares[row])
          ? "no neighbours"
          : `${Math.round(100 * shares[row]!)} % of its neighbours have the label`,
    };
  },
};
