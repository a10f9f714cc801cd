import type { Coordinate } from "../coordinate.js";

export const entropy: Coordinate = {
  name: "entropy",
  type: "DOUBLE",
  meaning: "Mean entropy of the probabilities, in nats.",
  source: null,
  needs: ["entropy"],
  sql: (terms) => terms.mean("entropy"),
};
