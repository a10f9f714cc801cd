/** `alidade select`: a part of a run's examples, as a labelled file with its recipe. */

import { UserError } from "../../core/errors.js";
import { regionNames } from "../../map/map.js";
import { openRun, type Run } from "../../run/reader.js";
import { readExcludedIds } from "../../select/excluded-ids.js";
import { recipePath, recipeRecord, writeRecipe } from "../../select/recipe-file.js";
import type { Recipe } from "../../select/recipe.js";
import { builtInStrategies, findStrategy } from "../../select/registry.js";
import type { Strategy } from "../../select/strategy.js";
import { runSource } from "../../select/run-source.js";
import { select } from "../../select/select.js";
import { subsetFormat } from "../../select/subset-format.js";
import { writeSubset } from "../../select/write-subset.js";
import { command } from "../command.js";
import { commandLine } from "../command-line.js";
import { number, oneOf, parsed, repeated, text, toggle, wholeNumber, type Values } from "../flags.js";
import { shellWord } from "../format.js";
import { roleOptions } from "../role-options.js";
import { parseMix, parseShare, parseSetting } from "../select-flags.js";
import { compatFlags, selectCompat } from "../select-compat.js";
import { selectionText } from "../selection-text.js";
import { optionLines, typedOptions } from "../trainer-flags.js";

const many = { group: "How many" };
const from = { group: "From which" };
const manner = { group: "In what manner" };
const output = { group: "Output" };

const flags = {
  by: text("<strategy>", "which examples come first: one of the strategies below"),
  fraction: parsed("<share>", "of all examples, 0.33 or 1/3: n = floor(share x N)", parseShare, many),
  count: wholeNumber("<n>", "examples, instead of a share", {}, many),
  within: repeated(oneOf(regionNames, "only examples of this region", from)),
  exclude: repeated(
    text("<file>", "leave out the ids in it: a table with a column id, or one id a line", from),
  ),
  withoutSuspects: number(
    "<share>",
    "never take this share of lowest margin, the likeliest label errors",
    { min: 0, max: 0.99 },
    from,
  ),
  balance: oneOf(["label"], "equal counts of each label", manner),
  minPerLabel: wholeNumber("<n>", "at least so many of each label, where there are so many", {}, manner),
  mix: parsed(
    "<strategy=share>",
    "replace the last of the selection: easy=0.1 puts easy examples in a tenth's place",
    parseMix,
    manner,
  ),
  bothEnds: number(
    "<share>",
    "this share from the beginning of the ranking, the rest from its end",
    {},
    manner,
  ),
  reverse: toggle("the lowest scores first", manner),
  diverse: wholeNumber("<k>", "spread the choice over so many clusters of the examples", {}, manner),
  seed: wholeNumber("<n>", "of chance and of the order among equals (default: 0)", {}, manner),
  with: repeated(parsed("<option=value>", "an option of the strategy's own", parseSetting, manner)),
  out: text(
    "<file>",
    "where to write the subset: .csv, .tsv, .jsonl, .json, .parquet or .arrow, .gz behind it for gzip",
    { short: "o", ...output },
  ),
  order: oneOf(
    ["dataset", "rank"],
    "of the rows: as in the dataset, or as they were taken (default: dataset)",
    output,
  ),
  ids: toggle("the ids alone; to standard output where there is no -o", output),
  ...compatFlags,
};

export const selectCommand = command({
  name: "select",
  summary: "take a part of a run's examples: the ambiguous third, a balanced tenth, all but the suspects",
  arguments: "<run>",
  flags,
  names: {
    title: "Strategies",
    entries: Object.values(builtInStrategies).map(
      (strategy) => [strategy.name, [strategy.meaning, ...ownOptions(strategy)].join("; ")] as const,
    ),
  },
  examples: [
    [
      "alidade select runs/banking77 --by ambiguous --fraction 0.33 -o subset.csv",
      "the most variable third, to train on",
    ],
    [
      "alidade select runs/banking77 --by ambiguous --fraction 0.17 --mix easy=0.1 --balance label -o subset.jsonl",
      "a tenth of it easy examples, as many of each label",
    ],
    ["alidade select runs/banking77 --by hard --count 100 --ids", "the ids of the hundred hardest"],
    ["alidade select runs/banking77 --compat allenai -o filtered", "the reference's sets by variability"],
  ],
  async run([folder = ""], values, context) {
    if (await selectCompat(folder, values, context)) return;
    const { out, order, ids } = values;
    if (values.by === undefined) {
      throw new UserError({
        subject: "alidade select",
        problem: "does not know which examples to take first",
        remedy: `give --by: ${Object.keys(builtInStrategies).join(", ")}`,
      });
    }
    // A mistake in the name of the output is told before anything is computed.
    if (out !== undefined) subsetFormat(out, ids === true);
    const run = await openRun(folder);
    const recipe = await readRecipe(run, values.by, values);
    const source = await runSource(folder, { signal: context.signal });
    try {
      const selection = await select(source, recipe, { signal: context.signal, effects: context.effects });
      const written = out === undefined ? null : { subset: out, recipe: recipePath(out) };
      const record = await recipeRecord(folder, selection, commandLine());
      if (written !== null) {
        await writeSubset(folder, selection.rows, written.subset, { order, ids });
        await writeRecipe(written.recipe, record);
      }
      if (context.json)
        return context.print(JSON.stringify({ ...record, written: written ?? null }, null, 2));
      if (ids && written === null) {
        const rows = order === "rank" ? selection.rows : selection.rows.slice().sort((a, b) => a - b);
        return context.print(Array.from(rows, (row) => source.ids[row]).join("\n"));
      }
      context.print(
        selectionText(folder, selection, written, nextSteps(run, out, ids === true), context.width),
      );
    } finally {
      source.close();
    }
  },
});

function ownOptions(strategy: Strategy): string[] {
  return optionLines(strategy).map(({ name, help }) => `--with ${name}=...: ${help}`);
}

async function readRecipe(run: Run, by: string, values: Values<typeof flags>): Promise<Recipe> {
  const { fraction, count, seed, reverse, bothEnds, balance, minPerLabel, within, diverse, withoutSuspects } =
    values;
  const strategy = findStrategy(by);
  const idColumn = run.manifest.dataset.roles["id"];
  const files = values.exclude ?? [];
  const excluded = await Promise.all(
    files.map((path) => readExcludedIds(path, typeof idColumn === "string" ? idColumn : undefined)),
  );
  const given = {
    by,
    options: values.with === undefined ? undefined : typedOptions(strategy, Object.fromEntries(values.with)),
    fraction,
    count,
    seed,
    reverse,
    bothEnds,
    balance,
    minPerLabel,
    within,
    diverse,
    mix: values.mix,
    withoutSuspects,
    exclude: files.length === 0 ? undefined : [...new Set(excluded.flat())],
  };
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined),
  ) as unknown as Recipe;
}

function nextSteps(run: Run, out: string | undefined, ids: boolean): [string, string][] {
  if (out === undefined || ids) return [];
  const { roles, input } = run.manifest.dataset;
  if (input === "none") return [];
  const options = roleOptions(roles);
  const name = /([^/\\]+?)\.[^/\\]*$/.exec(out)?.[1] ?? "subset";
  return [
    [
      `alidade map ${[shellWord(out), ...options].join(" ")} -o ${shellWord(`runs/${name}`)}`,
      "a map of the subset alone, trained on nothing else",
    ],
  ];
}
