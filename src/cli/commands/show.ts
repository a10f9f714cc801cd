/** `alidade show`: a run's summary again, or examples by rank. */

import { UserError } from "../../core/errors.js";
import { rankExamples } from "../../map/examples.js";
import { regionNames } from "../../map/map.js";
import { command } from "../command.js";
import { oneOf, text, toggle, wholeNumber } from "../flags.js";
import { printSummary } from "../print-summary.js";
import { examples } from "../summary-text.js";

const flags = {
  examples: text("<ranking>", "easy, hard, ambiguous, or a coordinate: its highest values first"),
  ascending: toggle("with a coordinate: its lowest values first"),
  limit: wholeNumber("<n>", "how many examples (default: 20)", { min: 1 }),
  label: text("<name>", "only examples of this label"),
  region: oneOf(regionNames, "only examples of this region"),
  seed: wholeNumber("<n>", "order among equals (default: 0)", { min: 0 }),
};

export const showCommand = command({
  name: "show",
  summary: "summarise a run, or list its examples by rank",
  arguments: "<run>",
  flags,
  examples: [
    ["alidade show runs/banking77", "regions, epochs, labels, likely label errors, ambiguous examples"],
    ["alidade show runs/banking77 --examples hard --limit 20", "the 20 examples with the lowest confidence"],
    [
      "alidade show runs/banking77 --examples forgetting --label activate_my_card",
      "what was learned and forgotten most",
    ],
  ],
  async run([folder = ""], values, context) {
    const { examples: by, ascending, limit, label, region, seed } = values;
    const filters = { ascending, limit, label, region, seed };
    const alone = Object.entries(filters).find(([, value]) => value !== undefined)?.[0];
    if (by === undefined && alone !== undefined) {
      throw new UserError({
        subject: `--${alone}`,
        problem: "goes with --examples",
        remedy: `write alidade show ${folder} --examples hard --${alone} ...`,
      });
    }
    if (by === undefined) return await printSummary(folder, context);
    const ranked = await rankExamples(folder, {
      by,
      order: ascending ? "ascending" : "descending",
      limit,
      label,
      region,
      seed,
    });
    if (context.json) return context.print(JSON.stringify(ranked, null, 2));
    const shown = examples(`Examples by ${by}`, ranked, context.width, (example) => {
      const value = example.coordinates[by];
      const figure = typeof value === "number" ? `, ${by} ${Number(value.toPrecision(4))}` : "";
      return `${example.label ?? "-"} · ${example.region ?? "no region"}${figure}`;
    });
    context.print(shown === "" ? "no such example" : shown);
  },
});
