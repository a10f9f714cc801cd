/** Examples one by one: a marker each, its colour and shape by correctness. */

import { hasPlace, placeAcross, placeUp, type MapArea } from "./area.js";
import { correctnessLevels } from "./correctness-levels.js";
import type { Coordinates } from "./density.js";
import { markerOf } from "./markers.js";
import { round } from "./round.js";
import { correctnessColour, type Theme } from "./theme.js";

/**
 * SVG of one marker an example. The commonest correctness lies at the bottom, so that the rare are seen; within it the order is that of the
 * dataset.
 *
 * @param epochs that correctness is a share of
 * @param crowd for how many marks in all of such an area size and opacity are chosen
 */
export function pointMarks(
  { confidence, variability, correctness }: Coordinates,
  { theme, area, epochs, crowd }: { theme: Theme; area: MapArea; epochs: number; crowd: number },
): string {
  const levels = correctnessLevels(epochs);
  const { radius, opacity } = pointStyle(crowd, area.width * area.height);
  const markers = Array.from({ length: levels.steps + 1 }, (_, level) =>
    markerOf(level / levels.steps, radius),
  );
  const circle = markerOf(1, radius);
  const groups = new Map<number | null, string[]>();
  for (let i = 0; i < confidence.length; i++) {
    const c = confidence[i]!;
    const v = variability[i]!;
    if (!hasPlace(c, v)) continue;
    const share = correctness[i]!;
    const level = share >= 0 ? levels.level(share) : null;
    const group = groups.get(level) ?? [];
    groups.set(level, group);
    const marker = level === null ? circle : (markers[level] ?? circle);
    group.push(marker(placeAcross(area, v), placeUp(area, c)));
  }
  const commonestFirst = [...groups].sort(
    ([a, marks], [b, others]) => others.length - marks.length || (a ?? -1) - (b ?? -1),
  );
  return commonestFirst
    .map(([level, marks]) => {
      const colour = level === null ? theme.bar : correctnessColour(theme, level / levels.steps);
      return `<g fill="${colour}" fill-opacity="${opacity}">${marks.join("")}</g>`;
    })
    .join("\n");
}

/** Smaller and fainter as they crowd: by the share of the area that each mark has for itself. */
export function pointStyle(crowd: number, pixels: number): { radius: number; opacity: number } {
  const room = Math.sqrt(pixels / Math.max(1, crowd));
  const radius = Math.max(1.6, Math.min(4, 1.1 + room * 0.1));
  const opacity = Math.max(0.5, Math.min(0.85, 0.42 + room * 0.012));
  return { radius: round(radius), opacity: round(opacity) };
}
