/** The part of a page where marks stand, and the scales that place them. */

import { round } from "./round.js";

export interface Extent {
  readonly from: number;
  readonly to: number;
}

/** A place on the page, in pixels. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** An area whose width shows variability and whose height shows confidence. */
export interface MapArea extends Area {
  readonly across: Extent;
  readonly up: Extent;
}

export function placeAcross({ left, width, across }: MapArea, variability: number): number {
  return left + ((variability - across.from) / (across.to - across.from)) * width;
}

export function placeUp({ top, height, up }: MapArea, confidence: number): number {
  return top + (1 - (confidence - up.from) / (up.to - up.from)) * height;
}

/** Coordinates that a map can show: shares and deviations of shares. The rest (null, or another unit) has no place on it. */
export function hasPlace(confidence: number, variability: number): boolean {
  return confidence >= 0 && confidence <= 1 && variability >= 0 && variability <= 1;
}

/** The area's corner and size for an SVG rectangle. */
export function rectangle({ left, top, width, height }: Area): string {
  return `x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(height)}"`;
}
