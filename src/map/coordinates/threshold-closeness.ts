import type { Coordinate } from "../coordinate.js";

export const thresholdCloseness: Coordinate = {
  name: "threshold_closeness",
  type: "DOUBLE",
  meaning: "confidence x (1 - confidence).",
  source: "Chang et al. 2017",
  needs: ["gold_probability"],
  sql: (terms) => `${terms.mean("gold_probability")} * (1 - ${terms.mean("gold_probability")})`,
};
