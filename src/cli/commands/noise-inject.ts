/** `alidade noise inject`: a labelled file with known errors in its labels, and the truth beside it. */

import { UserError } from "../../core/errors.js";
import { readDataset } from "../../dataset/read-dataset.js";
import { keepInput, writeChanged } from "../../diagnose/changed-file.js";
import { injectNoise } from "../../diagnose/noise/inject.js";
import { truthPath, writeTruth, type NoiseTruth } from "../../diagnose/noise/truth.js";
import { subsetFormat } from "../../select/subset-format.js";
import { command } from "../command.js";
import { commandLine } from "../command-line.js";
import { datasetFlags, readOptions } from "../dataset-flags.js";
import { number, text, wholeNumber } from "../flags.js";
import { count, percent, shellWord, table } from "../format.js";
import { roleOptions } from "../role-options.js";
import { checkNoiseFlags, noiseFlags, noiseOptions } from "../noise-flags.js";

const flags = {
  out: text("<file>", "the noisy file; its truth is written beside it, as <name>.truth.json", { short: "o" }),
  rate: number("<share>", "share of all examples that flip, from 0 to below 1"),
  ...noiseFlags,
  seed: wholeNumber("<n>", "the same seed flips the same examples (default: 0)", {
    min: 0,
    max: 0xffff_ffff,
  }),
  ...datasetFlags,
};

export const noiseInjectCommand = command({
  name: "noise inject",
  summary: "give some examples of a labelled file another label, and keep the truth",
  arguments: "<files...>",
  flags,
  examples: [
    ["alidade noise inject train.csv --rate 0.05 -o noisy.csv", "5 % of all labels, any other label alike"],
    [
      "alidade noise inject train.csv --rate 0.01 --from easy-to-learn --run runs/train -o noisy.csv",
      "the paper's injection: 1 % of all examples, taken among the easy ones",
    ],
    [
      "alidade noise inject train.csv --rate 0.1 --how confusion --run runs/train -o noisy.csv",
      "each becomes what the model finds likeliest beside the label: the mistakes that people make",
    ],
  ],
  async run(files, values, context) {
    const { out, rate, seed } = values;
    if (out === undefined) {
      throw new UserError({
        subject: "alidade noise inject",
        problem: "does not know where to write",
        remedy: "give -o noisy.csv",
      });
    }
    subsetFormat(out, false);
    checkNoiseFlags(values);
    if (rate === undefined && values.matrix === undefined) {
      throw new UserError({
        subject: "alidade noise inject",
        problem: "does not know how many labels to flip",
        remedy: "give --rate 0.05",
      });
    }
    const dataset = await readDataset(files, readOptions(values, context.effects), context.signal);
    try {
      await keepInput(out, dataset);
      const options = await noiseOptions(dataset, values);
      const noisy = injectNoise(dataset, { ...options, rate, seed, command: commandLine() });
      const labels = new Map(Array.from(noisy.flipped, (row) => [row, noisy.dataset.gold[row]!]));
      await writeChanged(dataset, { labels }, out);
      const truth = truthPath(out);
      await writeTruth(truth, noisy.truth);
      if (context.json) {
        const { flips, ...rest } = noisy.truth;
        return context.print(
          JSON.stringify({ ...rest, flipped: flips.length, written: { noisy: out, truth } }, null, 2),
        );
      }
      context.print(injectionText(noisy.truth, out, truth, roleOptions({ ...dataset.roles })));
    } finally {
      dataset.close();
    }
  },
});

function injectionText(
  { dataset, noise, flips }: NoiseTruth,
  out: string,
  truth: string,
  roles: readonly string[],
): string {
  const n = flips.length;
  const manner = {
    uniform: "any other label alike",
    matrix: "as the matrix says",
    confusion: "what the model says instead",
  }[noise.how];
  const from = noise.from === null ? "" : `, from ${noise.from} (${count(noise.eligible)} examples)`;
  const pairs = new Map<string, number>();
  for (const flip of flips) {
    const key = JSON.stringify([flip.from, flip.to]);
    pairs.set(key, (pairs.get(key) ?? 0) + 1);
  }
  const most = [...pairs].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 5);
  const rows = most.map(([key, flipped]) => [...(JSON.parse(key) as [string, string]), count(flipped)]);
  const name = /([^/\\]+?)\.[^/\\]*$/.exec(out)?.[1] ?? "noisy";
  return [
    `${dataset.name}: ${count(n)} of ${count(dataset.size)} labels flipped (${percent(n / dataset.size)}), ${manner}${from}`,
    ...(n < noise.asked
      ? [
          `${count(noise.asked)} were asked for: whole groups and duplicates flip together, and no other fits the rest`,
        ]
      : []),
    ...(n === 0
      ? []
      : [
          "",
          table([{ title: "label" }, { title: "became" }, { title: "examples", align: "right" }], rows),
          "",
        ]),
    `wrote ${out} and ${truth}, which says which`,
    "",
    "Next",
    `  alidade map ${[shellWord(out), ...roles].join(" ")} -o ${shellWord(`runs/${name}`)}`,
  ].join("\n");
}
