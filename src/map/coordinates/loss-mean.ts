import type { Coordinate } from "../coordinate.js";

export const lossMean: Coordinate = {
  name: "loss_mean",
  type: "DOUBLE",
  meaning: "Mean of -log p(e), in nats.",
  source: null,
  needs: ["loss"],
  sql: (terms) => terms.mean("loss"),
};
