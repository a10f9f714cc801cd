import { byCoordinate } from "../by-coordinate.js";

export const lowCorrectness = byCoordinate({
  name: "low-correctness",
  meaning: "what is right in the fewest epochs first",
  source: "Swayamdipta et al. 2020",
  coordinate: "correctness",
  first: "lowest",
});
