/** Text in SVG: safe as XML, and no wider than its place. */

import { textWidth } from "./typeface.js";

/**
 * A text as a reader can see it, on one line: white space becomes one space; what would turn the line's direction is dropped; control
 * characters, lone surrogates and what XML forbids become the replacement character.
 */
export function plainText(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "")
    .replace(
      /[\u0000-\u001f\u007f-\u009f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      "\ufffd",
    )
    .trim();
}

/** A text as XML content or attribute. */
export function escapeXml(text: string): string {
  return plainText(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** The text, cut with an ellipsis where it would be wider than `pixels`. */
export function fitText(text: string, size: number, pixels: number): string {
  const plain = plainText(text);
  const kept = longestStart(plain, size, pixels);
  if (kept === plain) return plain;
  return `${longestStart(plain, size, pixels - textWidth("…", size)).trimEnd()}…`;
}

/**
 * The text in at most `most` lines no wider than `pixels`, broken after spaces, underscores, hyphens and slashes where it can be; the
 * last line is cut with an ellipsis where the text is longer.
 */
export function wrapText(text: string, size: number, pixels: number, most: number): string[] {
  const lines: string[] = [];
  let rest = plainText(text);
  while (rest !== "" && lines.length < most - 1) {
    const start = longestStart(rest, size, pixels);
    if (start === rest) break;
    const broken = rest[start.length] === " " ? start : /^.*[ _\-/]/u.exec(start)?.[0];
    // A break near the start of the line would waste most of it.
    const line = broken !== undefined && broken.length * 3 > start.length ? broken : start;
    lines.push(line.trimEnd());
    rest = rest.slice(line.length).trimStart();
  }
  if (rest !== "") lines.push(fitText(rest, size, pixels));
  return lines;
}

/** As many characters from the start as fit, at least one. */
function longestStart(text: string, size: number, pixels: number): string {
  let width = 0;
  let end = 0;
  for (const character of text) {
    width += textWidth(character, size);
    if (width > pixels && end > 0) return text.slice(0, end);
    end += character.length;
  }
  return text;
}
