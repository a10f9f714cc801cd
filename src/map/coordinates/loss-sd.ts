import type { Coordinate } from "../coordinate.js";

export const lossSd: Coordinate = {
  name: "loss_sd",
  type: "DOUBLE",
  meaning: "Population standard deviation of -log p(e), in nats.",
  source: null,
  needs: ["loss"],
  sql: (terms) => `sqrt(${terms.variance("loss")})`,
};
