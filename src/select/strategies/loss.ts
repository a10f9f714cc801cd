import { byCoordinate } from "../by-coordinate.js";

export const loss = byCoordinate({
  name: "loss",
  meaning: "the highest mean loss first",
  source: "Katharopoulos and Fleuret 2018",
  coordinate: "loss_mean",
  first: "highest",
});
