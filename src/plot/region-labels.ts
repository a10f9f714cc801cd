/**
 * Where a map's regions are named: each in its own region, on few marks, near its examples. Places are tried on a grid; nothing depends on
 * anything but the map.
 */

import type { DataMap, Region } from "../map/map.js";
import { placeAcross, placeUp, type Area, type MapArea } from "./area.js";
import { cheapest, crowding, overlap } from "./label-place.js";
import { regionMembers, type Members } from "./region-members.js";
import { round } from "./round.js";
import { escapeXml } from "./svg-text.js";
import type { Theme } from "./theme.js";
import { textWidth } from "./typeface.js";

export interface Thresholds {
  readonly confidence: number;
  /** null where the ambiguous are a share of all: the least variability among them stands for it. */
  readonly variability: number | null;
}

/** SVG of the three names, with how many examples bear each; "" where the map has no regions. */
export function regionLabels(
  theme: Theme,
  map: DataMap,
  area: MapArea,
  thresholds: Thresholds,
  counts: boolean,
): string {
  const members = regionMembers(map);
  if (members.total === 0) return "";
  const size = area.width < 330 ? 11 : 13;
  const crowded = crowding(map, area);
  const variability = thresholds.variability ?? members.leastAmbiguous;
  const taken: Area[] = [];
  const drawn: string[] = [];
  // The region with the least room first.
  for (const name of ["hard-to-learn", "ambiguous", "easy-to-learn"] as const) {
    // A threshold beyond the axis leaves the ambiguous no place on it, and there are none.
    if (name === "ambiguous" && variability >= area.across.to) continue;
    const own = members[name];
    const note = counts ? shareOf(own.count, members.total) : "";
    const width = Math.max(textWidth(name, size), textWidth(note, size - 3)) + 12;
    const height = note === "" ? size + 7 : size * 2 + 5;
    const home = homeOf(name, own, area, thresholds.confidence, variability);
    const place = cheapest(area, width, height, (box) => {
      if (taken.some((other) => overlap(box, other))) return Infinity;
      const out = outside(name, box, area, thresholds.confidence, variability);
      const marks = crowded(box);
      const away = Math.hypot(
        (box.left + box.width / 2 - placeAcross(area, home.variability)) / area.width,
        (box.top + box.height / 2 - placeUp(area, home.confidence)) / area.height,
      );
      return out * 6 + (marks > 0 ? 0.12 + marks * 3 : 0) + away;
    });
    if (place === null) continue;
    taken.push(place);
    drawn.push(nameOn(theme, place, name, note, size));
  }
  return drawn.join("\n");
}

/** Near a region's examples, and to the side where the region is itself: the ambiguous right, the hard low. */
function homeOf(
  name: Region,
  { count, confidence: meanUp, variability: meanAcross }: Members,
  { across }: MapArea,
  confidence: number,
  variability: number,
): Pick<Members, "variability" | "confidence"> {
  if (count > 0) {
    if (name === "ambiguous")
      return { variability: (meanAcross + across.to) / 2, confidence: (meanUp + 0.5) / 2 };
    return { variability: meanAcross, confidence: name === "hard-to-learn" ? meanUp / 2 : meanUp };
  }
  const cut = Math.min(variability, across.to);
  if (name === "ambiguous") return { variability: (cut + across.to) / 2, confidence: 0.5 };
  return {
    variability: cut / 2,
    confidence: name === "easy-to-learn" ? (1 + confidence) / 2 : confidence / 2,
  };
}

/** The share of a box's width and height that lies beyond its region's thresholds. */
function outside(name: Region, box: Area, area: MapArea, confidence: number, variability: number): number {
  const cut = Math.min(area.left + area.width, Math.max(area.left, placeAcross(area, variability)));
  const level = placeUp(area, confidence);
  const right = Math.max(0, Math.min(1, (box.left + box.width - cut) / box.width));
  if (name === "ambiguous") return 1 - right;
  const below = Math.max(0, Math.min(1, (box.top + box.height - level) / box.height));
  return right + (name === "easy-to-learn" ? below : 1 - below);
}

function nameOn(theme: Theme, box: Area, name: string, note: string, size: number): string {
  const middle = round(box.left + box.width / 2);
  const word = (text: string, y: number, fontSize: number, colour: string): string =>
    `<text x="${middle}" y="${round(y)}" font-size="${fontSize}" text-anchor="middle" fill="${colour}">${escapeXml(text)}</text>`;
  return (
    `<rect x="${round(box.left)}" y="${round(box.top)}" width="${round(box.width)}" height="${round(box.height)}" rx="3" ` +
    `fill="${theme.background}" fill-opacity="0.85" stroke="${theme.rule}" stroke-width="0.75"/>` +
    word(name, box.top + size + 1, size, theme.ink) +
    (note === "" ? "" : word(note, box.top + 2 * size, size - 3, theme.faint))
  );
}

/** "1,234 · 12 %" */
function shareOf(count: number, total: number): string {
  const percent = (100 * count) / total;
  const shown =
    percent > 0 && percent < 1 ? "<1" : percent > 99 && percent < 100 ? ">99" : percent.toFixed(0);
  return `${count.toLocaleString("en-US")} · ${shown} %`;
}
