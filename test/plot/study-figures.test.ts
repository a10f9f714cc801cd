/** The figures of studies: every word on the page and on no other, whatever the number and length of names; values at their places. */

import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { Resvg } from "@resvg/resvg-js";
import { plotCurves } from "../../src/plot/curves-figure.js";
import type { CurvesData } from "../../src/plot/curves.js";
import { plotIntervals, type IntervalsData } from "../../src/plot/intervals-figure.js";
import { plotTernary, type Shares, type TernaryData } from "../../src/plot/ternary-figure.js";
import { linearTicks, logTicks, padded } from "../../src/plot/ticks.js";
import { collisions, elements, numberOf, outside, textBoxes } from "./page.js";

const nameOf = (i: number, long: boolean): string =>
  long ? `ambiguous_with_high_variability and easy ${i} %, balanced by label, map of encoder` : `arm ${i}`;
const titleOf = (i: number): string => `blitzer electronics and kitchen ${i} (ood)`;

function sound(svg: string): void {
  expect(() => new Resvg(svg)).not.toThrow();
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  const boxes = textBoxes(svg);
  expect(outside(svg, boxes)).toEqual([]);
  expect(collisions(boxes)).toEqual([]);
}

function intervals(rows: number, panels: number, long: boolean): IntervalsData {
  const signs = ["sound", "flawed", "better", "worse", "equivalent", "inconclusive"] as const;
  return {
    label: "accuracy, %",
    panels: Array.from({ length: panels }, (_, i) => ({ title: titleOf(i), reference: 50 })),
    rows: Array.from({ length: rows }, (_, i) => ({
      name: nameOf(i, long),
      dots: Array.from({ length: panels }, (_, p) =>
        (i + p) % 7 === 6
          ? null
          : { value: 60 + i, low: 58 + i, high: 61 + i, sign: signs[i % 6]!, single: [59 + i] },
      ),
    })),
  };
}

function curves(count: number, panels: number, long: boolean): CurvesData {
  return {
    names: Array.from({ length: count }, (_, i) => nameOf(i, long)),
    across: { label: "training examples", scale: "log" },
    up: "accuracy, %",
    panels: Array.from({ length: panels }, (_, p) => ({
      title: titleOf(p),
      reference: 50,
      curves: Array.from({ length: count }, (_, i) =>
        [600, 3000, 20_000].map((x, j) => ({
          x,
          value: 60 + i + 5 * j,
          low: 58 + i + 5 * j,
          high: 63 + i + 5 * j,
          flawed: j === 0,
        })),
      ),
    })),
  };
}

const surface = ([a, b, c]: Shares): number => 70 + 5 * a + 8 * b + 2 * c + 20 * a * b;

function mixtures(corners: TernaryData["corners"]): TernaryData {
  const shares: Shares[] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [0.5, 0.5, 0],
    [1, 1, 1],
  ];
  return {
    corners,
    label: "accuracy out of distribution, %",
    surface,
    mixtures: shares.map((own, i) => ({ shares: own, value: surface(own), best: i === 3 })),
  };
}

const shapes = [240, 480, 1000].flatMap((width) => [3, 25].map((arms) => [width, arms] as const));

describe("words of study figures", () => {
  it.each(shapes)("stand apart on intervals: width %i, %i arms", (width, arms) => {
    for (const long of [false, true])
      sound(plotIntervals(intervals(arms, 4, long), { width, title: "A title", theme: "dark" }));
  });

  it.each(shapes)("stand apart on curves: width %i, %i arms", (width, arms) => {
    for (const long of [false, true]) sound(plotCurves(curves(arms, 3, long), { width, title: "A title" }));
  });

  it.each([240, 480, 1000])("stand apart on mixtures: width %i", (width) => {
    sound(plotTernary(mixtures(["easy", "ambiguous", "random"]), { width }));
    sound(
      plotTernary(mixtures([nameOf(1, true), nameOf(2, true), 'hard <&> "suspects"']), {
        width,
        theme: "dark",
      }),
    );
  });

  it("are the same bytes again", () => {
    expect(plotIntervals(intervals(5, 2, true))).toBe(plotIntervals(intervals(5, 2, true)));
    expect(plotCurves(curves(9, 2, true))).toBe(plotCurves(curves(9, 2, true)));
  });
});

describe("marks of study figures", () => {
  it("draw values on a common scale, the interval around them, a dashed line at the reference", () => {
    const dot = (value: number) => ({ value, low: value - 2, high: value + 2, sign: "sound" as const });
    const svg = plotIntervals({
      label: "x",
      panels: [{ title: "t", reference: 5 }],
      rows: [0, 5, 10].map((value) => ({ name: `v${value}`, dots: [dot(value)] })),
    });
    const places = elements(svg, "circle").map((circle) => numberOf(circle, "cx"));
    expect(places[1]! - places[0]!).toBeCloseTo(places[2]! - places[1]!, 1);
    const [bar] = elements(svg, "line[stroke-width='2']");
    expect(numberOf(bar!, "x2") - numberOf(bar!, "x1")).toBeCloseTo((places[2]! - places[0]!) * 0.4, 1);
    const [dashed] = elements(svg, "line[stroke-dasharray]");
    expect(numberOf(dashed!, "x1")).toBeCloseTo(places[1]!, 1);
  });

  it("mark what not ok, and say so only then", () => {
    const well = curves(2, 1, false);
    const panels = well.panels.map((panel) => ({
      ...panel,
      curves: panel.curves.map((points) => points.map((point) => ({ ...point, flawed: false }))),
    }));
    expect(plotCurves({ ...well, panels })).not.toContain("not ok");
    expect(plotCurves(well)).toContain("some cells not ok");
  });

  it("have a place for one point, and for equal values", () => {
    const one = { x: 100, value: 50, low: 50, high: 50, flawed: false };
    sound(
      plotCurves({
        names: ["a", "b"],
        across: { label: "n", scale: "log" },
        up: "y",
        panels: [{ title: "t", curves: [[one], []] }],
      }),
    );
    const dot = { value: 1, low: 1, high: 1, sign: "sound" as const };
    sound(plotIntervals({ label: "x", panels: [{ title: "t" }], rows: [{ name: "a", dots: [dot] }] }));
    sound(plotTernary({ corners: ["a", "b", "c"], label: "x", mixtures: [{ shares: [1, 1, 1], value: 3 }] }));
  });

  it("put a mixture between its corners", () => {
    const svg = plotTernary({
      corners: ["a", "b", "c"],
      label: "x",
      mixtures: [
        { shares: [1, 0, 0], value: 0 },
        { shares: [0, 1, 0], value: 0 },
        { shares: [0, 0, 1], value: 0 },
        { shares: [2, 2, 2], value: 1 },
      ],
    });
    const places = elements(svg, "circle").map((c) => [numberOf(c, "cx"), numberOf(c, "cy")] as const);
    const mean = (axis: 0 | 1): number => (places[0]![axis] + places[1]![axis] + places[2]![axis]) / 3;
    expect(places[3]![0]).toBeCloseTo(mean(0), 1);
    expect(places[3]![1]).toBeCloseTo(mean(1), 1);
  });

  it("are refused where there is nothing to draw", () => {
    const none = [{ title: "t", curves: [[]] }];
    expect(() =>
      plotCurves({ names: ["a"], across: { label: "n", scale: "linear" }, up: "y", panels: none }),
    ).toThrow("figure: no curve to draw");
    expect(() => plotIntervals({ label: "x", panels: [{ title: "t" }], rows: [] })).toThrow(
      "figure: no interval to draw",
    );
    expect(() => plotTernary({ corners: ["a", "b", "c"], label: "x", mixtures: [] })).toThrow(
      "figure: no mixture was measured",
    );
  });
});

describe("ticks", () => {
  it("are round, inside, and not more than fit", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1000, max: 1000, noNaN: true }),
        fc.double({ min: 0.001, max: 1000, noNaN: true }),
        fc.integer({ min: 2, max: 12 }),
        (from, length, most) => {
          const ticks = linearTicks(from, from + length, most);
          expect(ticks.length).toBeLessThanOrEqual(most + 1);
          for (const tick of ticks) {
            expect(tick).toBeGreaterThanOrEqual(from - 1e-6 * length - 1e-9 * Math.abs(from));
            expect(tick).toBeLessThanOrEqual(from + length * (1 + 1e-6) + 1e-9 * Math.abs(from));
          }
        },
      ),
    );
    expect(linearTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(logTicks(600, 70_000, 8)).toEqual([1000, 2000, 5000, 10_000, 20_000, 50_000]);
    expect(logTicks(600, 70_000, 3)).toEqual([1000, 10_000]);
    expect(logTicks(11, 19, 3)).toEqual([11]);
    expect(padded([], 0.1)).toEqual({ from: 0, to: 1 });
    expect(padded([50], 0.1)).toEqual({ from: 49.5, to: 50.5 });
    expect(padded([0], 0.1)).toEqual({ from: -0.5, to: 0.5 });
    expect(padded([0, 10], 0.1)).toEqual({ from: -1, to: 11 });
  });
});
