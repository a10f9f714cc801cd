import type { Coordinate } from "../coordinate.js";
import { total } from "../terms.js";

export const forgetting: Coordinate = {
  name: "forgetting",
  type: "INTEGER",
  meaning: "Number of epochs whose prediction is wrong after a right one; null where it is never right.",
  source: "Toneva et al. 2019",
  needs: ["correct"],
  // Right epochs but the last one, less those that another right one follows.
  sql: (terms) => {
    const stays = terms.epochs
      .slice(1)
      .map((epoch, i) => `${terms.correct(terms.epochs[i] ?? epoch)} * ${terms.correct(epoch)}`);
    const last = terms.correct(terms.epochs.at(-1) ?? 0);
    const count = `${terms.correctEpochs} - ${last} - ${stays.length > 0 ? total(stays) : "0"}`;
    return `CASE WHEN ${terms.correctEpochs} > 0 THEN (${count})::INTEGER END`;
  },
};
