/** The typeface that figures are drawn with: where it lies, which characters it has, how wide its letters are. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { create, type Font } from "fontkit";

export const builtInFont = fileURLToPath(new URL("../../assets/OpenSans-Regular.ttf", import.meta.url));

let loaded: Font | undefined;

function builtIn(): Font {
  return (loaded ??= create(readFileSync(builtInFont)));
}

/** Whether the built-in typeface has this character. */
export function hasCharacter(codePoint: number): boolean {
  return builtIn().hasGlyphForCodePoint(codePoint);
}

/** Which characters a font has. Throws where the bytes are no font. */
export function coveredCharacters(bytes: Uint8Array): (codePoint: number) => boolean {
  const font = create(bytes);
  font.hasGlyphForCodePoint(65);
  return (codePoint) => font.hasGlyphForCodePoint(codePoint);
}

const advances = new Map<string, number>();

/** Width of a text at a font size, without kerning. A character that the typeface lacks counts as a square. */
export function textWidth(text: string, size: number): number {
  let ems = 0;
  for (const character of text) {
    let advance = advances.get(character);
    if (advance === undefined) {
      const codePoint = character.codePointAt(0) ?? 0;
      const font = builtIn();
      advance = font.hasGlyphForCodePoint(codePoint)
        ? font.glyphForCodePoint(codePoint).advanceWidth / font.unitsPerEm
        : 1;
      advances.set(character, advance);
    }
    ems += advance;
  }
  return ems * size;
}
