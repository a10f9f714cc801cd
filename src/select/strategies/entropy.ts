import { byCoordinate } from "../by-coordinate.js";

export const entropy = byCoordinate({
  name: "entropy",
  meaning: "the highest mean entropy of the predictions first, whatever the gold label",
  source: "Settles 2009",
  coordinate: "entropy",
  first: "highest",
});
