import { byCoordinate } from "../by-coordinate.js";

export const ambiguous = byCoordinate({
  name: "ambiguous",
  meaning: "the highest variability first: what the model changes its mind about",
  source: "Swayamdipta et al. 2020",
  coordinate: "variability",
  first: "highest",
});
