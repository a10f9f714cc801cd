import { byCoordinate } from "../by-coordinate.js";

export const easy = byCoordinate({
  name: "easy",
  meaning: "the highest confidence first: what the model learns at once",
  source: "Swayamdipta et al. 2020",
  coordinate: "confidence",
  first: "highest",
});
