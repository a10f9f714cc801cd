/** A figure as PNG: drawn with the project's own typeface and nothing of the machine's. */

import { Resvg } from "@resvg/resvg-js";
import { quiet, type Effects } from "../core/effects.js";
import { UserError } from "../core/errors.js";
import { lackingCharacters } from "./added-font.js";
import { fontFamily } from "./theme.js";
import { builtInFont } from "./typeface.js";

export interface RenderOptions {
  /** A TTF or OTF file for characters that the built-in typeface (Open Sans) lacks. */
  readonly font?: string | undefined;
  /** Told once of characters that no font has. Default: says nothing. */
  readonly effects?: Effects | undefined;
}

export interface RenderPngOptions extends RenderOptions {
  /** Pixels of the image for each of the figure. Default: 2. */
  readonly scale?: number | undefined;
}

/** What image viewers open, and 1 GiB of pixels in memory at the most. */
const longestSide = 32_767;
const mostPixels = 2 ** 28;

/**
 * @param svg a figure's SVG document
 * @throws UserError for a font that cannot be read, and for a scale that makes no image or too large a one
 */
export async function renderPng(
  svg: string,
  { scale = 2, font, effects = quiet }: RenderPngOptions = {},
): Promise<Uint8Array> {
  const { width, height } = svgSize(svg);
  const [across, down] = [Math.round(width * scale), Math.round(height * scale)];
  if (!(across >= 1 && down >= 1 && Math.max(across, down) <= longestSide && across * down <= mostPixels)) {
    throw new UserError({
      subject: "--scale",
      problem: `a figure of ${width} x ${height} pixels gives no image that can be opened`,
      value: scale,
      remedy: "choose another, or write .svg or .pdf",
    });
  }
  await lackingCharacters(svg, font, effects);
  const resvg = new Resvg(svg, {
    fitTo: { mode: "width", value: across },
    font: {
      fontFiles: font === undefined ? [builtInFont] : [builtInFont, font],
      loadSystemFonts: false,
      defaultFontFamily: fontFamily,
      sansSerifFamily: fontFamily,
    },
  });
  return resvg.render().asPng();
}

/** Width and height that the document's root says. */
export function svgSize(svg: string): { width: number; height: number } {
  const [, width = "0", height = "0"] = /<svg[^>]*? width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  return { width: Number(width), height: Number(height) };
}
