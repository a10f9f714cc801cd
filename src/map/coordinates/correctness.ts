import type { Coordinate } from "../coordinate.js";

export const correctness: Coordinate = {
  name: "correctness",
  type: "DOUBLE",
  meaning: "Share of the epochs whose prediction is right; a tie with another label is not right.",
  source: "Swayamdipta et al. 2020",
  needs: ["correct"],
  sql: (terms) => `${terms.correctEpochs} / ${terms.epochs.length}`,
};
