import type { Coordinate } from "../coordinate.js";

export const variability: Coordinate = {
  name: "variability",
  type: "DOUBLE",
  meaning: "Population standard deviation of p(e) (divided by the number of epochs).",
  source: "Swayamdipta et al. 2020",
  needs: ["gold_probability"],
  sql: (terms) => `sqrt(${terms.variance("gold_probability")})`,
};
