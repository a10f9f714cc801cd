import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { bar, cells, count, duration, oneLine, shellWord, table } from "../../src/cli/format.js";

describe("numbers for a terminal", () => {
  it("groups thousands and names durations", () => {
    expect(count(67349)).toBe("67,349");
    expect([0.04, 9.94, 9.96, 59.6, 65, 3725].map(duration)).toEqual([
      "0.0 s",
      "9.9 s",
      "10 s",
      "1 min 00 s",
      "1 min 05 s",
      "1 h 02 min",
    ]);
  });

  it("draws bars in eighths, and something for every share above 0", () => {
    expect(bar(0, 10)).toBe("");
    expect(bar(0.00001, 10)).toBe("▏");
    expect(bar(0.5, 10)).toBe("█████");
    expect(bar(1, 10)).toBe("██████████");
  });
});

describe("oneLine", () => {
  it("never exceeds its width in cells, and shows short texts whole", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 2, max: 40 }), (text, width) => {
        expect(cells(oneLine(text, width))).toBeLessThanOrEqual(width);
      }),
    );
    expect(oneLine("  two\n lines ", 20)).toBe("two lines");
    expect(oneLine("abcdefgh", 5)).toBe("abcd…");
  });

  it("lets no escape sequence of a dataset through", () => {
    expect(oneLine("a\u001b[31mb\u0007", 20)).toBe("a·[31mb·");
  });

  it("counts wide characters as two cells", () => {
    expect(cells("数据")).toBe(4);
    expect(oneLine("数据地图", 5)).toBe("数据…");
  });
});

it("aligns tables by cells", () => {
  expect(
    table(
      [{ title: "label" }, { title: "n", align: "right" }],
      [
        ["数据", "5"],
        ["abc", "1,234"],
      ],
      "",
    ),
  ).toBe(["label      n", "数据       5", "abc    1,234"].join("\n"));
});

it("quotes what a shell would split", () => {
  expect(shellWord("runs/x")).toBe("runs/x");
  expect(shellWord("my run's")).toBe(`'my run'\\''s'`);
});
