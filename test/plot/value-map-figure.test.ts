/** The map coloured by a number of each example: what it draws, that it is the same twice, and what it leaves out. */

import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { plotValueMap, type ValueMapData } from "../../src/plot/value-map-figure.js";
import { madeUpMap } from "./maps.js";

function someData(size: number, change: Partial<ValueMapData> = {}): ValueMapData {
  const map = madeUpMap(size);
  const bin = (at: number) => ({
    at,
    mean: 0.7 + at / 10,
    interval: { low: 0.65 + at / 10, high: 0.75 + at / 10 },
  });
  return {
    map,
    name: "agreement <of> people",
    values: map.confidence.map((c) => 0.4 + 0.6 * c),
    extent: { from: 0.4, to: 1 },
    byConfidence: [0.1, 0.5, 0.9].map(bin),
    byVariability: [0.02, 0.1, 0.2].map(bin),
    ...change,
  };
}

const dots = (svg: string): number =>
  parseHTML(svg).document.querySelectorAll("g[fill-opacity] circle").length;

describe("a map coloured by a value", () => {
  it.each([400, 14_000])("is the same text twice, and well-formed, for %d examples", (size) => {
    const svg = plotValueMap(someData(size), { title: "a set" });
    expect(plotValueMap(someData(size), { title: "a set" })).toBe(svg);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(svg).toContain("agreement &lt;of&gt; people");
    expect(svg.includes("each cell: mean agreement")).toBe(size > 12_000);
  });

  it("draws a marker an example, and counts those without a value", () => {
    const data = someData(300);
    expect(dots(plotValueMap(data))).toBe(300);
    const values = data.values.map((value, i) => (i < 40 ? NaN : value));
    const svg = plotValueMap({ ...data, values });
    expect(dots(svg)).toBe(260);
    expect(svg).toContain("40 without a place or agreement");
  });

  it("puts panels below where it is narrow, and has both themes", () => {
    const height = (svg: string): number => Number(/height="(\d+)"/.exec(svg)?.[1]);
    const data = someData(200);
    expect(height(plotValueMap(data, { width: 420 }))).toBeGreaterThan(
      height(plotValueMap(data, { width: 700 })),
    );
    expect(plotValueMap(data, { theme: "dark" })).not.toBe(plotValueMap(data));
  });

  it("shows values of a constant, and says where there are none", () => {
    const data = someData(50);
    const constant = { ...data, values: data.values.map(() => 1), extent: { from: 0.9, to: 1 } };
    expect(dots(plotValueMap(constant))).toBe(50);
    expect(() => plotValueMap({ ...data, values: data.values.map(() => NaN) })).toThrow(
      /no example has confidence, variability and agreement/,
    );
  });
});
