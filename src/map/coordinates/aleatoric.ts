import type { Coordinate } from "../coordinate.js";
import { notBelowZero } from "../terms.js";

export const aleatoric: Coordinate = {
  name: "aleatoric",
  type: "DOUBLE",
  meaning: "Mean of p(e) (1 - p(e)).",
  source: "Seedat et al. 2022 (Data-IQ)",
  needs: ["gold_probability"],
  // By the identity threshold_closeness = aleatoric + variance, exact to the last bit of p (1 - p) <= 1/4.
  sql: (terms) => {
    const mean = terms.mean("gold_probability");
    return notBelowZero(`(${mean} * (1 - ${mean}) - ${terms.variance("gold_probability")})`);
  },
};
