/** Reliability diagrams: how often forecasts come true against what they say, one panel each, with the forecasts' histogram below on the same axis. */

import { UserError } from "../core/errors.js";
import { figure, figureHead, figureWidth, margin, type FigureOptions } from "./figure.js";
import type { ReliabilityData } from "./reliability.js";
import { reliabilityPanel, type PanelBox } from "./reliability-panel.js";
import { fitText } from "./svg-text.js";
import { themeOf } from "./theme.js";
import { textWidth } from "./typeface.js";
import { line, word } from "./words.js";

/** The width is 760 by default; panels stand side by side as far as they fit. */
export type ReliabilityFigureOptions = FigureOptions;

const between = 18;
const least = 208;
const widest = 420;

/**
 * Draws the panels in the order given, all on the axes from 0 to 1.
 *
 * @returns an SVG document
 * @throws UserError where there is nothing to draw
 */
export function plotReliability(data: ReliabilityData, options: ReliabilityFigureOptions = {}): string {
  const theme = themeOf(options.theme);
  const width = figureWidth(options, 760);
  if (data.panels.length === 0) {
    throw new UserError({
      subject: "figure",
      problem: "no forecasts to draw",
      remedy: "give a run with a test set",
    });
  }
  const head = figureHead(theme, width, options);
  const inner = width - 2 * margin;
  const fitting = Math.max(1, Math.floor((inner + between) / (least + between)));
  // Pairs (before and after) stay side by side where two fit.
  const columns = Math.min(
    data.panels.length,
    fitting > 2 && data.panels.length > fitting ? fitting - (fitting % 2) : fitting,
  );
  const panelWidth = Math.min(widest, Math.floor((inner - (columns - 1) * between) / columns));
  const notes = Math.max(...data.panels.map((panel) => panel.notes.length));
  const height = panelWidth + 96 + 15 * notes;
  const parts = data.panels.map((panel, index) => {
    const box: PanelBox = {
      left: margin + (index % columns) * (panelWidth + between),
      top: head.height + Math.floor(index / columns) * height,
      width: panelWidth,
      notes,
    };
    return reliabilityPanel(theme, data, panel, box);
  });
  const bottom = head.height + Math.ceil(data.panels.length / columns) * height;
  const legend: string[] = [];
  let [x, y] = [margin, bottom + 8];
  const entry = (says: string, draw: (x: number, y: number) => string): void => {
    const text = fitText(says, 11, inner - 34);
    const wide = 34 + textWidth(text, 11) + 20;
    if (x > margin && x + wide > margin + inner) [x, y] = [margin, y + 18];
    legend.push(draw(x, y - 4), word(x + 34, y, text, { size: 11, fill: theme.ink }));
    x += wide;
  };
  const [blue = theme.ink, red = theme.ink] = theme.series;
  entry("forecasts that are right", (at, up) =>
    line(at, up, at + 26, up, theme.ink, ' stroke-opacity="0.55" stroke-dasharray="4 3"'),
  );
  entry("bins of as many examples, 95 % interval", (at, up) =>
    [
      line(at + 13, up - 7, at + 13, up + 7, blue, ' stroke-width="1.6"'),
      `<circle cx="${at + 13}" cy="${up}" r="3.4" fill="${blue}"/>`,
    ].join(""),
  );
  entry("smoothed, 95 % interval", (at, up) =>
    [
      `<rect x="${at}" y="${up - 6}" width="26" height="12" fill="${red}" fill-opacity="0.16"/>`,
      line(at, up, at + 26, up, red, ' stroke-width="2"'),
    ].join(""),
  );
  return figure(theme, width, y + margin, options, [head.svg, ...parts, ...legend]);
}
