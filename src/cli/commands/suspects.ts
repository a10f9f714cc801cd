/** `alidade suspects`: which labels of a run's examples are likely wrong, by which detectors, and why. */

import { UserError } from "../../core/errors.js";
import { builtInDetectors, defaultDetector, findDetector } from "../../diagnose/detect/registry.js";
import { findSuspects, type Suspects } from "../../diagnose/suspects/find-suspects.js";
import { writeSuspects } from "../../diagnose/suspects/write-suspects.js";
import { rankedTexts } from "../../diagnose/suspects/ranked-texts.js";
import { calibrationMethods } from "../../diagnose/noise-study/calibration.js";
import { subsetFormat } from "../../select/subset-format.js";
import { command, type Context } from "../command.js";
import { list, oneOf, parsed, repeated, text, toggle, wholeNumber } from "../flags.js";
import { cells, count, counted, decimal, oneLine, percent, shellWord, table, wrapped } from "../format.js";
import { Interrupted } from "../interrupted.js";
import { parseSetting } from "../select-flags.js";
import { optionLines, typedOptions } from "../trainer-flags.js";

const flags = {
  out: text("<file>", "where to write them: .csv, .tsv, .jsonl, .json, .parquet or .arrow", { short: "o" }),
  by: text("<detector>", `which detector ranks: one of those below (default: ${defaultDetector})`),
  detectors: list("<names>", "which others are asked beside it (default: all that the run can serve)"),
  deep: toggle(
    "train what detectors need beside the run, into its folder: held-out, threshold samples, other seeds, flips",
  ),
  runs: list("<folders>", "other runs of the same file, for run-disagreement"),
  calibrate: text(
    "<study>",
    "a noise study's folder: gives each suspect the probability that its label is wrong",
  ),
  calibration: oneOf(
    calibrationMethods,
    "with --calibrate: which of its fits (default: the better one on the study's own seeds)",
  ),
  limit: wholeNumber("<n>", "how many (default: as many labels as are estimated to be wrong)", { min: 1 }),
  with: repeated(parsed("<option=value>", "an option of the detector that ranks", parseSetting)),
  seed: wholeNumber("<n>", "of chance (default: 0)", { min: 0, max: 0xffff_ffff }),
  threads: wholeNumber("<n>", "threads; the result does not depend on it (default: all cores)", { min: 1 }),
};

export const suspectsCommand = command({
  name: "suspects",
  summary: "rank a run's examples by how likely their labels are wrong, and say why",
  arguments: "<run>",
  flags,
  names: {
    title: "Detectors",
    entries: Object.values(builtInDetectors).map((detector) => {
      const own = optionLines(detector).map(({ name, help }) => `--with ${name}=...: ${help}`);
      return [
        detector.name,
        [`${detector.meaning} (needs ${detector.needs.join(", ")})`, ...own].join("; "),
      ] as const;
    }),
  },
  examples: [
    ["alidade suspects runs/banking77 -o suspects.csv", "by what the run itself can say"],
    [
      "alidade suspects runs/banking77 --deep -o suspects.csv",
      "trains ten more models first, so that every detector can speak",
    ],
    [
      "alidade suspects runs/banking77 --by confident-learning --detectors confident-learning --deep",
      "as cleanlab does: five held-out models",
    ],
  ],
  async run([folder = ""], values, context) {
    const { out, by, detectors, deep, runs, calibrate, limit, seed, threads } = values;
    if (out !== undefined) subsetFormat(out, false);
    const options =
      values.with === undefined
        ? undefined
        : typedOptions(findDetector(by ?? defaultDetector), Object.fromEntries(values.with));
    if (values.calibration !== undefined && calibrate === undefined) {
      throw new UserError({
        subject: "--calibration",
        problem: "goes with --calibrate",
        value: values.calibration,
        remedy: "give --calibrate studies/noise too",
      });
    }
    const { signal, effects } = context;
    const found = await findSuspects(folder, {
      ...{ by, detectors, deep, runs, calibrate, limit, seed, threads, signal, effects, options },
      calibration: values.calibration,
    });
    if (signal.aborted)
      throw new Interrupted("stopped: the companions that are finished stand, the same command goes on");
    if (out !== undefined) await writeSuspects(folder, found, out);
    if (context.json) return context.print(JSON.stringify({ ...found, written: out ?? null }, null, 2));
    context.print(await suspectsText(found, out, context));
  },
});

async function suspectsText(found: Suspects, out: string | undefined, { width }: Context): Promise<string> {
  const { by, detectors, estimate, suspects, size, folder, prior } = found;
  const shown = suspects.slice(0, out === undefined ? 20 : 10);
  const texts = await rankedTexts(
    folder,
    shown.map(({ row }) => row),
  );
  const served = detectors.filter(({ missing }) => missing === null);
  const lines = [
    ...wrapped(
      `${count(estimate.count)} of ${count(size)} labels are likely wrong, by ${estimate.from}; ranked by ${by}`,
      width,
    ),
    ...(prior === null ? [] : [`by the noise study ${percent(prior)} of all labels are wrong`]),
    "",
  ];
  for (const { rank, id, label, suggested, score, probability, why, row } of shown) {
    const labels = `${id}  ${label}${suggested === null ? "" : ` -> ${suggested}`}`;
    const sure = probability === null ? decimal(score) : `wrong with probability ${decimal(probability, 2)}`;
    const fits = cells(labels) + cells(sure) + 9 <= width;
    lines.push(
      `  ${String(rank).padStart(3)}  ${fits ? `${labels}  ${sure}` : oneLine(labels, width - 7)}`,
      ...(fits ? [] : [`       ${sure}`]),
      `       ${oneLine(texts.get(row) ?? "", width - 8)}`,
      `       ${oneLine(why, width - 8)}`,
    );
  }
  if (shown.length < suspects.length)
    lines.push(`  ... and ${counted(suspects.length - shown.length, "others")}`);
  lines.push("", "Detectors");
  lines.push(
    table(
      [{ title: "detector" }, { title: "wrong by its own rule", align: "right" }],
      served.map(({ name, flagged }) => [name, flagged === null ? "-" : count(flagged)]),
    ),
  );
  for (const { name, missing } of detectors)
    if (missing !== null)
      lines.push(`  ${oneLine(`${name}: the run ${missing.problem}; ${missing.remedy}`, width - 2)}`);
  if (out !== undefined) lines.push("", `wrote ${out}`);
  lines.push("", "Next", `  alidade review ${shellWord(folder)}`);
  return lines.join("\n");
}
