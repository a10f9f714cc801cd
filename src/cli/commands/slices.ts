/** `alidade slices`: what is over-represented, and what under-represented, in a region or any other selection. */

import { UserError } from "../../core/errors.js";
import type { ExampleChoice } from "../../diagnose/slices/chosen-rows.js";
import { findSlices, sliceOrders } from "../../diagnose/slices/find-slices.js";
import { sliceKinds, sliceMeanings, type SliceKind } from "../../diagnose/slices/slice-kinds.js";
import { writeSlices } from "../../diagnose/slices/write-slices.js";
import { regionNames } from "../../map/map.js";
import { subsetFormat } from "../../select/subset-format.js";
import { command } from "../command.js";
import { list, number, oneOf, parsed, text, toggle, wholeNumber } from "../flags.js";
import { slicesText } from "../slices-text.js";

const of = { group: "Which examples" };
const how = { group: "What is counted" };

const flags = {
  region: oneOf(regionNames, "the examples of a region", of),
  ids: text("<file>", "those whose ids a file holds: a subset, suspects, or one id a line in a .txt", of),
  correctEpochs: parsed(
    "<n|from..to>",
    "those that were correct in so many epochs: 0, or 0..2",
    parseEpochs,
    of,
  ),
  against: text("<region|file>", "what they are compared with (default: all others)", of),
  withinLabels: toggle("compare within each label: nothing is listed only because its label is", of),
  kinds: list("<names>", `which of ${sliceKinds.join(", ")} (default: all)`, how),
  ngrams: parsed("<from-to>", "lengths of n-grams in words, within 1-5 (default: 1-3)", parseLengths, how),
  columns: list("<names>", "columns of the source (default: all that are not text, label, id or votes)", how),
  bins: wholeNumber("<n>", "quantiles of lengths and numbers (default: 5)", { min: 2, max: 100 }, how),
  clusters: wholeNumber(
    "<n>",
    "clusters of the contents (default: 20; of more than 200,000 examples none)",
    { min: 2, max: 1000 },
    how,
  ),
  minSupport: wholeNumber(
    "<n>",
    "fewer examples are no slice (default: 10, or a ten-thousandth of all if that is more)",
    { min: 1 },
    how,
  ),
  fdr: number("<share>", "expected share of chance finds among those listed (default: 0.05)", {
    min: 0,
    max: 1,
    above: true,
  }),
  sort: oneOf(
    sliceOrders,
    "what comes first: the surest ratio, the largest difference of shares, the smallest p (default: ratio)",
  ),
  limit: wholeNumber("<n>", "how many of each kind are shown; -o has all (default: 10)", { min: 1 }),
  out: text("<file>", "all that were found: .csv, .tsv, .jsonl, .json, .parquet or .arrow", { short: "o" }),
  seed: wholeNumber("<n>", "of the clusters (default: 0)", { min: 0, max: 0xffff_ffff }),
  threads: wholeNumber("<n>", "threads; the result does not depend on it (default: all cores)", { min: 1 }),
};

export const slicesCommand = command({
  name: "slices",
  summary: "find what is over-represented in a region: words, labels, confusions, lengths, columns, clusters",
  arguments: "<run>",
  flags,
  names: { title: "Kinds", entries: sliceKinds.map((kind) => [kind, sliceMeanings[kind]] as const) },
  examples: [
    ["alidade slices runs/banking77 --region hard-to-learn", "against all other examples"],
    [
      "alidade slices runs/banking77 --region hard-to-learn --against easy-to-learn --within-labels -o slices.csv",
      "which words are hard within their label",
    ],
    [
      "alidade slices runs/banking77 --correct-epochs 0..1 --kinds label,confusion",
      "which labels, and for what they are taken",
    ],
    [
      "alidade suspects runs/banking77 -o suspects.csv && alidade slices runs/banking77 --ids suspects.csv",
      "of a file's examples",
    ],
  ],
  async run([folder = ""], values, context) {
    const { out, against, withinLabels, columns, bins, clusters, minSupport, seed, threads } = values;
    if (out !== undefined) subsetFormat(out, false);
    const found = await findSlices(folder, {
      of: chosen(values),
      against: against === undefined ? undefined : regionOrFile(against),
      ...{ withinLabels, columns, bins, clusters, minSupport, seed, threads, signal: context.signal },
      kinds: values.kinds?.map(checkKind),
      lengths: values.ngrams,
      falseDiscoveryRate: values.fdr,
      sort: values.sort,
    });
    if (out !== undefined) await writeSlices(found, out);
    if (context.json) return context.print(JSON.stringify({ ...found, written: out ?? null }, null, 2));
    context.print(slicesText(found, { limit: values.limit ?? 10, width: context.width, out }));
  },
});

function chosen({
  region,
  ids,
  correctEpochs,
}: {
  readonly region?: (typeof regionNames)[number] | undefined;
  readonly ids?: string | undefined;
  readonly correctEpochs?: { readonly from: number; readonly to: number } | undefined;
}): ExampleChoice {
  const given: ExampleChoice[] = [
    ...(region === undefined ? [] : [{ region }]),
    ...(ids === undefined ? [] : [{ ids }]),
    ...(correctEpochs === undefined ? [] : [{ correctEpochs }]),
  ];
  if (given.length === 1) return given[0]!;
  throw new UserError({
    subject: "alidade slices",
    problem:
      given.length === 0 ? "does not know which examples" : "asks about one choice of examples at a time",
    remedy: "give one of --region hard-to-learn, --ids subset.csv, --correct-epochs 0",
  });
}

function regionOrFile(given: string): ExampleChoice {
  const region = regionNames.find((name) => name === given);
  return region === undefined ? { ids: given } : { region };
}

function checkKind(given: string): SliceKind {
  return oneOf(sliceKinds, "").parse(given, "--kinds");
}

function parseEpochs(given: string, name: string): { from: number; to: number } {
  const [, from = "", to = from] = /^(\d+)(?:\.\.(\d+))?$/.exec(given) ?? [];
  if (from !== "" && Number(from) <= Number(to)) return { from: Number(from), to: Number(to) };
  throw new UserError({
    subject: name,
    problem: "not a number of epochs",
    value: given,
    remedy: "give 0, or 0..2",
  });
}

function parseLengths(given: string, name: string): readonly [number, number] {
  const [, from = "", to = from] = /^([1-5])(?:-([1-5]))?$/.exec(given) ?? [];
  if (from !== "" && Number(from) <= Number(to)) return [Number(from), Number(to)];
  throw new UserError({
    subject: name,
    problem: "not a range within 1-5",
    value: given,
    remedy: "give 1-3, say",
  });
}
