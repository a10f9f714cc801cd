/** `alidade duplicates`: which examples of a labelled file are the same, alike, or one inside the other, and what test sets share with it. */

import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import type { Effects } from "../../core/effects.js";
import { UserError } from "../../core/errors.js";
import type { Dataset } from "../../dataset/dataset.js";
import { readDataset } from "../../dataset/read-dataset.js";
import type { ReadOptions } from "../../dataset/read-options.js";
import { keepInput } from "../../diagnose/changed-file.js";
import { cleanDataset } from "../../diagnose/clean/clean-dataset.js";
import { inspectDuplicates } from "../../diagnose/duplicates/inspect-duplicates.js";
import { dropKinds, planDeduplication, type DropKind } from "../../diagnose/duplicates/plan-deduplication.js";
import { writeDuplicates, writeGroups } from "../../diagnose/duplicates/write-duplicates.js";
import { subsetFormat } from "../../select/subset-format.js";
import { command, type Context } from "../command.js";
import { datasetFlags, readOptions } from "../dataset-flags.js";
import { duplicatesText } from "../duplicates-text.js";
import { flagName, list, number, repeated, text, wholeNumber, type Flag, type Values } from "../flags.js";
import { Interrupted } from "../interrupted.js";
import { shellWord } from "../format.js";

const { group: _group, votes: _votes, voteLabels: _voteLabels, ...columnFlags } = datasetFlags;

const flags = {
  out: text(
    "<file>",
    "a line for each example that has a duplicate, with its closest: .csv, .tsv, .jsonl, .parquet, ...",
    { short: "o" },
  ),
  against: repeated(text("<file>", "a test set, looked up in the training file; may be given several times")),
  similarity: number(
    "<share>",
    "how much of their shingles near duplicates have in common (Jaccard; default: 0.8)",
    { min: 0.5, max: 1 },
  ),
  shingle: wholeNumber("<n>", "how many characters make a shingle (default: 5)", { min: 1, max: 100 }),
  shingleWords: wholeNumber("<n>", "how many words make one, instead of characters", { min: 1, max: 100 }),
  words: wholeNumber(
    "<n>",
    "how many words a text has at least that counts where it stands inside others (default: 4)",
    {
      min: 1,
      max: 1000,
    },
  ),
  limit: wholeNumber("<n>", "how many conflicts and groups to list (default: 5)", { min: 0, max: 10_000 }),
  grouped: text("<file>", "write the training file with a column duplicate_group"),
  clean: text("<file>", "write the training file without what --drop names, and a log of what went"),
  drop: list(
    "<kinds>",
    "with --clean: leaks,exact,near,inside,conflicts (default: exact,near; leaks with --against)",
  ),
  ...columnFlags,
};

export const duplicatesCommand = command({
  name: "duplicates",
  summary: "find exact and near duplicates, conflicting labels among them, and what test sets share",
  arguments: "<files...>",
  flags,
  names: {
    title: "What --drop takes",
    entries: [
      ["leaks", "training examples that are the same as, alike, inside or around one of a test set"],
      ["exact", "all but one of each text (of the commonest label the first stays)"],
      ["near", "all but one of each set of near duplicates"],
      ["inside", "all that stand inside another example"],
      ["conflicts", "all with an exact or near duplicate of another label"],
    ],
  },
  examples: [
    ["alidade duplicates train.csv --against test.csv", "what repeats, what contradicts itself, what leaks"],
    [
      "alidade duplicates train.csv --against test.csv --clean clean.csv --drop leaks,exact",
      "a training file that shares nothing with the test set",
    ],
    ["alidade duplicates train.csv -o duplicates.csv --grouped grouped.csv", "the same as tables"],
  ],
  async run(files, values, context) {
    const { out, against = [], grouped, clean, limit, similarity, words } = values;
    const drop = dropped(values);
    const outputs = [out, grouped, clean].filter((path) => path !== undefined);
    checkOutputs(outputs);
    const dataset = await readDataset(files, reading(values, context.effects));
    const tests: Dataset[] = [];
    try {
      if (dataset.input.kind === "features") throw noTexts(dataset);
      for (const path of outputs) await keepInput(path, dataset);
      for (const path of against) tests.push(await readTest(path, dataset, values, context));
      for (const path of outputs) for (const test of tests) await keepInput(path, test);
      const inspected = await inspectDuplicates(dataset, {
        ...{ against: tests, limit, similarity, words, signal: context.signal },
        shingles: shinglesOf(values),
      }).catch((error: unknown) => {
        if (context.signal.aborted) throw new Interrupted("stopped: nothing was written");
        throw error;
      });
      const changes = clean === undefined ? null : planDeduplication(inspected, drop);
      if (changes?.length === dataset.size) {
        throw new UserError({
          subject: "--clean",
          problem: "nothing would be left",
          value: drop.join(","),
          remedy: "drop fewer kinds",
        });
      }
      if (grouped !== undefined) await writeGroups(inspected, grouped);
      const log =
        changes === null || clean === undefined
          ? null
          : await cleanDataset(dataset, { changes, disputed: [] }, clean);
      if (out !== undefined) await writeDuplicates(inspected, out);
      const written = { duplicates: out ?? null, grouped: grouped ?? null, clean: clean ?? null, log };
      const cleaned =
        changes === null ? null : { drop, dropped: changes.length, left: dataset.size - changes.length };
      if (context.json)
        return context.print(JSON.stringify({ ...inspected.report, cleaned, written }, null, 2));
      context.print(
        duplicatesText(inspected.report, {
          ...{ cleaned, written, width: context.width, files, against },
          reading: readingWords(values),
        }),
      );
    } finally {
      dataset.close();
      for (const test of tests) test.close();
    }
  },
});

type Given = Values<typeof flags>;

function reading(values: Given, effects: Effects): ReadOptions {
  return readOptions({ ...values, group: undefined, votes: undefined, voteLabels: undefined }, effects);
}

/** The options that read the file as it was read here, as words of a shell command. */
function readingWords(values: Given): string[] {
  return Object.entries(columnFlags).flatMap(([key, flag]: [string, Flag<unknown>]) => {
    const value = values[key as keyof typeof columnFlags];
    if (value === undefined) return [];
    return flag.value === null ? [flagName(key)] : [flagName(key), shellWord([value].flat().join(","))];
  });
}

function dropped({ clean, drop, against }: Given): readonly DropKind[] {
  if (drop === undefined) return against === undefined ? ["exact", "near"] : ["leaks", "exact", "near"];
  if (clean === undefined)
    throw new UserError({
      subject: "--drop",
      problem: "goes with --clean",
      remedy: "write --clean clean.csv",
    });
  const unknown = drop.find((kind) => !(dropKinds as readonly string[]).includes(kind));
  if (unknown !== undefined) {
    throw new UserError({
      subject: "--drop",
      problem: "unknown kind",
      value: unknown,
      remedy: `it takes ${dropKinds.join(", ")}`,
    });
  }
  if (drop.includes("leaks") && against === undefined)
    throw new UserError({
      subject: "--drop",
      problem: "leaks are into a test set, and none is named",
      remedy: "give --against test.csv",
    });
  return drop as readonly DropKind[];
}

/** Before the work: a format that is none, a folder that is not there. */
function checkOutputs(paths: readonly string[]): void {
  for (const path of paths) {
    subsetFormat(path, false);
    if (existsSync(dirname(path))) continue;
    throw new UserError({
      subject: path,
      problem: "its folder does not exist",
      value: dirname(path),
      remedy: "make it first",
    });
  }
  const twice = paths.find((path, at) => paths.indexOf(path) !== at);
  if (twice !== undefined)
    throw new UserError({ subject: twice, problem: "is to be written twice", remedy: "give another name" });
}

function shinglesOf({
  shingle,
  shingleWords,
}: Given): { of: "characters" | "words"; size: number } | undefined {
  if (shingle !== undefined && shingleWords !== undefined) {
    throw new UserError({
      subject: "--shingle-words",
      problem: "cannot be given beside --shingle",
      remedy: "give one of them",
    });
  }
  if (shingleWords !== undefined) return { of: "words", size: shingleWords };
  return shingle === undefined ? undefined : { of: "characters", size: shingle };
}

function noTexts({ name }: Dataset): UserError {
  return new UserError({
    subject: name,
    problem: "duplicates are found among texts, and its examples are features",
    remedy: "name the text with --text",
  });
}

/** Columns are looked for by the training set's names; how a file is read holds for all of them, which rows does not. */
async function readTest(
  path: string,
  dataset: Dataset,
  values: Given,
  { effects }: Context,
): Promise<Dataset> {
  const target = await realpath(path).catch(() => path);
  for (const source of dataset.sources) {
    if ((await realpath(source.path).catch(() => source.path)) !== target) continue;
    throw new UserError({
      subject: "--against",
      problem: "is the training file itself",
      value: path,
      remedy: "name a test set; duplicates within the file are found without it",
    });
  }
  const { labels: _labels, where: _where, format: _format, ...same }: ReadOptions = reading(values, effects);
  return await readDataset(path, { ...same, rolesFrom: dataset.roles });
}
