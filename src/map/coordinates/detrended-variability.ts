import type { Coordinate } from "../coordinate.js";
import { notBelowZero } from "../terms.js";

export const detrendedVariability: Coordinate = {
  name: "detrended_variability",
  type: "DOUBLE",
  meaning: "Population standard deviation of what the least-squares line leaves of p(e).",
  source: null,
  needs: ["gold_probability"],
  sql: (terms) => {
    const explained = `${terms.slope} * ${terms.slope} * ${terms.epochVariance}::DOUBLE`;
    return `sqrt(${notBelowZero(`(${terms.variance("gold_probability")} - ${explained})`)})`;
  },
};
