/** What duplicates there are, on a terminal. */

import colours from "picocolors";
import type { DuplicateReport, ListedExample } from "../diagnose/duplicates/inspect-duplicates.js";
import { count, counted, decimal, oneLine, percent, shellWord, table } from "./format.js";

export interface DuplicatesTextParts {
  readonly width: number;
  readonly files: readonly string[];
  readonly against: readonly string[];
  /** Options that read the file as it was read. */
  readonly reading: readonly string[];
  readonly cleaned: {
    readonly drop: readonly string[];
    readonly dropped: number;
    readonly left: number;
  } | null;
  readonly written: Readonly<Record<string, string | null>>;
}

export function duplicatesText(report: DuplicateReport, parts: DuplicatesTextParts): string {
  return [
    colours.bold(`${report.name}  ${counted(report.size, "examples")}`),
    within(report),
    conflicts(report, parts.width),
    clusters(report, parts.width),
    leaks(report),
    ends(report, parts),
  ]
    .filter((section) => section !== "")
    .join("\n\n");
}

function within({
  size,
  options,
  repeated,
  kinds,
  conflicting,
  conflictingExact,
  groups,
  crowded,
}: DuplicateReport): string {
  const row = (what: string, n: number): string[] => [what, count(n), percent(n / size)];
  const { similarity, shingles, words } = options;
  const lines = [
    table(
      [{ title: "" }, { title: "examples", align: "right" }, { title: "share", align: "right" }],
      [
        row("repeat an earlier text", repeated),
        row("have an exact duplicate", kinds.exact),
        row("have an exact duplicate of another label", conflictingExact),
        row("have a near duplicate", kinds.near),
        row("have either, of another label", conflicting),
        row("stand inside another", kinds.inside),
        row("are in a group", groups.examples),
      ],
    ),
    groups.count === 0
      ? "  no groups: every example stands alone"
      : `  ${counted(groups.count, "groups")}; the largest has ${counted(groups.largest, "examples")} (${percent(groups.largest / size)})`,
    colours.dim(
      `  near: at least ${percent(similarity, 0)} of all runs of ${counted(shingles.size, shingles.of)} in common, or the same words`,
    ),
    colours.dim(`  inside: ${counted(words, "words")} or more, in a row`),
  ];
  if (crowded > 0)
    lines.push(
      `  ${counted(crowded, "texts")} fill one of a few templates: they are grouped, but not each pair was compared`,
    );
  return lines.join("\n");
}

function conflicts({ conflicts: all, conflicting }: DuplicateReport, width: number): string {
  if (all.length === 0) return "";
  const lines = all.flatMap(({ similarity, examples: [a, b] }) => [
    `  ${decimal(similarity, 2)}  ${example(a, width - 8)}`,
    `        ${example(b, width - 8)}`,
  ]);
  return [colours.bold(`Conflicting labels (of ${counted(conflicting, "examples")})`), ...lines].join("\n");
}

function clusters({ clusters: all }: DuplicateReport, width: number): string {
  if (all.length === 0) return "";
  const lines = all.flatMap(({ size, labels, examples }) => {
    const names = Object.entries(labels);
    const shown = names.slice(0, 3).map(([label, n]) => `${count(n)} ${label}`);
    if (names.length > 3) shown.push(`${counted(names.length - 3, "other labels")}`);
    return [
      `  ${counted(size, "examples")}: ${oneLine(shown.join(", "), width - 20)}`,
      ...examples.map((one) => `    ${example(one, width - 4)}`),
    ];
  });
  return [colours.bold("Largest groups"), ...lines].join("\n");
}

function example({ id, label, texts }: ListedExample, width: number): string {
  const head = `${oneLine(id, 20)}  ${oneLine(label, 24)}  `;
  return `${colours.cyan(head)}${oneLine(texts.join(" | "), Math.max(20, width - head.length))}`;
}

function leaks({ leaks: all, leaking, size }: DuplicateReport): string {
  if (all.length === 0) return "";
  const right = ["examples", "exact", "near", "inside", "around", "any", "share", "other label"].map(
    (title) => ({
      title,
      align: "right" as const,
    }),
  );
  const rows = all.map(({ name, size: of, kinds, any, conflicting }) => [
    oneLine(name, 24),
    ...[of, kinds.exact, kinds.near, kinds.inside, kinds.around, any].map(count),
    percent(any / of),
    count(conflicting),
  ]);
  return [
    colours.bold("Test examples found in the training set"),
    table([{ title: "test set" }, ...right], rows),
    colours.dim("  inside: the test text stands inside a training text; around: a training text inside it"),
    `  they touch ${count(leaking)} training examples (${percent(leaking / size)})`,
  ].join("\n");
}

function ends(
  { groups, leaking }: DuplicateReport,
  { cleaned, written, files, against, reading }: DuplicatesTextParts,
): string {
  const lines: string[] = [];
  if (cleaned !== null)
    lines.push(
      `${counted(cleaned.dropped, "examples")} left out (${cleaned.drop.join(", ")}), ${count(cleaned.left)} written`,
    );
  const paths = Object.values(written).filter((path) => path !== null);
  if (paths.length > 0) lines.push(`wrote ${paths.join(", ")}`);
  const file = [...files.map(shellWord), ...reading].join(" ");
  const next: string[] = [];
  if (cleaned === null && leaking > 0)
    next.push(
      `alidade duplicates ${file} ${against.map((path) => `--against ${shellWord(path)}`).join(" ")} --clean clean.csv --drop leaks`,
    );
  if (groups.count > 0) next.push(`alidade map ${file} --group auto --protocol held-out`);
  if (next.length > 0)
    lines.push(...(lines.length > 0 ? [""] : []), colours.bold("Next"), ...next.map((line) => `  ${line}`));
  return lines.join("\n");
}
