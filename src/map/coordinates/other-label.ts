import type { Coordinate } from "../coordinate.js";

export const otherLabel: Coordinate = {
  name: "other_label",
  type: "VARCHAR",
  meaning: "The label other than the gold one with the highest mean probability.",
  source: null,
  needs: ["classes"],
  sql: (terms) => terms.other.label,
};
