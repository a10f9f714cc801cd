/** Why a run cannot serve a coordinate, and which option records it. */

import { UserError } from "../core/errors.js";
import type { Coordinate } from "../map/coordinate.js";
import { coordinates } from "../map/coordinates.js";
import type { MapDescription } from "../map/map-description.js";
import type { Run } from "../run/reader.js";

/** Coordinates that compare epochs: of one epoch they say nothing. */
const acrossEpochs = new Set([
  "variability",
  "loss_sd",
  "forgetting",
  "trend",
  "detrended_variability",
  "variability_interval",
]);

/** @throws UserError where the coordinate compares epochs and the map is of one */
export function checkEpochs(run: Run, map: MapDescription, name: string): void {
  if (map.epochs !== 1 || !acrossEpochs.has(name)) return;
  throw new UserError({
    subject: run.folder,
    problem: `its map is of one epoch, and ${name} compares epochs`,
    remedy:
      run.manifest.imported === null ? "train for more: --epochs 6" : "import the dynamics of several epochs",
  });
}

/** The error for a coordinate that is null for every example. */
export function missingCoordinate(run: Run, map: MapDescription, name: string): UserError {
  const coordinate = coordinates.find((one) => one.name === name);
  return new UserError({
    subject: run.folder,
    problem: `has no ${name} of any example`,
    remedy: remedy(run, map, coordinate),
  });
}

function remedy({ manifest, folder }: Run, map: MapDescription, coordinate: Coordinate | undefined): string {
  const needs = coordinate?.needs ?? [];
  if (needs.includes("el2n") && map.el2nEpoch === null && manifest.columns.includes("el2n")) {
    return `it is of epoch 2 unless told otherwise: alidade map --resume ${folder} --el2n-epoch 0`;
  }
  switch (manifest.imported?.format) {
    case "coordinates":
      return "it was imported from a coordinates file: import the dynamics (logits of each epoch), or train with alidade map";
    case "table":
      return "it was imported from a table of probabilities: import logits, a table with --predicted, or train with alidade map";
    case "aum":
      return "it was imported from AUM records: import logits, or train with alidade map";
    default:
      return "train with alidade map, --logits all";
  }
}
