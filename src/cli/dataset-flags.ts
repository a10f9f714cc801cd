/** The options that say how a labelled file is read: the same on every command that reads one. */

import { parseDelimiter } from "../dataset/delimited.js";
import { encodings, fileFormats, type ReadOptions } from "../dataset/read-options.js";
import { presetNames } from "../dataset/presets.js";
import type { Effects } from "../core/effects.js";
import { list, oneOf, parsed, text, toggle, type Values } from "./flags.js";

const columns = { group: "Columns (found by name and content where not given)" };
const reading = { group: "Reading" };

export const datasetFlags = {
  text: text("<column>", "the text; a dotted path reaches into nested fields", columns),
  textPair: text("<column>", "the second text of a pair", columns),
  choices: list("<columns>", "multiple choice: the choices' columns, or one that holds lists", columns),
  features: list(
    "<columns>",
    "numeric and categorical columns instead of text; * matches, as in 'pixel*'",
    columns,
  ),
  label: text("<column>", "the gold label", columns),
  id: text("<column>", "the examples' ids (default: the row number)", columns),
  group: text("<column>", "examples that belong together, kept in one fold; auto: near duplicates", columns),
  votes: list("<columns>", "annotators' labels or counts", columns),
  labels: list("<names>", "label names and their order (default: sorted)", columns),
  voteLabels: list("<names>", "the labels that bare vote counts stand for, in their order", columns),
  choiceBase: oneOf(["0", "1"], "whether numbered choices count from 0 or 1 (default: 1)", columns),
  preset: oneOf(presetNames, "a known layout instead of columns", reading),
  where: text("<expression>", "take the rows for which this SQL expression holds", reading),
  format: oneOf(fileFormats, "the files' format (default: by name and content)", reading),
  encoding: oneOf(encodings, "of text files (default: utf-8)", reading),
  delimiter: parsed(
    "<characters>",
    "of delimited text, \\t for a tab (default: by name and content)",
    parseDelimiter,
    reading,
  ),
  noQuotes: toggle("delimited text in which double quotes mean nothing", reading),
  noHeader: toggle("delimited text without a header line; columns are column0, column1, ...", reading),
  missingLabels: oneOf(
    ["error", "drop"],
    "what to do with rows that have no label (default: error)",
    reading,
  ),
};

/** The reader's options from the command line's. */
export function readOptions(values: Values<typeof datasetFlags>, effects: Effects): ReadOptions {
  const { choiceBase, noHeader, noQuotes, ...same } = values;
  return {
    ...same,
    ...(choiceBase === undefined ? {} : { choiceBase: choiceBase === "0" ? 0 : 1 }),
    ...(noHeader === undefined ? {} : { header: false }),
    ...(noQuotes === undefined ? {} : { quotes: false }),
    effects,
  };
}
