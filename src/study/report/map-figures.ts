/** The maps that selected: of each trainer's map, the first replicate's. */

import { access } from "node:fs/promises";
import { join } from "node:path";
import { readMap } from "../../map/read-map.js";
import { plotMap } from "../../plot/map-figure.js";
import { studyLayout } from "../folder/layout.js";
import type { StoredStudy } from "../folder/read-study.js";
import type { ReportFigure } from "./report.js";

/** More are drawn as a density: the page holds each figure twice, light and dark. */
const mostPoints = 4000;

/** @returns one figure a kind of map; none where no arm looks at one */
export async function mapFigures({
  folder,
  manifest,
}: Pick<StoredStudy, "folder" | "manifest">): Promise<ReportFigure[]> {
  const first = new Map<string, { key: string; replicate: number }>();
  for (const { map: key, mapName, replicate } of manifest.lines) {
    const name = mapName ?? "map";
    if (key !== null && !first.has(name) && (await stands(studyLayout.map(folder, key))))
      first.set(name, { key, replicate });
  }
  const figures: ReportFigure[] = [];
  for (const [name, { key, replicate }] of first) {
    const map = await readMap(studyLayout.map(folder, key));
    const title = first.size === 1 ? "The map" : `The map of ${name}`;
    const caption = `${map.size.toLocaleString("en-US")} training examples, replicate ${replicate + 1}; the other replicates' maps lie beside it.`;
    figures.push({
      name: figures.length === 0 ? "map" : `map-${figures.length + 1}`,
      title,
      caption,
      draw: (theme, width) => plotMap(map, { theme, width, title, subtitle: caption, mostPoints }),
    });
  }
  return figures;
}

async function stands(run: string): Promise<boolean> {
  return access(join(run, "map.parquet")).then(
    () => true,
    () => false,
  );
}
