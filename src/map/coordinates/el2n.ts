import type { Coordinate } from "../coordinate.js";

export const el2n: Coordinate = {
  name: "el2n",
  type: "DOUBLE",
  meaning:
    "Euclidean norm of (probabilities - one-hot gold) in one early epoch, averaged over runs where several are given.",
  source: "Paul et al. 2021",
  needs: ["el2n"],
  sql: (terms) => terms.el2n,
};
