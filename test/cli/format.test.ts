import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { bar, cells, count, duration, oneLine, shellWord, table, wideTable } from "../../src/cli/format.js";

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
    expect(oneLine("abcde", 5)).toBe("abcde");
    expect(oneLine("abcd  f", 6)).toBe("abcd f");
    expect(oneLine("abcd  fg", 6)).toBe("abcd…");
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

describe("wideTable", () => {
  const columns = ["test", "arm", "one", "two", "three"].map((title) => ({ title }));
  const rows = [["id", "easy", "11111111", "22222222", "33333333"]];

  it("is a table where it fits", () => {
    expect(wideTable(columns, rows, { keys: 2, width: 80 })).toBe(table(columns, rows));
  });

  it("goes on below with what a row is about", () => {
    const parts = wideTable(columns, rows, { keys: 2, width: 32 }).split("\n\n");
    expect(parts.map((part) => part.trim().split(/\s+/).slice(0, 2))).toEqual([
      ["test", "arm"],
      ["test", "arm"],
    ]);
    expect(parts.join()).toContain("33333333");
  });

  it("repeats the first column alone where more would leave no room", () => {
    const long = [["id", "x".repeat(30), "11111111", "22222222", "33333333"]];
    const [, ...others] = wideTable(columns, long, { keys: 2, width: 40 }).split("\n\n");
    for (const part of others) expect(part).not.toContain("xxx");
    for (const part of others) expect(part.trimStart().startsWith("test")).toBe(true);
  });

  it("shows every cell and keeps to the width where single cells do", () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    const line = fc.array(word, { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 3 }),
        (some, keys) => {
          const heads = ["a", "b", "c", "d", "e", "f"].map((title) => ({ title }));
          const drawn = wideTable(heads, some, { keys, width: 60 });
          for (const one of some.flat()) expect(drawn).toContain(one);
          for (const one of drawn.split("\n")) expect(cells(one)).toBeLessThanOrEqual(62);
        },
      ),
    );
  });
});
