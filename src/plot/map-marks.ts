/** What is drawn of the examples: each as a marker where they are few, else the density of cells coloured by mean correctness. */

import type { DataMap } from "../map/map.js";
import { mapDensity, type Extent } from "./density.js";
import { markerPath } from "./markers.js";
import { round } from "./panel.js";
import { correctnessColour, type Theme } from "./theme.js";

/** A place on the page. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface MarkOptions {
  readonly theme: Theme;
  readonly area: Area;
  readonly across: Extent;
  readonly up: Extent;
  /** Up to so many are drawn one by one. */
  readonly mostPoints: number;
}

const cellPixels = 4;
/** Steps of opacity by log count, of colour by mean correctness. */
const opacities = [0.5, 0.6, 0.7, 0.8, 0.9, 1];
const colourSteps = 12;

/** SVG of the examples with finite coordinates, and how many they are. */
export function mapMarks(
  map: DataMap,
  options: MarkOptions,
): { svg: string; drawn: number; points: boolean } {
  const finite = countFinite(map);
  const points = finite <= options.mostPoints;
  return {
    svg: points ? pointMarks(map, options, finite) : densityMarks(map, options),
    drawn: finite,
    points,
  };
}

function countFinite({ confidence, variability }: DataMap): number {
  let n = 0;
  for (let i = 0; i < confidence.length; i++) if (confidence[i]! >= 0 && variability[i]! >= 0) n++;
  return n;
}

function pointMarks(map: DataMap, { theme, area, across, up }: MarkOptions, n: number): string {
  const radius = Math.max(1.5, Math.min(4, 4.6 - 0.78 * Math.log10(Math.max(10, n))));
  const opacity = Math.max(0.35, Math.min(0.85, 1.15 - 0.2 * Math.log10(Math.max(10, n))));
  const x = (value: number): number =>
    area.left + ((value - across.from) / (across.to - across.from)) * area.width;
  const y = (value: number): number => area.top + (1 - (value - up.from) / (up.to - up.from)) * area.height;
  const marks: string[] = [];
  for (let i = 0; i < map.size; i++) {
    const confidence = map.confidence[i]!;
    const variability = map.variability[i]!;
    if (!(confidence >= 0 && variability >= 0)) continue;
    const share = map.correctness[i]!;
    const known = share >= 0;
    const path = markerPath(known ? share : 1, x(variability), y(confidence), radius);
    marks.push(`<path d="${path}" fill="${known ? correctnessColour(theme, share) : theme.bar}"/>`);
  }
  return `<g fill-opacity="${round(opacity)}">${marks.join("")}</g>`;
}

function densityMarks(map: DataMap, { theme, area, across, up }: MarkOptions): string {
  const columns = Math.floor(area.width / cellPixels);
  const rows = Math.floor(area.height / cellPixels);
  const { counts, correctness, most } = mapDensity(map, across, up, columns, rows);
  const width = round(area.width / columns);
  const height = round(area.height / rows);
  const known = map.correctness.some((share) => share >= 0);
  // Cells of one colour and opacity are one path.
  const paths = new Map<string, string[]>();
  for (let cell = 0; cell < counts.length; cell++) {
    const n = counts[cell]!;
    if (n === 0) continue;
    const mean = Math.round((correctness[cell]! / n) * colourSteps) / colourSteps;
    const strength = most === 1 ? 1 : Math.log(n) / Math.log(most);
    const opacity = opacities[Math.min(opacities.length - 1, Math.floor(strength * opacities.length))] ?? 1;
    const key = `fill="${known ? mixedColour(theme, mean) : theme.bar}" fill-opacity="${opacity}"`;
    const left = round(area.left + ((cell % columns) * area.width) / columns);
    const top = round(area.top + area.height - ((Math.floor(cell / columns) + 1) * area.height) / rows);
    const held = paths.get(key) ?? [];
    paths.set(key, held);
    held.push(`M${left},${top}h${width}v${height}h-${width}Z`);
  }
  const keys = [...paths.keys()].sort();
  return `<g>${keys.map((key) => `<path ${key} d="${(paths.get(key) ?? []).join("")}"/>`).join("")}</g>`;
}

/** Between two colours of the scale. */
function mixedColour(theme: Theme, share: number): string {
  const scale = theme.correctness;
  const at = share * (scale.length - 1);
  const low = Math.min(scale.length - 2, Math.floor(at));
  const channels = (colour: string): number[] =>
    [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
  const [from, to] = [channels(scale[low] ?? "#000000"), channels(scale[low + 1] ?? "#000000")];
  const mixed = from.map((channel, i) => Math.round(channel + (at - low) * ((to[i] ?? 0) - channel)));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}
