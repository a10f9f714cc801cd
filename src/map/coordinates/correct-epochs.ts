import type { Coordinate } from "../coordinate.js";

export const correctEpochs: Coordinate = {
  name: "correct_epochs",
  type: "INTEGER",
  meaning: "Number of epochs whose prediction is right.",
  source: "Swayamdipta et al. 2020",
  needs: ["correct"],
  sql: (terms) => `${terms.correctEpochs}::INTEGER`,
};
