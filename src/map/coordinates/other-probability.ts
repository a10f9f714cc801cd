import type { Coordinate } from "../coordinate.js";

export const otherProbability: Coordinate = {
  name: "other_probability",
  type: "DOUBLE",
  meaning: "Mean probability of other_label.",
  source: null,
  needs: ["classes"],
  sql: (terms) => terms.other.probability,
};
