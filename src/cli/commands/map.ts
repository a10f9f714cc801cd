/** `alidade map`: from a labelled file to a data map. */

import { join } from "node:path";
import { buildMap } from "../../map/build-map.js";
import { command } from "../command.js";
import { drawFigure } from "../draw-figure.js";
import { text } from "../flags.js";
import { mapFlags, mapOptions } from "../map-flags.js";
import { printSummary } from "../print-summary.js";
import { trainRun, trainRunFlags } from "../train-run.js";

export const mapCommand = command({
  name: "map",
  summary: "train a model on a labelled file, watch it learn, and draw the map",
  arguments: "[files...]",
  flags: {
    ...trainRunFlags,
    resume: text(
      "<run>",
      "go on with a run that was stopped, or compute the map of a finished one again; only --epochs and the map's options may be given beside it",
    ),
    ...mapFlags,
  },
  examples: [
    ["alidade map reviews.csv", "finds the text and the label, trains for six epochs, writes runs/reviews"],
    [
      "alidade map train.tsv --text sentence --label gold --test id=test.tsv -o runs/x",
      "names the columns, scores a test set",
    ],
    ["alidade map --resume runs/x", "goes on with a run that was stopped"],
    [
      "alidade map --resume runs/x --map-epochs 1..",
      "computes a map again without the first epoch, nothing is trained",
    ],
  ],
  async run(files, values, context) {
    const beside = { flags: Object.keys(mapFlags), words: "the map's options" };
    const result = await trainRun("map", files, values, context, beside);
    await buildMap(result.folder, {
      ...mapOptions(values),
      threads: values.threads,
      effects: context.effects,
    });
    const figure = join(result.folder, "map.svg");
    await drawFigure(result.folder, figure, { effects: context.effects });
    await printSummary(result.folder, context, { figure });
  },
});
