/** What is wrong with the options of a figure shows before the work, not after it. */

import { UserError } from "../core/errors.js";

export interface FigureOptions {
  readonly figure?: string | undefined;
  readonly theme?: string | undefined;
  readonly width?: number | undefined;
}

/**
 * @param example a figure's path to suggest
 * @throws UserError for a look without a figure, and a path that names no format
 */
export function checkFigure({ figure, ...look }: FigureOptions, example: string): void {
  if (figure !== undefined) return checkFigurePath(figure);
  const alone = (["theme", "width"] as const).find((name) => look[name] !== undefined);
  if (alone === undefined) return;
  throw new UserError({
    subject: `--${alone}`,
    problem: "goes with --figure",
    remedy: `write --figure ${example}`,
  });
}

export function checkFigurePath(path: string): void {
  if (/\.(svg|png|pdf)$/i.test(path)) return;
  throw new UserError({
    subject: path,
    problem: "not a format that figures have",
    remedy: "name it .svg, .png or .pdf",
  });
}
