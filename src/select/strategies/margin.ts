import { byCoordinate } from "../by-coordinate.js";

export const margin = byCoordinate({
  name: "margin",
  meaning: "the lowest mean margin (AUM) first: the likeliest label errors; --reverse begins with the surest",
  source: "Pleiss et al. 2020",
  coordinate: "margin",
  first: "lowest",
});
