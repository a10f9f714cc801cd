import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeXml, fitText, plainText, wrapText } from "../../src/plot/svg-text.js";
import { textWidth } from "../../src/plot/typeface.js";

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 80 }),
  fc.string({ maxLength: 80 }),
  fc
    .array(
      fc.constantFrom("a", "word", "_", " ", "-", "/", "\t", "ü", "中", "𝒳", "\ud800", "\u0000", "<", "&"),
      { maxLength: 80 },
    )
    .map((parts) => parts.join("")),
);

describe("text in SVG", () => {
  it("fits, and loses nothing where it need not", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 20, max: 400 }), (text, pixels) => {
        const fitted = fitText(text, 11, pixels);
        const plain = plainText(text);
        // One character stands however narrow the place.
        expect(textWidth(fitted, 11) <= pixels || Array.from(fitted).length <= 2).toBe(true);
        if (textWidth(plain, 11) <= pixels) expect(fitted).toBe(plain);
        else expect(plain.startsWith(fitted.slice(0, -1))).toBe(true);
      }),
    );
  });

  it("wraps into lines that fit and together say the text", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 30, max: 400 }), (text, pixels) => {
        const lines = wrapText(text, 11, pixels, 1000);
        for (const line of lines) expect(textWidth(line, 11)).toBeLessThanOrEqual(pixels);
        expect(lines.join("").replaceAll(" ", "")).toBe(plainText(text).replaceAll(" ", ""));
        expect(wrapText(text, 11, pixels, 2).length).toBeLessThanOrEqual(2);
      }),
    );
  });

  it("breaks after words", () => {
    expect(wrapText("card_payment_wrong_exchange_rate", 10, 110, 2)).toEqual([
      "card_payment_wrong_",
      "exchange_rate",
    ]);
    expect(wrapText("one two three", 10, textWidth("one two", 10), 3)).toEqual(["one two", "three"]);
    expect(wrapText("", 10, 100, 2)).toEqual([]);
  });

  it("writes nothing that XML forbids", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const xml = escapeXml(text);
        expect(xml).not.toMatch(/[<>"]|&(?!amp;|lt;|gt;|quot;)/);
        for (const character of xml) {
          const code = character.codePointAt(0) ?? 0;
          expect(
            code >= 32 && code !== 0xfffe && code !== 0xffff && !(code >= 0xd800 && code <= 0xdfff),
          ).toBe(true);
        }
      }),
    );
  });
});
