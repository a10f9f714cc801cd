/** From SVG to a file: as it is, as PNG, or as PDF, with the project's own typeface and nothing of the machine's. */

import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";
import PDFDocument from "pdfkit";
import SVGtoPDF from "svg-to-pdfkit";
import { quiet, type Effects } from "../core/effects.js";
import { UserError } from "../core/errors.js";
import { writeFileAtomically } from "../core/files.js";
import { coveredCharacters } from "./font-coverage.js";
import { fontFamily } from "./theme.js";

export interface WriteFigureOptions {
  /** Pixels of a PNG for each of the figure. Default: 2. */
  readonly scale?: number | undefined;
  /** A TTF file for characters that the built-in typeface lacks. */
  readonly font?: string | undefined;
  readonly effects?: Effects | undefined;
}

const builtInFont = fileURLToPath(new URL("../../assets/OpenSans-Regular.ttf", import.meta.url));

/**
 * Writes a figure in the format that the path's extension names. The file is replaced when it is whole.
 *
 * @throws UserError for another extension, or a font that cannot be read
 */
export async function writeFigure(
  path: string,
  svg: string,
  options: WriteFigureOptions = {},
): Promise<void> {
  await writeFileAtomically(path, await renderFigure(path, svg, options));
}

async function renderFigure(
  path: string,
  svg: string,
  options: WriteFigureOptions,
): Promise<string | Uint8Array> {
  const extension = extname(path).toLowerCase();
  switch (extension) {
    case ".svg":
      return svg;
    case ".png":
      return await renderPng(svg, options);
    case ".pdf":
      return await renderPdf(svg, options);
    default:
      throw new UserError({
        subject: path,
        problem: extension === "" ? "no extension that names a format" : "not a format that figures have",
        value: extension === "" ? undefined : extension,
        remedy: "name it .svg, .png or .pdf",
      });
  }
}

/** @param options.scale pixels for each of the figure */
export async function renderPng(
  svg: string,
  { scale = 2, font, effects = quiet }: WriteFigureOptions = {},
): Promise<Uint8Array> {
  await warnOfMissing(svg, font, effects);
  const resvg = new Resvg(svg, {
    fitTo: { mode: "zoom", value: scale },
    font: {
      fontFiles: font === undefined ? [builtInFont] : [builtInFont, font],
      loadSystemFonts: false,
      defaultFontFamily: fontFamily,
    },
  });
  return resvg.render().asPng();
}

/** One page of the figure's size. The date is fixed: the same figure gives the same file. */
export async function renderPdf(
  svg: string,
  { font, effects = quiet }: WriteFigureOptions = {},
): Promise<Uint8Array> {
  const lacking = await warnOfMissing(svg, font, effects);
  const [, width = "0", height = "0"] = /<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
  const document = new PDFDocument({
    size: [Number(width), Number(height)],
    margin: 0,
    info: { CreationDate: new Date(0), Producer: "alidade", Creator: "alidade" },
  });
  const chunks: Buffer[] = [];
  document.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    document.on("end", resolve);
    document.on("error", reject);
  });
  document.registerFont("built-in", builtInFont);
  if (font !== undefined) document.registerFont("added", font);
  // One typeface serves a whole PDF: the added one where the built-in one would not do.
  const chosen = font !== undefined && lacking > 0 ? "added" : "built-in";
  SVGtoPDF(document, svg, 0, 0, { fontCallback: () => chosen, assumePt: true });
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

async function warnOfMissing(svg: string, font: string | undefined, effects: Effects): Promise<number> {
  const added = font === undefined ? null : await readFont(font);
  const built = coveredCharacters(await readFile(builtInFont));
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text ?? "").join("");
  const characters = new Set(Array.from(texts).filter((character) => character.trim() !== ""));
  const lacking = [...characters].filter((character) => !built(character.codePointAt(0) ?? 0));
  const still = lacking.filter((character) => !(added?.(character.codePointAt(0) ?? 0) ?? false));
  if (still.length > 0) {
    effects.warn(
      `figure: the typeface lacks ${still.length} of the characters used (${still.slice(0, 10).join(" ")}); name one that has them with --font`,
    );
  }
  return lacking.length;
}

async function readFont(path: string): Promise<(codePoint: number) => boolean> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new UserError({
      subject: "--font",
      problem: "cannot be read",
      value: path,
      remedy: "name a TTF or OTF file",
      cause,
    });
  });
  try {
    return coveredCharacters(bytes);
  } catch (cause) {
    throw new UserError({
      subject: "--font",
      problem: "not a TTF or OTF font",
      value: path,
      remedy: "name a TTF or OTF file",
      cause,
    });
  }
}
