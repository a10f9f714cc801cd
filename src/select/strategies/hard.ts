import { byCoordinate } from "../by-coordinate.js";

export const hard = byCoordinate({
  name: "hard",
  meaning: "the lowest confidence first: what the model does not learn, mislabelled examples among it",
  source: "Swayamdipta et al. 2020",
  coordinate: "confidence",
  first: "lowest",
});
