/** The summary of a run for a person at a terminal: what the map says, and what to do next. */

import colours from "picocolors";
import type { RankedExample } from "../map/examples.js";
import type { LabelSummary, Summary } from "../map/summary.js";
import type { Manifest } from "../run/manifest.js";
import type { TestScores } from "../train/test-recorder.js";
import { describeRun } from "./describe-run.js";
import { bar, count, decimal, oneLine, percent, shellWord, table } from "./format.js";
import { nextText, type NextStep } from "./next-steps.js";

export interface SummaryParts {
  readonly summary: Summary;
  readonly manifest: Manifest;
  readonly tests: readonly (readonly [name: string, scores: TestScores])[];
  readonly figure?: string | undefined;
  readonly width: number;
}

const barCells = 30;
const mostLabels = 12;

export function summaryText(parts: SummaryParts): string {
  const { summary } = parts;
  const sections = [
    header(parts),
    regions(summary),
    epochs(summary),
    tests(parts),
    labels(summary),
    suspects(summary, parts.width),
    examples("Most ambiguous", summary.mostAmbiguous, parts.width, ({ label }) => name(label)),
    next(parts),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

function header({ manifest, summary, figure }: SummaryParts): string {
  const { title, subtitle } = describeRun(manifest, summary.map);
  const notes = (manifest.imported?.notes ?? []).map((note) => `  ${note}`);
  return [
    `${colours.bold(title)}  ${colours.dim(subtitle)}`,
    `run ${summary.folder}${figure === undefined ? "" : `, figure ${figure}`}`,
    ...notes,
  ].join("\n");
}

function heading(text: string): string {
  return colours.bold(text);
}

function regions({ regions: parts, means, map }: Summary): string {
  if (parts.every((part) => part.region === "none" || part.count === 0)) return "";
  const { confidence, correctness, variability } = map.regions;
  const cut =
    typeof variability === "number"
      ? `variability >= ${variability}`
      : `the ${percent(variability.share, 0)} most variable`;
  const rows = parts.map((part) => [
    part.region === "none" ? "no region" : part.region,
    count(part.count),
    percent(part.share),
    bar(part.share, barCells),
  ]);
  return [
    heading("Regions"),
    table(
      [
        { title: "" },
        { title: "examples", align: "right" },
        { title: "share", align: "right" },
        { title: "" },
      ],
      rows,
    ),
    colours.dim(
      `  hard-to-learn: confidence < ${confidence} and correctness <= ${correctness}; ambiguous: of the rest, ${cut}`,
    ),
    colours.dim(
      `  mean confidence ${decimal(means.confidence)}, variability ${decimal(means.variability)}, correctness ${decimal(means.correctness)}`,
    ),
  ].join("\n");
}

function epochs({ epochs: all }: Summary): string {
  if (all.length === 0) return "";
  const rows = all.map(({ epoch, accuracy, confidence, trainLoss, used }) => [
    `${epoch}${used ? "" : " (not used)"}`,
    decimal(accuracy),
    decimal(confidence),
    decimal(trainLoss),
    bar(accuracy ?? confidence ?? 0, barCells),
  ]);
  return `${heading("Epochs")}\n${table(
    [
      { title: "epoch" },
      { title: "accuracy", align: "right" },
      { title: "confidence", align: "right" },
      { title: "train loss", align: "right" },
      { title: "" },
    ],
    rows,
  )}`;
}

function tests({ tests: all }: SummaryParts): string {
  return all.length === 0 ? "" : scoresText(all);
}

/** A line for each test set. */
export function scoresText(all: readonly (readonly [name: string, scores: TestScores])[]): string {
  if (all.length === 0) return "no test set: --test name=file scores one";
  const rows = all.map(([test, scores]) => [
    test,
    count(scores.size),
    decimal(scores.accuracy),
    decimal(scores.macroF1),
    decimal(scores.matthews),
    decimal(scores.loss),
  ]);
  const right = ["examples", "accuracy", "macro F1", "Matthews", "loss"].map((title) => ({
    title,
    align: "right" as const,
  }));
  return `${heading("Test sets")}\n${table([{ title: "name" }, ...right], rows)}`;
}

function labels({ labels: all, hardestLabels }: Summary): string {
  if (all.length === 0) return "";
  const shown = all.length <= mostLabels ? all : hardestLabels;
  const title =
    all.length <= mostLabels ? "Labels" : `Labels: the ${shown.length} hardest of ${count(all.length)}`;
  const most = Math.max(...shown.map((label) => label.count));
  const rows = shown.map((label: LabelSummary) => [
    oneLine(label.label, 40),
    count(label.count),
    decimal(label.accuracy),
    decimal(label.confidence),
    decimal(label.variability),
    bar(label.count / most, 12),
  ]);
  const hardest = hardestLabels[0];
  const note =
    all.length <= mostLabels && all.length > 2 && hardest
      ? `\n${colours.dim(`  hardest: ${oneLine(hardest.label, 60)}`)}`
      : "";
  return `${heading(title)}\n${table(
    [
      { title: "label" },
      ...["examples", "accuracy", "confidence", "variability"].map((column) => ({
        title: column,
        align: "right" as const,
      })),
      { title: "" },
    ],
    rows,
  )}${note}`;
}

/** Without labels there is nothing that could be wrong: then these are the hardest examples. */
function suspects({ labelErrors }: Summary, width: number): string {
  if (labelErrors.every(({ label }) => label === null)) {
    return examples("Lowest confidence", labelErrors, width, ({ region }) => region ?? "no region");
  }
  return examples("Likeliest label errors", labelErrors, width, ({ label, coordinates }) => {
    const { other_label: other, margin, confidence } = coordinates;
    const disagrees = typeof margin === "number" ? margin < 0 : Number(confidence) < 0.5;
    if (!disagrees) return `${name(label)} (the model came to agree)`;
    return typeof other === "string" ? `${name(label)} → ${other} ?` : name(label);
  });
}

/** Ranked examples: their figures on one line, their text on the next. */
export function examples(
  title: string,
  ranked: readonly RankedExample[],
  width: number,
  verdict: (example: RankedExample) => string,
): string {
  if (ranked.length === 0) return "";
  const lines = ranked.flatMap((example, at) => {
    const { confidence, variability } = example.coordinates;
    const figures = `confidence ${decimal(asNumber(confidence), 2)}, variability ${decimal(asNumber(variability), 2)}`;
    const number = `${at + 1}.`.padStart(4);
    const first = `${number} ${colours.cyan(oneLine(verdict(example), width - 20))}  ${colours.dim(`id ${oneLine(example.id, 40)}, ${figures}`)}`;
    const fields = example.fields.map(({ column, text }) => {
      const shown = example.fields.length > 1 ? `${column}: ${text}` : text;
      return `     ${oneLine(shown, width - 6)}`;
    });
    return [first, ...fields];
  });
  return [heading(title), ...lines].join("\n");
}

function next({ summary, manifest, width }: SummaryParts): string {
  const run = shellWord(summary.folder);
  const steps: NextStep[] = [
    [`alidade show ${run} --examples hard --limit 20`, "read the examples behind a region"],
    [
      `alidade suspects ${run} -o suspects.csv`,
      "labels that are likely wrong, by several detectors, to review",
    ],
    [`alidade plot ${run} -o map.pdf`, "the map as SVG, PNG or PDF"],
    [`alidade export ${run} --table map.csv`, "coordinates and regions beside your own columns"],
    [
      `alidade select ${run} --by ambiguous --fraction 0.33 ${manifest.dataset.input === "none" ? "--ids -o subset.txt" : "-o subset.csv"}`,
      "a third to train on; alidade study regions tests whether it helps",
    ],
  ];
  if (manifest.trainer?.folds === null && manifest.trainer.name === "ngram" && manifest.dataset.sources[0]) {
    const [source] = manifest.dataset.sources;
    steps.push([
      `alidade map ${shellWord(source.path)} --protocol held-out -o ${run}-held-out`,
      "observe each example by a model that never saw it: surer label errors",
    ]);
  }
  const { range, epochs } = summary.map;
  // Of a train pass the first epoch tells when an example came, more than what it is like: two seeds agree on little else.
  if (manifest.protocol === "train-pass" && manifest.trainer !== null && range?.from === 0 && epochs > 2) {
    steps.push([
      `alidade map --resume ${run} --map-epochs 1..`,
      "the map without the first epoch, which depends on the order of the batches",
    ]);
  }
  return nextText(steps, width);
}

function name(label: unknown): string {
  return typeof label === "string" ? label : "-";
}

function asNumber(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
