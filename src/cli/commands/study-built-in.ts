/** `alidade study regions|sweep|mix|stability|transfer|search`: the built-in studies, each a command with options of its own. */

import { join } from "node:path";
import { UserError } from "../../core/errors.js";
import { findStrategy } from "../../select/registry.js";
import { writeFindings } from "../../study/built-in/findings.js";
import type { BuiltInStudy } from "../../study/built-in/built-in.js";
import type { NamedTrainer } from "../../study/built-in/transfer.js";
import { mix, regions, search, stability, sweep, transfer } from "../../study/built-ins.js";
import { parseOptions } from "../../train/parse-options.js";
import { findTrainer } from "../../train/registry.js";
import { command, type Command } from "../command.js";
import { findingsText } from "../findings-text.js";
import { list, number, parsed, repeated, text, wholeNumber, type Flags, type Values } from "../flags.js";
import { shellWord } from "../format.js";
import { runStudyCommand } from "../study-flags.js";
import { studyInputFlags } from "../study-inputs.js";
import { givenInputs } from "../study-inputs-file.js";
import { typedOptions } from "../trainer-flags.js";

const own = { group: "This study" };
const data = "examples/cad-sentiment/orig-train.tsv.gz";
const tests =
  "--test id=examples/cad-sentiment/orig-test.tsv --test ood:new=examples/cad-sentiment/new-test.tsv";

const fraction = number(
  "<share>",
  "of the examples that are selected (default: 0.33)",
  { min: 0, max: 1, above: true },
  own,
);

function shares(help: string, least: "above 0" | "from 0"): ReturnType<typeof parsed<readonly number[]>> {
  return parsed(
    "<shares>",
    help,
    (given, name) => given.split(",").map((part) => share(part.trim(), name, least)),
    own,
  );
}

function share(given: string, name: string, least: "above 0" | "from 0"): number {
  const value = given === "" ? NaN : Number(given);
  if (value <= 1 && (least === "above 0" ? value > 0 : value >= 0)) return value;
  throw new UserError({
    subject: name,
    problem: `not a share ${least} to 1`,
    value: given,
    remedy: "write 0.5,0.33,0.1",
  });
}

const regionsCommand = builtIn(regions, { fraction }, ({ fraction: part }) => ({ fraction: part }), [
  [
    `alidade study regions ${data} ${tests} --seeds 5 -o studies/regions`,
    "the paper's table on bundled film reviews",
  ],
]);

const sweepFlags = { fractions: shares("sizes (default: 0.5,0.33,0.25,0.17,0.1,0.05,0.01)", "above 0") };
const sweepCommand = builtIn(sweep, sweepFlags, ({ fractions }) => ({ fractions }), [
  [
    `alidade study sweep ${data} ${tests} --fractions 0.5,0.1 --seeds 2 -o studies/sweep`,
    "two sizes, two replicates",
  ],
]);

const mixFlags = {
  fractions: shares("sizes that are looked at for a collapse (default: the sweep's)", "above 0"),
  into: number(
    "<share>",
    "mix into this set, without looking for a collapse first",
    { min: 0, max: 1, above: true },
    own,
  ),
  shares: shares("shares that are replaced (default: 0,0.1,0.2,0.3,0.4,0.5)", "from 0"),
};
const mixCommand = builtIn(
  mix,
  mixFlags,
  ({ fractions, into, shares: replaced }) => ({ fractions, into, shares: replaced }),
  [
    [
      `alidade study mix ${data} ${tests} --into 0.17 --shares 0,0.1 --seeds 2 -o studies/mix`,
      "a tenth of easy, and its controls",
    ],
  ],
);

const stabilityCommand = builtIn(stability, { fraction }, ({ fraction: part }) => ({ fraction: part }), [
  [
    `alidade study stability ${data} --seeds 3 -o studies/stability`,
    "how alike three maps are; needs no test set",
  ],
]);

const transferFlags = {
  fraction,
  with: repeated(
    parsed(
      "<name[=trainer:option=value,...]>",
      "a model that trains and whose map selects, as in words=ngram:characters=0 (default: the trainer, and n-grams of words only)",
      parseModel,
      own,
    ),
  ),
  firstEpochs: wholeNumber("<k>", "epochs of the short map (default: 2)", { min: 1 }, own),
  by: list("<strategies>", "how is selected (default: ambiguous,hard)", own),
};
const transferCommand = builtIn(
  transfer,
  transferFlags,
  ({ fraction: part, with: models, firstEpochs, by }) => {
    for (const name of by ?? []) findStrategy(name);
    const names = (models ?? []).map(({ name }) => name);
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    if (twice !== undefined)
      throw new UserError({ subject: "--with", problem: "two models of one name", value: twice });
    return { fraction: part, models, firstEpochs, by };
  },
  [
    [
      `alidade study transfer ${data} ${tests} --by ambiguous --seeds 2 -o studies/transfer`,
      "maps of n-grams of words select for the default model, and the other way round",
    ],
  ],
);

const searchFlags = {
  fractions: shares("sizes (default: 0.33,0.1)", "above 0"),
  suspects: number(
    "<share>",
    "of lowest margin, left out in half of the mixtures; 0: in none (default: 0.05)",
    { min: 0, max: 0.9 },
    own,
  ),
  criterion: text(
    "<name>",
    "choose by accuracy on this id test set, or by leave-out:NAME on all ood test sets but one (default: the first id test set)",
    own,
  ),
  locked: list("<names>", "test sets that are scored once, at the end", own),
  finalists: wholeNumber("<n>", "mixtures that meet random with fresh seeds (default: 3)", { min: 1 }, own),
};
const searchCommand = builtIn(
  search,
  searchFlags,
  ({ fractions, suspects, criterion, locked, finalists }) => ({
    fractions,
    suspects,
    criterion,
    locked,
    finalists,
  }),
  [
    [
      `alidade study search ${data} --test id:dev=examples/cad-sentiment/orig-dev.tsv ${tests} --locked id --fractions 0.33 --seeds 2 -o studies/search`,
      "chooses on dev, scores the test set once",
    ],
  ],
);

export const builtInStudyCommands: readonly Command[] = [
  regionsCommand,
  sweepCommand,
  mixCommand,
  stabilityCommand,
  transferCommand,
  searchCommand,
];

function builtIn<F extends Flags, Options>(
  study: BuiltInStudy<Options>,
  flags: F,
  options: (values: Values<F>) => Options,
  examples: Command["examples"],
): Command {
  const all = { ...flags, ...studyInputFlags };
  return command({
    name: `study ${study.name}`,
    summary: study.summary,
    arguments: "[train|file.yaml...]",
    flags: all,
    examples,
    async run(files, values, context) {
      const given = options(values);
      const inputs = await givenInputs(study.name, files, values, study.needsTests);
      checkTrainer(inputs.trainer);
      const made = study.study(inputs, given);
      const again = ["alidade", ...process.argv.slice(2)].map(shellWord).join(" ");
      const shared = values as unknown as Values<typeof studyInputFlags>;
      await runStudyCommand(
        made,
        shared,
        join("studies", study.name),
        again,
        context,
        async ({ folder, results }) => {
          if (study.findings === undefined) return {};
          const findings = await study.findings({ folder, spec: made.spec, results }, given);
          await writeFindings(folder, findings);
          if (!context.json) context.print(`\n${findingsText(folder, findings, context.width)}`);
          return { findings };
        },
      );
    },
  });
}

/** What is wrong with a trainer's options shows before any file is read. */
function checkTrainer(
  spec: {
    readonly name?: string | undefined;
    readonly options?: Readonly<Record<string, unknown>> | undefined;
  } = {},
): void {
  if (spec.name !== undefined) parseOptions(findTrainer(spec.name), spec.options);
}

/** `words=ngram:characters=0,epochs=4`, or a trainer's name alone. */
function parseModel(given: string, flag: string): NamedTrainer {
  const [, name = "", rest = name] = /^([^=:,]+)(?:=(.+))?$/s.exec(given.trim()) ?? [];
  const [trainerName = "", ...more] = rest.split(":");
  const pairs = more
    .join(":")
    .split(",")
    .filter((part) => part !== "");
  const options = pairs.map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const;
  });
  if (name === "" || trainerName === "" || options.some(([option]) => option === "")) {
    throw new UserError({
      subject: flag,
      problem: "not a name and a trainer with its options",
      value: given,
      remedy: "write words=ngram:characters=0,words=1-1",
    });
  }
  const trainer = findTrainer(trainerName, flag);
  const typed = typedOptions(trainer, Object.fromEntries(options));
  const epochs = typed["epochs"];
  const whole = typeof epochs === "string" ? { ...typed, epochs: Number(epochs) } : typed;
  parseOptions(trainer, whole);
  return {
    name: name.trim(),
    trainer: { name: trainerName, ...(options.length > 0 ? { options: whole } : {}) },
  };
}
