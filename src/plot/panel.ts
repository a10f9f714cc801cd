/// <reference lib="dom" />
/**
 * One panel of a figure: axes by Observable Plot, turned into plain SVG that every renderer reads alike (no style sheet, no classes,
 * no relative units).
 */

import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { round } from "./round.js";
import { fontStack, type Theme } from "./theme.js";

export const fontSize = 11;

export interface PanelOptions extends Omit<Plot.PlotOptions, "width" | "height" | "document" | "style"> {
  readonly width: number;
  readonly height: number;
}

/** A nested `<svg>` at (x, y) of the figure. */
export function panel(theme: Theme, x: number, y: number, options: PanelOptions): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const drawn = Plot.plot({ ...options, document: document });
  const svg = drawn.outerHTML
    .replace(/<style>.*?<\/style>/s, "")
    .replace(/ (?:class|aria-[a-z]+|style|font-variant)="[^"]*"/g, "")
    .replace(/^<svg[^>]*>/, "")
    .replace(/<\/svg>$/, "")
    .replaceAll("currentColor", theme.ink)
    .replaceAll("var(--plot-background)", theme.background)
    .replace(/"(-?[\d.]+)em"/g, (_: string, em: string) => `"${round(Number(em) * fontSize)}"`)
    .replace(/-?\d+\.\d{3,}/g, (number: string) => String(round(Number(number))));
  return (
    `<svg x="${x}" y="${y}" width="${options.width}" height="${options.height}" ` +
    `viewBox="0 0 ${options.width} ${options.height}" font-size="${fontSize}" font-family="${fontStack}" ` +
    `text-anchor="middle" fill="${theme.ink}">${svg}</svg>`
  );
}
