import { create } from "fontkit";

/** Which characters a font has. Throws where the bytes are no font. */
export function coveredCharacters(bytes: Uint8Array): (codePoint: number) => boolean {
  const font = create(bytes);
  return (codePoint) => font.hasGlyphForCodePoint(codePoint);
}
