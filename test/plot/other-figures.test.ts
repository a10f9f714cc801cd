import { describe, expect, it } from "vitest";
import { Resvg } from "@resvg/resvg-js";
import { plotLabels } from "../../src/plot/label-figure.js";
import { plotTrajectories } from "../../src/plot/trajectories-figure.js";
import { madeUpMap, mapOf } from "./maps.js";
import { collisions, elements, outside, textBoxes } from "./page.js";

const manyLabels = Array.from(
  { length: 77 },
  (_, i) => `balance_not_updated_after_cheque_or_cash_deposit_${100 + i}`,
);
const marks = "g[fill-opacity] > circle, g[fill-opacity] > path";

function sound(svg: string): void {
  expect(() => new Resvg(svg)).not.toThrow();
  const boxes = textBoxes(svg);
  expect(outside(svg, boxes)).toEqual([]);
  expect(collisions(boxes)).toEqual([]);
}

describe("the figure of labels", () => {
  it("draws each label's examples, the lowest mean confidence first", () => {
    const map = mapOf({
      confidence: [0.9, 0.8, 0.2, 0.4, NaN, 0.5],
      variability: [0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
      correctness: [1, 1, 0, 0, 0, 0],
      labels: ["good", "good", "bad", "bad", "bad", null],
    });
    const svg = plotLabels(map);
    expect(elements(svg, marks)).toHaveLength(4);
    const words = textBoxes(svg).map(({ text }) => text);
    expect(words).toContain(
      "2 labels by mean confidence, lowest first · variability across, confidence up · 2 without label, confidence or variability left out",
    );
    expect(words.indexOf("bad")).toBeLessThan(words.indexOf("good"));
    expect(words).toContain("2 · mean 0.30");
    expect(words).toContain("2 · mean 0.85");
  });

  it.each([240, 480, 980, 2000])("names 77 labels so that all can be told apart: width %i", (width) => {
    const svg = plotLabels(madeUpMap(5000, { labels: manyLabels }), { width, title: "many" });
    sound(svg);
    const words = textBoxes(svg)
      .map(({ text }) => text)
      .join("");
    const drawn = manyLabels.filter((label) => words.includes(label));
    expect(drawn.length).toBe(new Set(madeUpMap(5000, { labels: manyLabels }).labels).size);
  });

  it("draws the hardest where there are more than it may, and says so", () => {
    const svg = plotLabels(madeUpMap(5000, { labels: manyLabels }), { most: 5 });
    expect(
      elements(svg, "rect[fill=none]").filter((rect) => rect.parentElement?.localName === "svg"),
    ).toHaveLength(5);
    expect(svg).toMatch(/the 5 labels of lowest mean confidence, of 7\d/);
    sound(svg);
  });

  it("draws many examples as densities, and the same bytes again", () => {
    const draw = (): string =>
      plotLabels(madeUpMap(30_000, { labels: ["a", "b", "<c>&"] }), { theme: "dark" });
    expect(draw()).toBe(draw());
    expect(draw()).toContain("crispEdges");
    sound(draw());
  });

  it("refuses a map without labels or coordinates", () => {
    expect(() => plotLabels(madeUpMap(10))).toThrow(
      "figure: no example has a label and coordinates; import the dynamics with --data, or draw the map without --labels",
    );
    expect(() => plotLabels(mapOf({ confidence: [NaN], variability: [0], labels: ["a"] }))).toThrow(
      "no example has a label",
    );
  });
});

describe("the figure of trajectories", () => {
  const rising = (id: string) => ({ id, note: "a label", probabilities: [0.1, 0.4, 0.35, 0.9] });

  it("draws up to eight in one panel, each value at its place", () => {
    const svg = plotTrajectories([rising("one"), { ...rising("two"), note: undefined }], { title: "t" });
    sound(svg);
    const dots = elements(svg, "circle").filter((dot) => Number(dot.getAttribute("cx")) > 40);
    // Plot puts the second series' dots at the same places.
    const [first, second, third, last] = dots.map((dot) => [
      Number(dot.getAttribute("cx")),
      Number(dot.getAttribute("cy")),
    ]);
    if (!first || !second || !third || !last) throw new Error("dots are missing");
    expect((second[0] ?? 0) - (first[0] ?? 0)).toBeCloseTo((last[0] ?? 0) - (third[0] ?? 0), 1);
    expect(((second[1] ?? 0) - (first[1] ?? 0)) / ((last[1] ?? 0) - (first[1] ?? 0))).toBeCloseTo(
      0.3 / 0.8,
      2,
    );
    expect(svg).toContain("one · a label");
    expect(svg).toContain(">two</text>");
  });

  it("gives each a panel where they are more, or where other classes are given", () => {
    const twelve = plotTrajectories(Array.from({ length: 12 }, (_, i) => rising(`id-${i}`)));
    sound(twelve);
    expect(elements(twelve, "circle")).toHaveLength(48);
    const others = plotTrajectories([{ ...rising("one"), others: [[0.9, 0.6, 0.65, 0.1]] }]);
    sound(others);
    expect(elements(others, "path")).toHaveLength(2);
    expect(others).toContain("thick: the gold label; thin: the other labels");
  });

  it("breaks the line where an epoch was not recorded", () => {
    const gap = { id: "gap", probabilities: [0.1, NaN, 0.3, 0.4], others: [[0.9, NaN, 0.7, 0.6]] };
    const svg = plotTrajectories([gap]);
    for (const path of elements(svg, "path")) expect(path.getAttribute("d")?.match(/M/g)).toHaveLength(2);
    expect(elements(svg, "circle")).toHaveLength(3);
    expect(svg).not.toContain("NaN");
    const together = plotTrajectories([{ id: "gap", probabilities: [0.1, NaN, 0.3] }]);
    expect(together).not.toContain("NaN");
  });

  it.each([1, 2, 60, 500])("names whole epochs only: %i epochs", (epochs) => {
    const one = { id: "x", probabilities: Array.from({ length: epochs }, (_, e) => e / epochs) };
    for (const svg of [
      plotTrajectories([one], { width: 240 }),
      plotTrajectories([{ ...one, others: [one.probabilities] }]),
    ]) {
      sound(svg);
    }
  });

  it("refuses nothing to draw", () => {
    expect(() => plotTrajectories([])).toThrow(
      "figure: no example to draw; name some with --trajectories or --examples",
    );
    expect(() => plotTrajectories([{ id: "a", probabilities: [NaN] }])).toThrow(
      "figure: these examples have no gold probabilities; record logits or gold probabilities",
    );
  });

  it("cuts long ids and shows what XML would not", () => {
    sound(
      plotTrajectories([{ id: "<&>".repeat(400), note: "\u0000", probabilities: [0.5, 0.6] }], {
        width: 300,
      }),
    );
    sound(
      plotTrajectories([{ id: "<&>".repeat(400), probabilities: [0.5, 0.6], others: [[0.5, 0.4]] }], {
        width: 300,
      }),
    );
  });
});
