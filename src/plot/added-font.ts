/** Characters that the built-in typeface lacks, and the font that a user adds for them. */

import { readFile } from "node:fs/promises";
import type { Effects } from "../core/effects.js";
import { UserError } from "../core/errors.js";
import { coveredCharacters, hasCharacter } from "./typeface.js";

/** Texts of an SVG document, as drawn. */
const texts = /<text[^>]*>([^<]*)</g;

/**
 * Warns once of the characters of a figure that no font at hand has.
 *
 * @returns those that the added font has and the built-in one lacks
 * @throws UserError for a font that cannot be read
 */
export async function lackingCharacters(
  svg: string,
  path: string | undefined,
  effects: Effects,
): Promise<ReadonlySet<string>> {
  const added = path === undefined ? null : await readFont(path);
  const used = new Set<string>();
  for (const [, text = ""] of svg.matchAll(texts)) for (const character of text) used.add(character);
  const lacking = [...used].filter((character) => !hasCharacter(codePoint(character)));
  const rescued = lacking.filter((character) => added?.(codePoint(character)) ?? false);
  const lost = lacking.length - rescued.length;
  if (lost > 0) {
    const shown = lacking.filter((character) => !rescued.includes(character)).slice(0, 10);
    effects.warn(
      `figure: ${lost === 1 ? "one character is" : `${lost} characters are`} in no font at hand (${shown.join(" ")}); ` +
        `${path === undefined ? "add a font that has them with --font" : `${path} lacks them too`}`,
    );
  }
  return new Set(rescued);
}

/** The SVG with runs of these characters in a family of their own. */
export function inFamily(svg: string, characters: ReadonlySet<string>, family: string): string {
  if (characters.size === 0) return svg;
  return svg.replace(/(<text[^>]*>)([^<]*)</g, (_, start: string, text: string) => {
    let out = "";
    let inside = false;
    for (const character of text) {
      const apart = characters.has(character);
      if (apart !== inside) out += apart ? `<tspan font-family="${family}">` : "</tspan>";
      inside = apart;
      out += character;
    }
    return `${start}${out}${inside ? "</tspan>" : ""}<`;
  });
}

function codePoint(character: string): number {
  return character.codePointAt(0) ?? 0;
}

async function readFont(path: string): Promise<(codePoint: number) => boolean> {
  const remedy = "name a TTF or OTF file";
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new UserError({ subject: "--font", problem: "cannot be read", value: path, remedy, cause });
  });
  try {
    return coveredCharacters(bytes);
  } catch (cause) {
    throw new UserError({ subject: "--font", problem: "not a TTF or OTF font", value: path, remedy, cause });
  }
}
