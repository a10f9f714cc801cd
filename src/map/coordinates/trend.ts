import type { Coordinate } from "../coordinate.js";

export const trend: Coordinate = {
  name: "trend",
  type: "DOUBLE",
  meaning: "Slope of the least-squares line through p(e) over the epochs' numbers.",
  source: null,
  needs: ["gold_probability"],
  sql: (terms) => terms.slope,
};
