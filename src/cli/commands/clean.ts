/** `alidade clean`: the dataset with verdicts applied, and a log of every change. */

import { UserError } from "../../core/errors.js";
import { readExamples } from "../../dataset/read-examples.js";
import { cleanDataset } from "../../diagnose/clean/clean-dataset.js";
import { planCleaning } from "../../diagnose/clean/plan-cleaning.js";
import { readVerdicts } from "../../diagnose/review/verdicts.js";
import { readProbabilities } from "../../diagnose/suspects/read-probabilities.js";
import { keepSources } from "../../map/replace-file.js";
import { layout } from "../../run/layout.js";
import { openRun } from "../../run/reader.js";
import { subsetFormat } from "../../select/subset-format.js";
import { command } from "../command.js";
import { number, oneOf, text } from "../flags.js";
import { count, counted } from "../format.js";

const flags = {
  out: text("<file>", "the clean file; the log is written beside it, as <name>.changes.jsonl", {
    short: "o",
  }),
  reviewer: text(
    "<name>",
    "only this reviewer's verdicts (default: of all, where most who judged it say the same)",
  ),
  unsure: oneOf(["keep", "drop"], "what becomes of ambiguous examples (default: keep)"),
  dropSuspects: number("<probability>", "leave out suspects that nobody judged from this probability on", {
    min: 0,
    max: 1,
    above: true,
  }),
  suspects: text("<file>", "with --drop-suspects: the table that `suspects --calibrate` wrote"),
};

export const cleanCommand = command({
  name: "clean",
  summary: "write a run's dataset with the verdicts of its review applied, and a log of every change",
  arguments: "<run>",
  flags,
  examples: [
    ["alidade clean runs/banking77 -o clean.csv", "relabels and drops what reviewers said"],
    [
      "alidade clean runs/banking77 --drop-suspects 0.9 --suspects suspects.csv -o clean.csv",
      "leaves out, too, what is wrong with a probability of at least .9",
    ],
  ],
  async run([folder = ""], values, context) {
    const { out, reviewer, unsure, dropSuspects, suspects } = values;
    if (out === undefined) {
      throw new UserError({
        subject: "alidade clean",
        problem: "does not know where to write",
        remedy: "give -o clean.csv",
      });
    }
    subsetFormat(out, false);
    if ((dropSuspects === undefined) !== (suspects === undefined)) {
      throw new UserError({
        subject: dropSuspects === undefined ? "--suspects" : "--drop-suspects",
        problem:
          dropSuspects === undefined ? "goes with --drop-suspects" : "needs the suspects' probabilities",
        remedy:
          dropSuspects === undefined
            ? "write --drop-suspects 0.9 with it"
            : "give --suspects, the table that `alidade suspects --calibrate studies/noise -o` wrote",
      });
    }
    const run = await openRun(folder);
    await keepSources(out, run);
    if (run.manifest.dataset.input === "none") {
      throw new UserError({
        subject: folder,
        problem: "has no contents of its examples to write",
        remedy: "import the run with --data",
      });
    }
    const dataset = await readExamples(layout.examples(folder), run.manifest.dataset);
    try {
      const { ids, labelNames, gold } = dataset;
      const verdicts = await readVerdicts(layout.verdicts(folder), { ids: new Set(ids), labelNames });
      if (reviewer !== undefined && !verdicts.some((verdict) => verdict.reviewer === reviewer)) {
        const names = [...new Set(verdicts.map((verdict) => verdict.reviewer))];
        throw new UserError({
          subject: "--reviewer",
          problem: "has judged nothing here",
          value: reviewer,
          remedy: names.length === 0 ? "review the run first" : `there are ${names.join(", ")}`,
        });
      }
      const drop =
        suspects === undefined
          ? undefined
          : await readProbabilities(suspects, new Set(ids), dropSuspects ?? 1);
      const plan = planCleaning({
        ids,
        labels: Array.from(gold, (label) => labelNames[label] ?? ""),
        ...{ verdicts, reviewer, unsure, drop },
      });
      if (
        plan.changes.length === 0 &&
        plan.disputed.length === 0 &&
        verdicts.length === 0 &&
        drop === undefined
      ) {
        throw new UserError({
          subject: folder,
          problem: "has no verdicts to apply",
          remedy: `review it first: alidade review ${folder}`,
        });
      }
      const log = await cleanDataset(dataset, plan, out);
      const dropped = plan.changes.filter(({ to }) => to === null).length;
      if (context.json)
        return context.print(JSON.stringify({ ...plan, written: { clean: out, log } }, null, 2));
      const lines = [
        `${dataset.name}: ${counted(plan.changes.length - dropped, "labels")} changed, ${counted(dropped, "examples")} left out, ${count(dataset.size - dropped)} of ${count(dataset.size)} written`,
      ];
      if (plan.disputed.length > 0)
        lines.push(
          `${counted(plan.disputed.length, "examples")} left as they are: reviewers disagree (${plan.disputed.slice(0, 5).join(", ")}${plan.disputed.length > 5 ? ", ..." : ""})`,
        );
      context.print([...lines, `wrote ${out} and ${log}, one line a change`].join("\n"));
    } finally {
      dataset.close();
    }
  },
});
