import { byCoordinate } from "../by-coordinate.js";

export const highCorrectness = byCoordinate({
  name: "high-correctness",
  meaning: "what is right in the most epochs first",
  source: "Swayamdipta et al. 2020",
  coordinate: "correctness",
  first: "highest",
});
