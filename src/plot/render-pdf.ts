/** A figure as PDF: one page of its size, vectors, text that can be searched, fonts embedded. */

import PDFDocument from "pdfkit";
import SVGtoPDF from "svg-to-pdfkit";
import { quiet } from "../core/effects.js";
import { InternalError, UserError } from "../core/errors.js";
import { inFamily, lackingCharacters } from "./added-font.js";
import { svgSize, type RenderOptions } from "./render-png.js";
import { builtInFont } from "./typeface.js";

const addedFamily = "added";

/**
 * The date is fixed: the same figure gives the same bytes.
 *
 * @param svg a figure's SVG document
 * @throws UserError for a font that cannot be read
 */
export async function renderPdf(
  svg: string,
  { font, effects = quiet }: RenderOptions = {},
): Promise<Uint8Array> {
  const rescued = await lackingCharacters(svg, font, effects);
  const { width, height } = svgSize(svg);
  const title = /<svg[^>]*? aria-label="([^"]*)"/.exec(svg)?.[1] ?? "figure";
  const document = new PDFDocument({
    size: [width, height],
    margin: 0,
    info: { Title: unescape(title), CreationDate: new Date(0), Producer: "alidade", Creator: "alidade" },
  });
  const chunks: Buffer[] = [];
  document.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    document.on("end", resolve);
    document.on("error", reject);
  });
  document.registerFont("built-in", builtInFont);
  if (rescued.size > 0) registerAdded(document, font ?? "");
  SVGtoPDF(document, inFamily(svg, rescued, addedFamily), 0, 0, {
    fontCallback: (family) => (family === addedFamily ? addedFamily : "built-in"),
    warningCallback: (message) => {
      throw new InternalError(message);
    },
    assumePt: true,
  });
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

function registerAdded(document: PDFKit.PDFDocument, font: string): void {
  try {
    document.registerFont(addedFamily, font).font(addedFamily).font("built-in");
  } catch (cause) {
    throw new UserError({
      subject: "--font",
      problem: "cannot be embedded in a PDF",
      value: font,
      remedy: "name another TTF or OTF file, or write .png",
      cause,
    });
  }
}

function unescape(xml: string): string {
  return xml
    .replaceAll("&quot;", '"')
    .replaceAll("&gt;", ">")
    .replaceAll("&lt;", "<")
    .replaceAll("&amp;", "&");
}
