/** What a selection took, for a person at a terminal. */

import colours from "picocolors";
import type { LabelCount, Selection, Tie } from "../select/selection.js";
import { bar, count, oneLine, percent, table } from "./format.js";
import { nextText, type NextStep } from "./next-steps.js";

const mostLabels = 12;

export interface Written {
  readonly subset: string;
  readonly recipe: string;
}

/** @param next commands to go on with, each with what it does */
export function selectionText(
  folder: string,
  { rows, recipe, notes }: Selection,
  written: Written | null,
  next: readonly NextStep[],
  width: number,
): string {
  const share = percent(rows.length / notes.size);
  const manner = [
    recipe.reverse ? "in reverse" : "",
    recipe.within === undefined ? "" : `within ${recipe.within.join(" and ")}`,
    recipe.balance === undefined ? "" : "labels balanced",
    recipe.bothEnds === undefined
      ? ""
      : `${percent(recipe.bothEnds, 0)} from the beginning, the rest from the end`,
    recipe.diverse === undefined ? "" : `spread over ${recipe.diverse} clusters`,
    `seed ${recipe.seed ?? 0}`,
  ].filter((part) => part !== "");
  const sections = [
    `${colours.bold(`${count(rows.length)} of ${count(notes.size)} examples by ${recipe.by}`)}  ${colours.dim(`${share} · ${manner.join(" · ")}`)}`,
    [...remarks(folder, notes, recipe.fraction), ...ties(notes.ties)].map((line) => `  ${line}`).join("\n"),
    labels(notes.labels, notes.size, rows.length),
    written === null
      ? "nothing written: -o subset.csv writes it"
      : `wrote ${written.subset}\nrecipe ${written.recipe}`,
    next.length === 0 ? "" : nextText(next, width),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

function remarks(folder: string, notes: Selection["notes"], fraction: number | undefined): string[] {
  const taken = notes.parts.reduce((sum, part) => sum + part.count, 0);
  return [
    notes.parts.length > 1
      ? `parts: ${notes.parts.map((part) => `${part.by} ${count(part.count)}`).join(", ")}`
      : "",
    taken < notes.asked
      ? `${count(notes.asked)} were asked for: with as many of each label it is ${count(taken)}`
      : "",
    notes.candidates < notes.size ? `of ${count(notes.candidates)} candidates` : "",
    notes.excluded > 0 ? `${count(notes.excluded)} excluded` : "",
    notes.unknownIds > 0
      ? `${notes.unknownIds === 1 ? "1 id to exclude is" : `${count(notes.unknownIds)} ids to exclude are`} of no example of ${folder}`
      : "",
    notes.unranked > 0 ? `${count(notes.unranked)} cannot be ordered, their value is null` : "",
    notes.shortfalls.length > 0
      ? `labels with too few examples: ${some(notes.shortfalls.map(({ label, wanted, taken: got }) => `${oneLine(label, 30)} ${got} of ${wanted}`))}` +
        (fraction === undefined && notes.asked === taken ? "" : "; the others share what they lack")
      : "",
  ].filter((line) => line !== "");
}

function ties(all: readonly Tie[]): string[] {
  const shown = all.slice(0, 3).map(({ by, coordinate, value, label, sharing, taken }) => {
    const what = coordinate ?? `the ${by} score`;
    const within = label === null ? "" : ` in ${oneLine(label, 30)}`;
    return `the cut falls in a tie${within}: ${count(sharing)} have ${what} ${Number(value.toPrecision(6))}, ${count(taken)} of them taken by the seed`;
  });
  return all.length > shown.length
    ? [...shown, `and ${count(all.length - shown.length)} more such ties`]
    : shown;
}

function labels(all: readonly LabelCount[], size: number, n: number): string {
  if (all.length === 0) return "";
  const changed = [...all].sort((a, b) => shift(b) - shift(a) || b.all - a.all);
  function shift(one: LabelCount): number {
    return all.length <= mostLabels ? 0 : Math.abs(one.taken / n - one.all / size);
  }
  const shown = changed.slice(0, mostLabels);
  const title =
    all.length <= mostLabels
      ? "Labels"
      : `Labels: the ${mostLabels} of ${count(all.length)} whose share changed most`;
  const most = Math.max(...shown.map((one) => one.taken), 1);
  const rows = shown.map((one) => [
    oneLine(one.label, 40),
    count(one.all),
    percent(one.all / size),
    count(one.taken),
    percent(one.taken / n),
    bar(one.taken / most, 12),
  ]);
  const right = ["all", "", "taken", ""].map((heading) => ({ title: heading, align: "right" as const }));
  return `${colours.bold(title)}\n${table([{ title: "" }, ...right, { title: "" }], rows)}`;
}

function some(items: readonly string[]): string {
  return items.length <= 5
    ? items.join(", ")
    : `${items.slice(0, 5).join(", ")} and ${count(items.length - 5)} more`;
}
