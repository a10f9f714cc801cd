import type { Coordinate } from "../coordinate.js";

export const margin: Coordinate = {
  name: "margin",
  type: "DOUBLE",
  meaning: "Mean of the gold logit less the largest other logit (AUM).",
  source: "Pleiss et al. 2020",
  needs: ["margin"],
  sql: (terms) => terms.mean("margin"),
};
