import { describe, expect, it } from "vitest";
import { Resvg } from "@resvg/resvg-js";
import { plotMap } from "../../src/plot/map-figure.js";
import { published, titled } from "../util/requires.js";
import { madeUpMap, mapOf, winoGrande } from "./maps.js";
import { collisions, elements, numberOf, outside, textBoxes } from "./page.js";

/** Marks of the examples, and not those of the legend: these stand in groups with an opacity. */
const marks = "g[fill-opacity] > circle, g[fill-opacity] > path";

function areaOf(svg: string): { left: number; top: number; width: number; height: number } {
  const [axes] = elements(svg, "svg > svg");
  const [frame] = elements(svg, "svg > svg > rect");
  if (!axes || !frame) throw new Error("no frame");
  return {
    left: numberOf(axes, "x") + numberOf(frame, "x"),
    top: numberOf(axes, "y") + numberOf(frame, "y"),
    width: numberOf(frame, "width"),
    height: numberOf(frame, "height"),
  };
}

/** The centre of a mark. */
function centre(mark: { getAttribute(name: string): string | null }): [number, number] {
  const path = /^M([\d.]+),([\d.]+)/.exec(mark.getAttribute("d") ?? "");
  return path
    ? [Number(path[1]), Number(path[2])]
    : [Number(mark.getAttribute("cx")), Number(mark.getAttribute("cy"))];
}

describe("the map's figure", () => {
  it("draws each example once, where its coordinates are", () => {
    const map = madeUpMap(500);
    const svg = plotMap(map);
    const { left, top, width, height } = areaOf(svg);
    const end = Math.ceil(Math.max(...map.variability) * 20) / 20;
    const wanted = Array.from(map.confidence, (c, i) => [
      left + ((map.variability[i] ?? 0) / end) * width,
      top + (1 - c) * height,
    ]);
    const found = elements(svg, marks).map(centre);
    expect(found).toHaveLength(500);
    // Written to a hundredth of a pixel.
    const written = (places: readonly (readonly number[])[]): string[] =>
      places.map((place) => place.map((value) => (Math.round(value * 100) / 100).toFixed(2)).join()).sort();
    expect(written(found)).toEqual(written(wanted));
  });

  it("tells correctness by colour and by shape, one for each number of correct epochs", () => {
    const correctness = [0, 1, 2, 3, 4, 5, 6].map((k) => k / 6);
    const svg = plotMap(
      mapOf({ confidence: correctness, variability: correctness.map(() => 0.1), correctness }),
    );
    const groups = elements(svg, "g[fill-opacity]").filter((group) => group.getAttribute("stroke") === null);
    expect(new Set(groups.map((group) => group.getAttribute("fill"))).size).toBe(7);
    const shapes = elements(svg, marks).map(
      (mark) => mark.getAttribute("d")?.replace(/^M[\d.,]+/, "") ?? "circle",
    );
    expect(new Set(shapes).size).toBe(7);
    for (const said of ["0.0", "0.2", "0.3", "0.5", "0.7", "0.8", "1.0"])
      expect(svg).toContain(`>${said}</text>`);
  });

  it("gives the same bytes again, and for the same examples in density", () => {
    expect(plotMap(madeUpMap(2000))).toBe(plotMap(madeUpMap(2000)));
    expect(plotMap(madeUpMap(30_000))).toBe(plotMap(madeUpMap(30_000)));
  });

  it("draws a density where examples are many, and no cell beyond the frame", () => {
    const svg = plotMap(madeUpMap(20_000));
    const { left, top, width, height } = areaOf(svg);
    const cells = elements(svg, "g[shape-rendering] > path").flatMap((path) => [
      ...(path.getAttribute("d") ?? "").matchAll(/M([\d.]+),([\d.]+)h([\d.]+)v([\d.]+)/g),
    ]);
    expect(cells.length).toBeGreaterThan(500);
    for (const [, x, y, w, h] of cells) {
      expect(Number(x)).toBeGreaterThanOrEqual(left);
      expect(Number(x) + Number(w)).toBeLessThanOrEqual(left + width);
      expect(Number(y)).toBeGreaterThanOrEqual(top);
      expect(Number(y) + Number(h)).toBeLessThanOrEqual(top + height);
    }
  });

  it("fills the cells that hold examples, and no others, up to the frame's edges", () => {
    const corners = mapOf({
      confidence: [0, 1, 0, 1, 0.5, 0.5, 0.33],
      variability: [0, 0, 0.5, 0.5, 0.25, 0.5, 0.1],
      correctness: [0, 1, 0, 1, 0.5, 0.5, 0],
    });
    for (const width of [400, 641, 860, 861]) {
      const svg = plotMap(corners, { mostPoints: 0, width });
      const area = areaOf(svg);
      const cells = elements(svg, "g[shape-rendering] > path").flatMap((path) =>
        [...(path.getAttribute("d") ?? "").matchAll(/M([\d.]+),([\d.]+)h([\d.]+)v([\d.]+)/g)].map((found) =>
          found.slice(1).map(Number),
        ),
      );
      expect(cells).toHaveLength(corners.size);
      for (let i = 0; i < corners.size; i++) {
        const x = area.left + ((corners.variability[i] ?? 0) / 0.5) * area.width;
        const y = area.top + (1 - (corners.confidence[i] ?? 0)) * area.height;
        const holding = cells.filter(
          ([left = 0, top = 0, w = 0, h = 0]) => x >= left && x <= left + w && y >= top && y <= top + h,
        );
        expect(holding.length).toBeGreaterThan(0);
      }
      for (const [left = 0, top = 0, w = 0, h = 0] of cells) {
        expect(left).toBeGreaterThanOrEqual(area.left);
        expect(left + w).toBeLessThanOrEqual(area.left + area.width);
        expect(top).toBeGreaterThanOrEqual(area.top);
        expect(top + h).toBeLessThanOrEqual(area.top + area.height);
      }
    }
  });

  it("leaves out examples without coordinates, and counts them", () => {
    const map = madeUpMap(100);
    map.confidence.fill(NaN, 0, 7);
    map.variability.fill(NaN, 7, 10);
    const svg = plotMap(map, { subtitle: "a subtitle" });
    expect(elements(svg, marks)).toHaveLength(90);
    expect(svg).toContain("a subtitle · 10 without confidence or variability left out");
    const long = plotMap(map, { subtitle: "many words ".repeat(200), width: 300 });
    const words = elements(long, "text")
      .map((text) => text.textContent)
      .join(" ");
    expect(words).toContain("10 without confidence or variability left out");
  });

  it("draws maps of one epoch, of one example, of equal examples, without correctness, without regions", () => {
    const one = plotMap(
      mapOf({ confidence: [0.3, 0.9], variability: [0, 0], correctness: [0, 1], epochs: 1 }),
    );
    expect(elements(one, marks)).toHaveLength(2);
    expect(
      elements(plotMap(mapOf({ confidence: [0.4], variability: [0.2], correctness: [0.5] })), marks),
    ).toHaveLength(1);
    const same = mapOf({
      confidence: new Array<number>(50).fill(1),
      variability: new Array<number>(50).fill(0),
    });
    const unknown = plotMap(same);
    expect(elements(unknown, marks)).toHaveLength(50);
    expect(unknown).not.toContain("correctness");
    const crowd = {
      confidence: new Float64Array(20_000).fill(0.5),
      variability: new Float64Array(20_000).fill(0.5),
    };
    expect(plotMap(mapOf(crowd))).toContain("shape-rendering");
    expect(plotMap({ ...same, regions: new Uint8Array(50).fill(255) })).not.toContain("easy-to-learn");
  });

  it("shows a sample deviation above a half on a longer axis", () => {
    const svg = plotMap(mapOf({ confidence: [0.5, 0.5], variability: [0.1, 0.68] }));
    const { left, width } = areaOf(svg);
    const [, far] = elements(svg, marks).map(centre);
    expect(far?.[0]).toBeCloseTo(left + (0.68 / 0.7) * width, 1);
  });

  it("has a place for each region, though it be empty", () => {
    const svg = plotMap(mapOf({ confidence: [0.9, 0.8], variability: [0.01, 0.02], correctness: [1, 1] }));
    for (const name of ["easy-to-learn", "ambiguous", "hard-to-learn"])
      expect(svg).toContain(`>${name}</text>`);
    expect(svg).toContain(">2 · 100 %</text>");
    expect(svg.match(/>0 · 0 %<\/text>/g)).toHaveLength(2);
    const { left, width } = areaOf(svg);
    expect(elements(svg, marks).map((mark) => centre(mark)[0])).toEqual([
      expect.closeTo(left + (0.01 / 0.25) * width, 2),
      expect.closeTo(left + (0.02 / 0.25) * width, 2),
    ]);
    const far = plotMap(madeUpMap(100), { thresholds: { confidence: 0.5, variability: null } });
    expect(far).toContain("ambiguous");
  });

  it("refuses what gives no figure, in one line", () => {
    const map = madeUpMap(10);
    const margins = mapOf({ confidence: [NaN, NaN], variability: [NaN, NaN], correctness: [1, 0] });
    expect(() => plotMap(margins)).toThrow(
      "figure: no example has both confidence and variability; record logits or gold probabilities (margins alone place nothing on a map)",
    );
    expect(() => plotMap(mapOf({ confidence: [], variability: [] }))).toThrow(
      "figure: the map has no examples",
    );
    expect(() => plotMap(mapOf({ confidence: [85], variability: [0.1] }))).toThrow("no example has both");
    expect(() => plotMap(map, { width: 100 })).toThrow(
      "figure: no width for a figure, 100; give pixels from 240 to 8000",
    );
    expect(() => plotMap(map, { width: NaN })).toThrow("no width for a figure, NaN");
    expect(() => plotMap(map, { width: 1e9 })).toThrow("no width for a figure");
    expect(() => plotMap(map, { theme: "sepia" as "dark" })).toThrow(
      'figure: no such theme, "sepia"; choose light or dark',
    );
  });

  const names = [
    "a <b> & \"c\" 'd' ]]>",
    "bell \u0007, escape \u001b[31m, nul \u0000, lone \ud800",
    "x".repeat(3000),
    "\u202etxet",
    "",
  ];
  it.each(names)("writes well-formed XML whatever the name (%#)", (name) => {
    const svg = plotMap(madeUpMap(20), { title: name, subtitle: name });
    // resvg's parser is strict.
    expect(() => new Resvg(svg)).not.toThrow();
    expect(svg).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202e]|[\ud800-\udfff]/);
    const boxes = textBoxes(svg);
    expect(outside(svg, boxes)).toEqual([]);
    expect(collisions(boxes)).toEqual([]);
  });

  const widths = [240, 320, 480, 620, 860, 1600];
  it.each(widths.flatMap((width) => [5, 200, 20_000].map((size) => [width, size])))(
    "has no word on another or off the page: width %i, %i examples",
    (width, size) => {
      for (const compact of [false, true]) {
        for (const epochs of [1, 5, 40]) {
          const svg = plotMap(madeUpMap(size, { epochs }), {
            width,
            compact,
            title: "A title",
            subtitle: "so many · words",
          });
          const boxes = textBoxes(svg);
          expect(outside(svg, boxes)).toEqual([]);
          expect(collisions(boxes)).toEqual([]);
        }
      }
    },
  );

  it("names each region among its own examples' coordinates", () => {
    const svg = plotMap(madeUpMap(3000));
    const { left, top, width, height } = areaOf(svg);
    const boxes = textBoxes(svg);
    const place = (name: string): { across: number; up: number } => {
      const box = boxes.find(({ text }) => text === name);
      if (!box) throw new Error(`${name} is not named`);
      return {
        across: ((box.left + box.right) / 2 - left) / width,
        up: 1 - ((box.top + box.bottom) / 2 - top) / height,
      };
    };
    expect(place("easy-to-learn").up).toBeGreaterThan(0.5);
    expect(place("hard-to-learn").up).toBeLessThan(0.5);
    expect(place("ambiguous").across).toBeGreaterThan(place("hard-to-learn").across);
  });

  it.skipIf(published.lacks)(titled("draws the paper's own map, WinoGrande", published.lacks), () => {
    const map = winoGrande();
    expect(map.size).toBe(40_398);
    const svg = plotMap(map, { title: "WinoGrande", mostPoints: 50_000 });
    expect(elements(svg, marks)).toHaveLength(40_398);
    const density = plotMap(map, { title: "WinoGrande" });
    expect(collisions(textBoxes(density))).toEqual([]);
    expect(density.length).toBeLessThan(200_000);
  });
});
