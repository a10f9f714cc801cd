import { describe, expect, it } from "vitest";
import { correctnessColour, themeNames, themeOf } from "../../src/plot/theme.js";

type Colour = readonly [number, number, number];
type Matrix = readonly [Colour, Colour, Colour];

/** Colour vision deficiencies at full severity, on linear RGB (Machado, Oliveira and Fernandes 2009, table 1). */
const visions: Readonly<Record<string, Matrix>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function linear(hex: string): Colour {
  const channel = (start: number): number => {
    const value = parseInt(hex.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function times(matrix: Matrix, [r, g, b]: Colour): Colour {
  const row = ([x, y, z]: Colour): number => Math.min(1, Math.max(0, x * r + y * g + z * b));
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

/** Oklab (Ottosson 2020). */
function oklab([r, g, b]: Colour): Colour {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function contrast(a: string, b: string): number {
  const luminance = (hex: string): number => {
    const [r, g, blue] = linear(hex);
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

describe.each(themeNames)("the theme %s", (name) => {
  const theme = themeOf(name);

  it.each(Object.keys(visions))("has colours of correctness that differ for %s vision", (vision) => {
    const seen = theme.correctness.map((hex) => oklab(times(visions[vision] as Matrix, linear(hex))));
    seen.forEach((a, i) => {
      for (const b of seen.slice(i + 1)) {
        // 0.02 is about what can just be told apart side by side; marks on a page need several times that.
        expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])).toBeGreaterThan(0.075);
      }
    });
  });

  it("is legible: text by WCAG's AA, marks near its 3:1", () => {
    expect(contrast(theme.ink, theme.background)).toBeGreaterThan(7);
    expect(contrast(theme.faint, theme.background)).toBeGreaterThan(4.5);
    for (const colour of [...theme.correctness, ...theme.series, theme.bar])
      expect(contrast(colour, theme.background)).toBeGreaterThan(2.5);
  });

  it("mixes between the colours of its scale, and meets them", () => {
    theme.correctness.forEach((colour, i) => {
      expect(correctnessColour(theme, i / (theme.correctness.length - 1))).toBe(colour);
    });
    expect(correctnessColour(theme, 2)).toBe(theme.correctness.at(-1));
  });
});
