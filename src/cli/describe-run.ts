/** What a run is, in the words of a figure's title and of the summary's first lines. */

import type { MapDescription } from "../map/map-description.js";
import type { Manifest } from "../run/manifest.js";
import { count } from "./format.js";

export function describeRun(manifest: Manifest, map: MapDescription): { title: string; subtitle: string } {
  const { dataset, trainer, imported, protocol } = manifest;
  const range = map.range;
  const epochs =
    range === null
      ? `${map.epochs} epochs`
      : `${map.epochs} ${map.epochs === 1 ? "epoch" : "epochs"} (${range.from}..${range.to})`;
  const by = trainer
    ? `${trainer.name} trainer, seed ${trainer.seed}${trainer.folds === null ? "" : `, ${trainer.folds} folds`}`
    : imported?.format === "coordinates"
      ? "imported coordinates"
      : "imported dynamics";
  const subtitle = [
    `${count(dataset.size)} examples`,
    by,
    epochs,
    ...(protocol === "unknown" ? [] : [protocol]),
  ].join(" · ");
  return { title: dataset.name, subtitle };
}
