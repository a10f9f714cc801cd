/** A review as the terminal shows it. */

import type {
  PairAgreement,
  ReviewSummary,
  Share,
  StratumSummary,
} from "../diagnose/review/review-summary.js";
import { keyHelp, matchingLabels, type ReviewState } from "../diagnose/review/session.js";
import type { Verdict } from "../diagnose/review/verdicts.js";
import { cells, count, counted, decimal, oneLine, percent, shellWord, wrapped } from "./format.js";

const shownLabels = 9;

/** One example and what can be said of it; nothing about why it is asked. */
export function screen(
  state: ReviewState,
  contents: { readonly text: string; readonly other: string | null } | null,
  width: number,
): string {
  if (contents === null || state.mode === "done") return "nothing is left to review";
  const { id, label } = state.items[state.at]!;
  const text = wrapped(contents.text.replace(/\s+/g, " ").trim(), width - 4);
  const said = [`label: ${label}`, ...(contents.other === null ? [] : [`else likeliest: ${contents.other}`])];
  return [
    "",
    `${state.at + 1} of ${state.items.length}  ${oneLine(id, width - 20)}`,
    "",
    ...text.map((line) => `    ${oneLine(line, width - 4)}`),
    "",
    ...entries(said, "   ", width),
    prompt(state, width),
  ].join("\n");
}

/** What can be pressed now, below an example that stands there already. */
export function prompt(state: ReviewState, width: number): string {
  const message = state.message === "" ? [] : [`  ${oneLine(state.message, width - 2)}`];
  if (state.mode === "label") {
    const names = state.labelNames.slice(0, shownLabels).map((name, i) => `${i + 1} ${name}`);
    const more = state.labelNames.length - names.length;
    const all = more > 0 ? [...names, `... and ${count(more)} more`] : names;
    return [
      ...message,
      "  new label, by number or name, then Enter (Escape: none):",
      ...entries(all, "  ", width),
    ].join("\n");
  }
  if (state.mode === "note") return [...message, "  note, then Enter (Escape: none):"].join("\n");
  const note = state.note === "" ? [] : [`  note: ${oneLine(state.note, width - 8)}`];
  return [...message, ...note, ...entries(keyHelp.split("  "), "  ", width)].join("\n");
}

/** What is being typed, on one line, and the labels that it may mean. */
export function typing(state: ReviewState, width: number): string {
  if (state.mode !== "label" || state.typed === "") return oneLine(state.typed, width);
  const matching = matchingLabels(state);
  return oneLine(`${state.typed}   ${matching.length === 0 ? "no such label" : matching.join("  ")}`, width);
}

/** What a key did, where it was a verdict. */
export function recorded(
  { id, verdict, label }: Pick<Verdict, "id" | "verdict" | "label">,
  width: number,
): string {
  const said = {
    keep: "kept",
    drop: "dropped",
    unsure: "ambiguous",
    relabel: "relabelled",
    retract: "taken back",
  };
  return `  ${oneLine(`${id}: ${said[verdict]}${label === undefined ? "" : ` ${label}`}`, width - 2)}`;
}

/** Entries one after another, none of them broken. */
function entries(all: readonly string[], between: string, width: number): string[] {
  const lines: string[] = [];
  for (const entry of all) {
    const last = lines.at(-1);
    if (last !== undefined && cells(last) + between.length + cells(entry) <= width)
      lines[lines.length - 1] = `${last}${between}${entry}`;
    else lines.push(`  ${oneLine(entry, width - 2)}`);
  }
  return lines;
}

export function summaryLines(folder: string, summary: ReviewSummary, width: number): string {
  const { suspects, others, dataset, reviewers, agreement } = summary;
  const lines = [
    "",
    `${counted(suspects.reviewed, "suspects")} of ${count(suspects.queued)} and ${counted(others.reviewed, "others")} of ${count(others.queued)} reviewed by ${reviewers.map(({ name, reviewed }) => `${name} (${count(reviewed)})`).join(", ") || "nobody"}`,
  ];
  if (suspects.reviewed > 0) lines.push(...stratum("suspects", suspects));
  if (others.reviewed > 0) lines.push(...stratum("others, drawn at random", others));
  lines.push(
    dataset === null
      ? "  errors of the whole dataset: known when all suspects and some of the others are reviewed"
      : `  errors of the whole dataset: ${percent(dataset.rate)} (${range(dataset.interval)})`,
  );
  lines.push(...agreement.map(pair));
  // A line that is too long goes on below, further in.
  const fitted = lines.flatMap((line) => {
    const indent = /^ */.exec(line)![0];
    // A number and its sign are not parted.
    return wrapped(line.trim().replaceAll(" %", "\u00a0%"), width - indent.length - 4).map((part, i) =>
      `${indent}${i === 0 ? "" : "    "}${part.replaceAll("\u00a0%", " %")}`.trimEnd(),
    );
  });
  return [...fitted, "", "Next", `  alidade clean ${shellWord(folder)} -o clean.csv`].join("\n");
}

function stratum(name: string, { wrong, ambiguous, wrongOrAmbiguous }: StratumSummary): string[] {
  return [
    `  ${name}: wrong ${share(wrong)}, ambiguous ${share(ambiguous)}`,
    `    wrong or ambiguous ${share(wrongOrAmbiguous)}`,
  ];
}

function share({ count: n, of, share: value, interval }: Share): string {
  return `${count(n)} of ${count(of)}: ${percent(value)} (${range(interval)})`;
}

function range({ low, high }: { readonly low: number; readonly high: number }): string {
  return `95 %: ${percent(low)} to ${percent(high)}`;
}

function pair({ reviewers: [a, b], shared, kappa, disagreements }: PairAgreement): string {
  const ids = disagreements.slice(0, 5).join(", ") + (disagreements.length > 5 ? ", ..." : "");
  const differ =
    disagreements.length === 0 ? "agree on all" : `differ on ${count(disagreements.length)}: ${ids}`;
  return `  ${a} and ${b}: ${counted(shared, "examples")} in common, kappa ${kappa === null ? "not defined" : decimal(kappa, 2)}, ${shared === 0 ? "" : differ}`;
}
