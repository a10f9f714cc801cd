import type { Coordinate } from "../coordinate.js";

export const firstLearned: Coordinate = {
  name: "first_learned",
  type: "INTEGER",
  meaning: "Number of the first epoch whose prediction is right; null where there is none.",
  source: null,
  needs: ["correct"],
  sql: (terms) => {
    const cases = terms.epochs.map((epoch) => `WHEN ${terms.correct(epoch)} > 0 THEN ${epoch}`);
    return `CASE ${cases.join(" ")} END`;
  },
};
