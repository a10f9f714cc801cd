import { byCoordinate } from "../by-coordinate.js";

export const lowVariability = byCoordinate({
  name: "low-variability",
  meaning: "the lowest variability first",
  source: "Swayamdipta et al. 2020",
  coordinate: "variability",
  first: "lowest",
});
