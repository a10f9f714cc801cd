import { byCoordinate } from "../by-coordinate.js";

export const thresholdCloseness = byCoordinate({
  name: "threshold-closeness",
  meaning: "the highest confidence x (1 - confidence) first: mean probability nearest to one half",
  source: "Chang et al. 2017",
  coordinate: "threshold_closeness",
  first: "highest",
});
