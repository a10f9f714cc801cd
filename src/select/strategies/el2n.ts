import { byCoordinate } from "../by-coordinate.js";

export const el2n = byCoordinate({
  name: "el2n",
  meaning: "the largest error vector in one early epoch first",
  source: "Paul et al. 2021",
  coordinate: "el2n",
  first: "highest",
});
