/** A figure in a file: as SVG, PNG or PDF, by the extension. */

import { stat } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { UserError } from "../core/errors.js";
import { writeFileAtomically } from "../core/files.js";
import { withDiskErrors } from "../run/disk-error.js";
import { renderPdf } from "./render-pdf.js";
import { renderPng, type RenderPngOptions } from "./render-png.js";

export type WriteFigureOptions = RenderPngOptions;

type Render = (svg: string, options: WriteFigureOptions) => string | Promise<Uint8Array>;

const formats: Readonly<Record<string, Render>> = {
  ".svg": (svg) => svg,
  ".png": renderPng,
  ".pdf": renderPdf,
};

/**
 * Writes a figure in the format that the path's extension names. The file is replaced when it is whole. An SVG names its typeface and
 * embeds none: a viewer without Open Sans takes a sans of its own, for which labels have room.
 *
 * @param svg a figure's SVG document
 * @throws UserError for another extension, and where the figure cannot be rendered
 */
export async function writeFigure(
  path: string,
  svg: string,
  options: WriteFigureOptions = {},
): Promise<void> {
  const extension = extname(path).toLowerCase();
  const render = Object.hasOwn(formats, extension) ? formats[extension] : undefined;
  if (render === undefined) {
    throw new UserError({
      subject: path,
      problem: extension === "" ? "no extension that names a format" : "not a format that figures have",
      value: extension === "" ? undefined : extension,
      remedy: "name it .svg, .png or .pdf",
    });
  }
  const folder = dirname(resolve(path));
  if (!(await stat(folder).catch(() => null))) {
    throw new UserError({
      subject: path,
      problem: "its folder does not exist",
      value: folder,
      remedy: "make it first",
    });
  }
  const rendered = await render(svg, options);
  await withDiskErrors(path, () => writeFileAtomically(path, rendered));
}
