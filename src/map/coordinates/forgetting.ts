import type { Coordinate } from "../coordinate.js";
import { total } from "../terms.js";

export const forgetting: Coordinate = {
  name: "forgetting",
  type: "INTEGER",
  meaning: "Number of epochs whose prediction is wrong after a right one; null where it is never right.",
  source: "Toneva et al. 2019",
  needs: ["correct"],
  sql: (terms) => {
    const steps = terms.epochs.slice(1).map((epoch, i) => {
      const before = terms.correct(terms.epochs[i] ?? epoch);
      return `${before} * (1 - ${terms.correct(epoch)})`;
    });
    const count = steps.length > 0 ? total(steps) : "0";
    return `CASE WHEN ${terms.correctEpochs} > 0 THEN (${count})::INTEGER END`;
  },
};
