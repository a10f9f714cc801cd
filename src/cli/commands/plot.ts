/** `alidade plot`: a run's figures. */

import { UserError } from "../../core/errors.js";
import { rankExamples } from "../../map/examples.js";
import { command } from "../command.js";
import { drawFigure } from "../draw-figure.js";
import { drawLabels, drawTrajectories } from "../draw-others.js";
import { list, number, oneOf, text, toggle, wholeNumber } from "../flags.js";

const flags = {
  out: text("<file>", "svg, png or pdf by extension (default: map.svg in the run)", { short: "o" }),
  compact: toggle("the map alone, without histograms"),
  labels: toggle("a small map for each label"),
  trajectories: list("<ids>", "the trajectories of these examples, by id"),
  examples: text(
    "<ranking>",
    "the trajectories of the first examples by rank: easy, hard, ambiguous or a coordinate",
  ),
  limit: wholeNumber("<n>", "with --examples: how many (default: 6)", { min: 1, max: 60 }),
  theme: oneOf(["light", "dark"], "colours (default: light)"),
  width: wholeNumber("<pixels>", "of the figure", { min: 240, max: 8000 }),
  title: text("<text>", "instead of the dataset's name"),
  scale: number("<factor>", "pixels of a PNG for each of the figure (default: 2)", { min: 0.1, max: 10 }),
  font: text("<file>", "a TTF font for characters that the built-in one lacks"),
};

export const plotCommand = command({
  name: "plot",
  summary: "draw a run's map, its trajectories, or a map for each label",
  arguments: "<run>",
  flags,
  examples: [
    ["alidade plot runs/banking77 -o map.svg", "the map with three histograms"],
    ["alidade plot runs/banking77 -o labels.pdf --labels", "small multiples, one a label"],
    ["alidade plot runs/banking77 -o hard.png --examples hard", "how the hardest examples were learned"],
  ],
  async run([folder = ""], values, context) {
    const { out = `${folder}/map.svg`, labels, trajectories, examples: by, limit, compact, ...look } = values;
    const kinds = [
      compact && "--compact",
      labels && "--labels",
      trajectories && "--trajectories",
      by && "--examples",
    ].filter(Boolean);
    if (kinds.length > 1) {
      throw new UserError({
        subject: String(kinds[0]),
        problem: `cannot be combined with ${String(kinds[1])}`,
        remedy: "draw one figure at a time",
      });
    }
    if (limit !== undefined && by === undefined) {
      throw new UserError({
        subject: "--limit",
        problem: "goes with --examples",
        remedy: "write --examples hard --limit 6",
      });
    }
    const options = { ...look, effects: context.effects };
    if (labels) await drawLabels(folder, out, options);
    else if (trajectories) await drawTrajectories(folder, out, trajectories, options);
    else if (by !== undefined) {
      const ranked = await rankExamples(folder, { by, limit: limit ?? 6 });
      await drawTrajectories(
        folder,
        out,
        ranked.map(({ id }) => id),
        options,
      );
    } else await drawFigure(folder, out, { ...options, compact });
    context.print(context.json ? JSON.stringify({ figure: out }) : `wrote ${out}`);
  },
});
