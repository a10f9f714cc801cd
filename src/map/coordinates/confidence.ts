import type { Coordinate } from "../coordinate.js";

export const confidence: Coordinate = {
  name: "confidence",
  type: "DOUBLE",
  meaning: "Mean of p(e).",
  source: "Swayamdipta et al. 2020",
  needs: ["gold_probability"],
  sql: (terms) => terms.mean("gold_probability"),
};
