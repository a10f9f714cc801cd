/**
 * A test set may name its labels otherwise, or have fewer: `neutral=non-entailment,contradiction=non-entailment` turns
 * three labels of the model into two of the test set. Probabilities of labels that become one are summed.
 */

import { nearest, UserError } from "../core/errors.js";
import type { Dataset } from "../dataset/dataset.js";

/** The test label's name for each of the model's labels that has another one there. */
export type LabelMapping = Readonly<Record<string, string>>;

export interface NamedMapping {
  /** The test set's name. */
  readonly test: string;
  readonly mapLabels: LabelMapping;
}

/** How a test set is scored: over the labels that the model's become. */
export interface ScoredLabels {
  /** In the order of the model's labels. */
  readonly names: readonly string[];
  /** Index in `names` of each of the model's labels. */
  readonly ofModel: Int32Array;
  /** Index in `names` of each test example's gold label. */
  readonly gold: Int32Array;
}

/**
 * Parses `ood: neutral=non-entailment,contradiction=non-entailment`, as `--map-labels` takes it. A label that holds one of
 * `\ , = :` has a backslash before it.
 *
 * @throws UserError where it is not of that form, or maps a label twice
 */
export function parseMapLabels(given: string, flag = "--map-labels"): NamedMapping {
  const wrong = (problem: string, value: string): UserError =>
    new UserError({ subject: flag, problem, value, remedy: "write ood: neutral=no,contradiction=no" });
  const [name, rest, ...further] = split(given, ":");
  const test = unescape(name ?? "");
  if (rest === undefined || further.length > 0 || test === "") {
    throw wrong("not a test set's name, a colon and a mapping", given);
  }
  const mapLabels = new Map<string, string>();
  for (const pair of split(rest, ",")) {
    const sides = split(pair, "=").map(unescape);
    const [from = "", to = ""] = sides;
    if (sides.length !== 2 || from === "" || to === "")
      throw wrong("not of the form label=label", pair.trim());
    if (mapLabels.has(from)) throw wrong("maps one label twice", from);
    mapLabels.set(from, to);
  }
  return { test, mapLabels: Object.fromEntries(mapLabels) };
}

/**
 * Finds how a test set's labels and the model's go together. For multiple choice, labels are positions: no mapping.
 *
 * @param test the test set's name, for messages
 * @throws UserError where the test set has labels that the model cannot say, or the mapping names an unknown one
 */
export function matchLabels(
  modelLabels: readonly string[],
  test: string,
  dataset: Dataset,
  mapLabels: LabelMapping,
): ScoredLabels {
  const subject = `test set ${test}`;
  if (dataset.input.kind === "choices") {
    if (Object.keys(mapLabels).length > 0) {
      throw new UserError({
        subject,
        problem: "multiple choice has no labels to map",
        remedy: "leave --map-labels out",
      });
    }
    const names = dataset.labelNames.length > modelLabels.length ? dataset.labelNames : modelLabels;
    return { names, ofModel: Int32Array.from(names, (_, index) => index), gold: dataset.gold };
  }
  checkMapping(modelLabels, subject, dataset.labelNames, mapLabels);
  const own = (label: string): string =>
    Object.hasOwn(mapLabels, label) ? (mapLabels[label] ?? label) : label;
  const names = [...new Set(modelLabels.map(own))];
  const index = new Map(names.map((name, i) => [name, i]));
  const ofTest = dataset.labelNames.map((name) => index.get(name) ?? -1);
  const used = new Set(dataset.gold);
  const unknown = dataset.labelNames.filter((_, label) => ofTest[label] === -1 && used.has(label));
  if (unknown.length > 0) {
    // What the test set does not have is what has to become something else.
    const free = names.filter((name) => !dataset.labelNames.includes(name));
    const example = (free.length > 0 ? free : names).map(
      (name, i) => `${name}=${unknown[Math.min(i, unknown.length - 1)] ?? ""}`,
    );
    throw new UserError({
      subject,
      problem: `${unknown.length === 1 ? "a label" : `${unknown.length} labels`} that the model does not know`,
      value: shown(unknown),
      remedy: `the model's are ${shown(names)}: give --map-labels '${test}: ${shown(example, ",")}'`,
    });
  }
  return {
    names,
    ofModel: Int32Array.from(modelLabels, (label) => index.get(own(label)) ?? -1),
    gold: dataset.gold.map((label) => ofTest[label] ?? -1),
  };
}

function checkMapping(
  modelLabels: readonly string[],
  subject: string,
  testLabels: readonly string[],
  mapLabels: LabelMapping,
): void {
  const complain = (problem: string, label: string, known: readonly string[]): UserError => {
    const near = nearest(label, known);
    const remedy = near === null ? `there are ${shown(known)}` : `did you mean ${JSON.stringify(near)}?`;
    return new UserError({
      subject: `--map-labels ${subject.replace("test set ", "")}`,
      problem,
      value: label,
      remedy,
    });
  };
  for (const [from, to] of Object.entries(mapLabels)) {
    if (!modelLabels.includes(from)) throw complain("not one of the model's labels", from, modelLabels);
    if (!testLabels.includes(to) && !modelLabels.includes(to)) {
      throw complain("not one of the test set's labels", to, testLabels);
    }
  }
}

function shown(labels: readonly string[], between = ", "): string {
  return labels.length > 8
    ? `${labels.slice(0, 8).join(between)}${between}... (${labels.length})`
    : labels.join(between);
}

/** Splits at a character that no backslash stands before. */
function split(text: string, at: string): string[] {
  const parts = [""];
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === "\\" && i + 1 < text.length) parts.push(parts.pop() + character + text.charAt(++i));
    else if (character === at) parts.push("");
    else parts.push(parts.pop() + character);
  }
  return parts;
}

function unescape(text: string): string {
  return text.trim().replace(/\\(.)/gsu, "$1");
}
