/** The figure of a transfer study: every gain where its numbers say, in the shape of its group. */

import { describe, expect, it } from "vitest";
import type { FoundTable, Value } from "../../../src/study/built-in/findings.js";
import { transferFigures } from "../../../src/study/report/transfer-figures.js";

const row = (test: string, same: string, gain: Value, half: Value, cost: Value): Value[] => [
  ...[test, "epochs", "hard", "words", "ngram", same],
  ...[gain, half, 5, 1, 2, cost, 9],
];
const table = (rows: Value[][]): FoundTable => ({
  ...{ name: "transfer", title: "", notes: [] },
  columns: [
    ...["test", "budget", "by", "map", "model", "same model", "gain", "±", "replicates"],
    ...["training s", "map s", "together s", "100 % s"],
  ],
  rows,
});
const rows = [
  row("id", "yes", 2, 0.5, 10),
  row("id", "no", -1, 0.4, 100),
  row("id", "first epochs", 1, null, 4),
  row("ood", "no", 0, 1, 20),
];

describe("gain against cost", () => {
  it("has a mark for each gain and one for each group in the legend", () => {
    const [figure, ...rest] = transferFigures([table(rows)]);
    expect(rest).toEqual([]);
    for (const width of [undefined, 400]) {
      const drawn = figure!.draw("light", width);
      // Two discs: a gain and the legend; three rings: two gains and the legend.
      expect(drawn.match(/<circle [^>]*fill="#1f4e8c"/g)).toHaveLength(2);
      expect(drawn.match(/<circle [^>]*stroke="#c4452c"/g)).toHaveLength(3);
      for (const says of [">id<", ">ood<", "map of the model that trains", "map of another model"])
        expect(drawn).toContain(says);
      expect(drawn).not.toContain("NaN");
    }
  });

  it("puts what costs more further right, and what gains more higher", () => {
    const drawn = transferFigures([
      table([row("id", "yes", 2, null, 10), row("id", "yes", -1, null, 100)]),
    ])[0]!.draw("light");
    const [cheap, dear] = [...drawn.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="4"/g)].map(
      ([, x, y]) => ({
        x: Number(x),
        y: Number(y),
      }),
    );
    expect(cheap!.x).toBeLessThan(dear!.x);
    expect(cheap!.y).toBeLessThan(dear!.y);
  });

  it("is not drawn where nothing was measured", () => {
    expect(transferFigures([])).toEqual([]);
    expect(transferFigures([table([row("id", "yes", null, null, 3), row("id", "yes", 1, null, 0)])])).toEqual(
      [],
    );
  });
});
