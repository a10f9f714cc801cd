import type { Coordinate } from "../coordinate.js";

export const variabilityInterval: Coordinate = {
  name: "variability_interval",
  type: "DOUBLE",
  meaning: "sqrt(v + v^2 / (E - 1)), v the variance of p(e) over E epochs; null for one epoch.",
  source: "Chang et al. 2017",
  needs: ["gold_probability"],
  epochs: 2,
  sql: (terms) => {
    const variance = terms.variance("gold_probability");
    return `sqrt(${variance} + ${variance} * ${variance} / ${terms.epochs.length - 1})`;
  },
};
