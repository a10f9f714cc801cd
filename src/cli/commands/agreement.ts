/** `alidade agreement`: does the map know what people disagree about? */

import { agreementMeasures, measureNames } from "../../diagnose/agreement/example-agreement.js";
import { measureAgreement } from "../../diagnose/agreement/measure-agreement.js";
import { writeAgreement } from "../../diagnose/agreement/write-agreement.js";
import { keepSources } from "../../map/replace-file.js";
import { openRun } from "../../run/reader.js";
import { subsetFormat } from "../../select/subset-format.js";
import { agreementText } from "../agreement-text.js";
import { checkFigure } from "../check-figure.js";
import { command } from "../command.js";
import { commandLine } from "../command-line.js";
import { list, oneOf, text, wholeNumber } from "../flags.js";

const file = { group: "Votes in a file of their own" };

const flags = {
  votes: list(
    "<columns|file>",
    "annotators' labels or counts: columns of the file that the run was made from, or a file joined by id (default: those that the run was made with)",
  ),
  voteLabels: list("<names>", "the labels that bare vote counts stand for, in their order"),
  annotators: text("<column>", "who voted: names, in the order of the votes"),
  group: text(
    "<column>",
    "examples that stand together in intervals and folds, such as premise (default: the run's groups, else each alone)",
  ),
  measure: oneOf(measureNames, "what agreement is (default: majority)"),
  out: text("<file>", "each example's votes, agreement and place: .csv, .tsv, .jsonl, .parquet, ...", {
    short: "o",
  }),
  figure: text("<file>", "the map coloured by agreement: svg, png or pdf"),
  theme: oneOf(["light", "dark"], "with --figure: colours (default: light)"),
  width: wholeNumber("<pixels>", "with --figure: its width (default: 860)", { min: 240, max: 8000 }),
  voteId: text("<column>", "its ids (default: the run's id column, or id, guid, uid)", file),
  voteColumns: list("<columns>", "its votes (default: the only other column, or one of a usual name)", file),
  resamples: wholeNumber("<n>", "of the bootstrap over groups (default: 1000)", { min: 100, max: 100_000 }),
  splits: wholeNumber("<n>", "of the votes into random halves, and draws of one vote (default: 200)", {
    min: 20,
    max: 100_000,
  }),
  folds: wholeNumber("<n>", "of the models that ask what variability adds (default: 10)", {
    min: 2,
    max: 100,
  }),
  seed: wholeNumber("<n>", "of all that is random (default: 0)", { min: 0, max: 0xffff_ffff }),
};

export const agreementCommand = command({
  name: "agreement",
  summary:
    "human agreement: does the map know what people disagree about, and does variability add to confidence?",
  arguments: "<run>",
  flags,
  names: { title: "Measures", entries: Object.entries(agreementMeasures) },
  examples: [
    [
      "alidade agreement runs/snli --votes annotator_labels --group premise",
      "five labels an example, in a list",
    ],
    [
      "alidade agreement runs/snli --votes chaos_counts_enc --vote-labels entailment,neutral,contradiction",
      "counts of a hundred votes",
    ],
    [
      "alidade agreement runs/md --votes annotations --annotators annotators -o votes.csv --figure agreement.png",
      "who voted is known: each annotator against the others; a table and the map coloured by agreement",
    ],
    [
      "alidade agreement runs/mine --votes votes.csv --vote-id id --annotators who",
      "a line a vote, joined by id",
    ],
  ],
  async run([folder = ""], values, context) {
    const { out, figure, theme, width, ...options } = values;
    if (out !== undefined) {
      subsetFormat(out, false);
      await keepSources(out, await openRun(folder));
    }
    checkFigure(values, "agreement.svg");
    const measured = await measureAgreement(folder, { ...options, effects: context.effects });
    if (out !== undefined) await writeAgreement(folder, measured, out);
    if (figure !== undefined) {
      const [{ agreementFigure }, { writeFigure }] = await Promise.all([
        import("../../diagnose/agreement/agreement-figure.js"),
        import("../../plot/render.js"),
      ]);
      await writeFigure(figure, await agreementFigure(folder, measured, { theme, width }), {
        effects: context.effects,
      });
    }
    const written = [out, figure].filter((path) => path !== undefined);
    if (context.json)
      return context.print(JSON.stringify({ command: commandLine(), ...measured.found, written }, null, 2));
    const lines = written.length === 0 ? "" : `\n\nwrote ${written.join(", ")}`;
    context.print(`${agreementText(measured.found, context.width)}${lines}`);
  },
});
