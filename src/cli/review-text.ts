/** A review as the terminal shows it. */

import type {
  PairAgreement,
  ReviewSummary,
  Share,
  StratumSummary,
} from "../diagnose/review/review-summary.js";
import { keyHelp, matchingLabels, type ReviewState } from "../diagnose/review/session.js";
import { count, counted, decimal, oneLine, percent, shellWord, wrapped } from "./format.js";

const shownLabels = 9;

/** One example and what can be said of it; nothing about why it is asked. */
export function screen(
  state: ReviewState,
  contents: { readonly text: string; readonly other: string | null } | null,
  width: number,
): string {
  if (contents === null || state.mode === "done") return "nothing is left to review";
  const { id, label } = state.items[state.at]!;
  const lines = ["", `${state.at + 1} of ${state.items.length}  ${oneLine(id, width - 20)}`, ""];
  lines.push(
    ...wrapped(contents.text.replace(/\s+/g, " ").trim(), width - 4).map(
      (line) => `    ${oneLine(line, width - 4)}`,
    ),
    "",
  );
  const other = contents.other === null ? "" : `   else likeliest: ${contents.other}`;
  lines.push(`  label: ${label}${other}`);
  if (state.message !== "") lines.push(`  ${oneLine(state.message, width - 2)}`);
  if (state.mode === "label") lines.push(`  new label, by number or name, then Enter: ${labelList(state)}`);
  else if (state.mode === "note") lines.push(`  note, then Enter: ${state.typed}`);
  else lines.push(`  ${keyHelp}${state.note === "" ? "" : `   note: ${oneLine(state.note, 30)}`}`);
  return lines.join("\n");
}

function labelList(state: ReviewState): string {
  const matching = state.typed === "" ? state.labelNames : matchingLabels(state);
  const shown = matching.slice(0, shownLabels).map((name) => `${state.labelNames.indexOf(name) + 1} ${name}`);
  return shown.join("  ") + (matching.length > shownLabels ? "  ..." : "");
}

export function summaryLines(folder: string, summary: ReviewSummary): string {
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
  lines.push("", "Next", `  alidade clean ${shellWord(folder)} -o clean.csv`);
  return lines.join("\n");
}

function stratum(name: string, { wrong, ambiguous, wrongOrAmbiguous }: StratumSummary): string[] {
  return [
    `  ${name}: wrong ${share(wrong)}, ambiguous ${share(ambiguous)}`,
    `  ${" ".repeat(name.length)}  wrong or ambiguous ${share(wrongOrAmbiguous)}`,
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
