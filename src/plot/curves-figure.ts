/** Curves with bands: a score against the number of examples or a share, one panel a test set; points with cells that are not ok are marked. */

import { UserError } from "../core/errors.js";
import { curvePanel, type CurveStyle } from "./curve-panel.js";
import { figure, figureHead, figureWidth, margin, type FigureOptions } from "./figure.js";
import type { CurvesData } from "./curves.js";
import { drawSign, signLegend } from "./signs.js";
import { fitText, wrapText } from "./svg-text.js";
import { themeOf, type Theme } from "./theme.js";
import { textWidth } from "./typeface.js";
import { line, word } from "./words.js";

/** The width is 860 by default. */
export type CurvesFigureOptions = FigureOptions;

/** So many curves can be told apart in one panel. More stand in a panel each, over the others in grey. */
const mostTogether = 8;
const between = 16;

/**
 * Draws up to eight curves in one panel a test set; of more, each curve in a small panel of its own.
 *
 * @returns an SVG document
 * @throws UserError where there is nothing to draw
 */
export function plotCurves(data: CurvesData, options: CurvesFigureOptions = {}): string {
  const theme = themeOf(options.theme);
  const width = figureWidth(options, 860);
  if (!data.panels.some(({ curves }) => curves.some((points) => points.length > 0))) {
    throw new UserError({
      subject: "figure",
      problem: "no curve to draw",
      remedy: "finish some cells of the study",
    });
  }
  const together = data.names.length <= mostTogether;
  const head = figureHead(theme, width, options, [
    "bands: 95 % intervals",
    ...(together ? [] : ["each panel: one curve, the others in grey"]),
  ]);
  const inner = width - 2 * margin;
  const body = together ? side(theme, data, head.height, inner) : apart(theme, data, head.height, inner);
  let bottom = head.height + body.height + 6;
  const legends: string[] = [];
  if (together) {
    const named = nameLegend(theme, data, { left: margin, top: bottom, width: inner });
    legends.push(named.svg);
    bottom += named.height;
  }
  if (data.panels.some(({ reference }) => reference !== undefined)) {
    legends.push(
      line(
        margin,
        bottom + 9,
        margin + 26,
        bottom + 9,
        theme.ink,
        ' stroke-opacity="0.5" stroke-dasharray="4 3"',
      ),
      word(margin + 33, bottom + 13, fitText(data.reference ?? "chance", 11, inner - 40), {
        size: 11,
        fill: theme.ink,
      }),
    );
    bottom += 18;
  }
  const flawed = data.panels.some(({ curves }) =>
    curves.some((points) => points.some((point) => point.flawed)),
  );
  const legend = flawed
    ? signLegend(theme, ["flawed"], { left: margin, top: bottom, width: inner }, theme.ink)
    : { svg: "", height: 0 };
  return figure(theme, width, bottom + legend.height + margin, options, [
    head.svg,
    body.svg,
    ...legends,
    legend.svg,
  ]);
}

interface Body {
  readonly svg: string;
  readonly height: number;
}

function side(theme: Theme, data: CurvesData, top: number, inner: number): Body {
  const fitting = Math.max(1, Math.min(3, Math.floor((inner + between) / (250 + between))));
  const lines = Math.ceil(data.panels.length / fitting);
  const columns = Math.ceil(data.panels.length / lines);
  const width = Math.floor((inner - (columns - 1) * between) / columns);
  const height = Math.round(Math.min(340, Math.max(200, width * 0.72)));
  const styles = data.names.map((_, i) => styleOf(theme, i));
  const parts = data.panels.map((panel, index) =>
    curvePanel(theme, data, panel, styles, {
      left: margin + (index % columns) * (width + between),
      top: top + Math.floor(index / columns) * height,
      width,
      height,
    }),
  );
  return { svg: parts.join("\n"), height: lines * height };
}

function apart(theme: Theme, data: CurvesData, top: number, inner: number): Body {
  const columns = Math.max(1, Math.min(5, Math.floor((inner + between) / (150 + between))));
  const width = Math.floor((inner - (columns - 1) * between) / columns);
  const height = Math.round(Math.max(140, width * 0.85));
  const parts: string[] = [];
  let y = top;
  for (const panel of data.panels) {
    const [title = ""] = wrapText(panel.title, 13, inner, 1);
    parts.push(word(margin, y + 12, title, { size: 13, fill: theme.ink }));
    y += 20;
    // Curves without points here would be empty panels.
    const shown = data.names.flatMap((name, i) => ((panel.curves[i] ?? []).length > 0 ? [{ name, i }] : []));
    shown.forEach(({ name, i }, place) => {
      const styles = data.names.map((_, other): CurveStyle =>
        other === i
          ? { colour: theme.series[0] ?? theme.ink, dash: "", strong: true }
          : { colour: theme.rule, dash: "", strong: false },
      );
      const own = { ...panel, title: name };
      const box = {
        left: margin + (place % columns) * (width + between),
        top: y + Math.floor(place / columns) * height,
        width,
        height,
      };
      parts.push(curvePanel(theme, data, own, styles, box));
    });
    y += Math.ceil(shown.length / columns) * height + 8;
  }
  return { svg: parts.join("\n"), height: y - top };
}

function styleOf(theme: Theme, index: number): CurveStyle {
  const colour = theme.series[index % theme.series.length] ?? theme.ink;
  return { colour, dash: index % 2 === 0 ? "" : "6 3", strong: true };
}

function nameLegend(
  theme: Theme,
  { names, panels }: CurvesData,
  { left, top, width }: { readonly left: number; readonly top: number; readonly width: number },
): Body {
  const wide = Math.max(...names.map((name) => textWidth(name, 11))) + 56;
  const columns = Math.max(1, Math.min(names.length, Math.floor(width / wide)));
  const column = width / columns;
  // What nowhere has two points is no line.
  const single = (index: number): boolean => panels.every(({ curves }) => (curves[index] ?? []).length < 2);
  const parts: string[] = [];
  const rows: number[] = [];
  let y = top;
  for (let row = 0; row * columns < names.length; row++) {
    rows.push(y);
    const own = names.slice(row * columns, (row + 1) * columns);
    const wrapped = own.map((name) => wrapText(name, 11, column - 40, 2));
    wrapped.forEach((said, i) => {
      const x = left + i * column;
      const { colour, dash } = styleOf(theme, row * columns + i);
      parts.push(
        single(row * columns + i)
          ? drawSign(theme, "sound", x + 13, y + 9, 3, colour)
          : line(
              x,
              y + 9,
              x + 26,
              y + 9,
              colour,
              ` stroke-width="2"${dash && ` stroke-dasharray="${dash}"`}`,
            ),
      );
      said.forEach((text, at) =>
        parts.push(word(x + 33, y + 13 + at * 14, text, { size: 11, fill: theme.ink })),
      );
    });
    y += 18 + (Math.max(...wrapped.map((said) => said.length)) - 1) * 14;
  }
  return { svg: parts.join(""), height: y - top };
}
