/** Text in SVG. */

/** A text as XML content or attribute: characters that XML forbids become the replacement character. */
export function escapeXml(text: string): string {
  return text

    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      "\ufffd",
    )
    .replace(/\s+/g, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** About how many pixels a text takes at a font size: the mean width of the typeface's letters. */
export function textWidth(text: string, size: number): number {
  let units = 0;
  for (const character of text)
    units += /[\u1100-\uffff]/.test(character) ? 1 : /[A-ZMW@%]/.test(character) ? 0.66 : 0.545;
  return units * size;
}

/** The text, cut with an ellipsis where it would be wider than `pixels`. */
export function fitText(text: string, size: number, pixels: number): string {
  if (textWidth(text, size) <= pixels) return text;
  const characters = Array.from(text);
  while (characters.length > 1 && textWidth(`${characters.join("")}…`, size) > pixels) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}
