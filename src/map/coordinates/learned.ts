import type { Coordinate } from "../coordinate.js";

export const learned: Coordinate = {
  name: "learned",
  type: "BOOLEAN",
  meaning: "Whether any epoch's prediction is right.",
  source: "Toneva et al. 2019",
  needs: ["correct"],
  sql: (terms) => `${terms.correctEpochs} > 0`,
};
