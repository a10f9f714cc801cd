/** `alidade compare`: do two or more runs of one dataset find the same examples hard? */

import { compareMaps } from "../../diagnose/compare/compare-maps.js";
import { writeComparison } from "../../diagnose/compare/write-comparison.js";
import { subsetFormat } from "../../select/subset-format.js";
import { checkFigure } from "../check-figure.js";
import { command } from "../command.js";
import { comparisonText } from "../comparison-text.js";
import { list, number, oneOf, text, wholeNumber } from "../flags.js";

const flags = {
  out: text("<file>", "every shared example with its place in each map: .csv, .tsv, .jsonl, .parquet, ...", {
    short: "o",
  }),
  figure: text("<file>", "the maps side by side, and arrows of what moved farthest: svg, png or pdf"),
  fraction: number("<share>", "how much the easy, ambiguous and hard selections take (default: 1/3)", {
    min: 0,
    max: 1,
    above: true,
  }),
  limit: wholeNumber("<n>", "how many of the farthest movers (default: 10)", { min: 1, max: 1000 }),
  coordinates: list(
    "<names>",
    "which coordinates to correlate (default: all; of more than a million examples confidence, variability, correctness)",
  ),
  theme: oneOf(["light", "dark"], "with --figure: colours (default: light)"),
  width: wholeNumber("<pixels>", "with --figure: its width (default: 1080)", { min: 240, max: 8000 }),
};

export const compareCommand = command({
  name: "compare",
  summary:
    "compare the maps of two or more runs of one dataset: correlations, regions, selections, what moved",
  arguments: "<runs...>",
  flags,
  examples: [
    ["alidade compare runs/ngram runs/encoder", "do two models find the same examples hard?"],
    [
      "alidade compare runs/a runs/b -o compare.csv --figure compare.png",
      "every example with both places, and both maps beside arrows of the farthest movers",
    ],
    ["alidade compare runs/seed-0 runs/seed-1 runs/seed-2", "which map predicts which other's"],
  ],
  async run(folders, values, context) {
    const { out, figure, fraction, limit, coordinates, theme, width } = values;
    if (out !== undefined) subsetFormat(out, false);
    checkFigure(values, "compare.svg");
    const compared = await compareMaps(folders, { fraction, limit, coordinates });
    if (out !== undefined) await writeComparison(folders, out);
    if (figure !== undefined) {
      const [{ comparisonFigure }, { writeFigure }] = await Promise.all([
        import("../../diagnose/compare/comparison-figure.js"),
        import("../../plot/render.js"),
      ]);
      const title = compared.runs[0]?.dataset;
      await writeFigure(figure, await comparisonFigure(compared, { title, theme, width }), {
        effects: context.effects,
      });
    }
    const written = [out, figure].filter((path) => path !== undefined);
    if (context.json) return context.print(JSON.stringify({ ...compared, written }, null, 2));
    const lines = written.length === 0 ? "" : `\n\nwrote ${written.join(", ")}`;
    context.print(`${comparisonText(compared, context.width)}${lines}`);
  },
});
