/** What a run is, in the words of a figure's title and of the summary's first lines. */

import type { MapDescription } from "../map/map-description.js";
import type { Manifest } from "../run/manifest.js";
import { counted } from "./format.js";

export function describeRun(manifest: Manifest, map: MapDescription): { title: string; subtitle: string } {
  const { dataset, trainer, imported, protocol } = manifest;
  const range = map.range;
  const epochs =
    range === null
      ? counted(map.epochs, "epochs")
      : `${counted(map.epochs, "epochs")} (${range.from}..${range.to})`;
  const by = trainer
    ? `${trainer.name} trainer, seed ${trainer.seed}${trainer.folds === null ? "" : `, ${trainer.folds} folds`}`
    : imported?.format === "coordinates"
      ? "imported coordinates"
      : "imported dynamics";
  const subtitle = [
    counted(dataset.size, "examples"),
    by,
    epochs,
    ...(protocol === "unknown" ? [] : [protocol]),
  ].join(" · ");
  return { title: dataset.name, subtitle };
}
