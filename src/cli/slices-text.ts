/** Slices for a person at a terminal: kind by kind, what is over-represented and what under-represented. */

import colours from "picocolors";
import type { FoundSlice, SlicesFound } from "../diagnose/slices/find-slices.js";
import { sliceKinds, type SliceKind } from "../diagnose/slices/slice-kinds.js";
import { count, counted, oneLine, percent, shellWord, table, wrapped } from "./format.js";

const right = { align: "right" as const };
/** Cells of a line beside what the slice is called. */
const figureCells = 53;

const titles: Readonly<Record<SliceKind, string>> = {
  label: "labels",
  confusion: "label / likeliest other",
  length: "length",
  column: "columns",
  cluster: "clusters, by their most distinctive words",
  words: "words and n-grams",
};

export function slicesText(
  found: SlicesFound,
  { limit, width, out }: { readonly limit: number; readonly width: number; readonly out: string | undefined },
): string {
  const listed = found.found.filter(({ saidBy }) => saidBy === null);
  const parts = [
    ...header(found, width),
    ...[true, false].flatMap((over) =>
      direction(over ? "Over-represented" : "Under-represented", {
        slices: listed.filter((slice) => slice.over === over),
        named: found.texts.length > 1,
        limit,
        width,
      }),
    ),
  ];
  if (listed.length === 0) parts.push("", "nothing is found that chance would not give");
  if (out !== undefined) parts.push("", `wrote ${out}`);
  return [...parts, ...next(found, out)].join("\n");
}

function header(found: SlicesFound, width: number): string[] {
  const { dataset, of, against, tested, found: all, minSupport, falseDiscoveryRate, withinLabels } = found;
  const tests = Object.values(tested).reduce((sum, n) => sum + n, 0);
  const same = all.filter(({ saidBy }) => saidBy !== null).length;
  const lines = [
    `${of.name}: ${counted(of.size, "examples")}, against ${count(against.size)} (${against.name})`,
    ...(withinLabels
      ? ["compared within labels; outside: the share there if labels were mixed as inside"]
      : []),
    `${count(tests)} slices of at least ${counted(minSupport, "examples")} tested, ${count(all.length)} found at a false-discovery rate of ${percent(falseDiscoveryRate, 0)}${same === 0 ? "" : `; ${counted(same, "n-grams")} not shown: others say the same`}`,
  ];
  return [
    colours.bold(dataset),
    ...lines.flatMap((line) => wrapped(line, width - 2).map((part) => `  ${part}`)),
    ...found.notes.flatMap((note) => wrapped(note, width - 2).map((part) => colours.yellow(`  ${part}`))),
  ];
}

interface Direction {
  readonly slices: readonly FoundSlice[];
  /** Whether words are said with the column that they are in. */
  readonly named: boolean;
  readonly limit: number;
  readonly width: number;
}

function direction(title: string, { slices, named, limit, width }: Direction): string[] {
  if (slices.length === 0) return [];
  const lines = ["", colours.bold(title)];
  for (const kind of sliceKinds) {
    const own = slices.filter((slice) => slice.kind === kind);
    if (own.length === 0) continue;
    const shown = own.slice(0, limit);
    const rows = shown.map((slice) => [
      oneLine(nameOf(slice, named), Math.max(16, width - figureCells)),
      count(slice.inside),
      share(slice.shareInside),
      share(slice.shareExpected),
      times(slice),
      small(slice.q),
    ]);
    const titled = [titles[kind], "inside", "share", "outside", "times as often (95 %)", "q"];
    lines.push(
      table(
        titled.map((name, i) => ({
          title: i === 0 ? oneLine(name, Math.max(16, width - figureCells)) : name,
          ...(i === 0 ? {} : right),
        })),
        rows,
      ),
    );
    if (own.length > shown.length)
      lines.push(colours.dim(`  ... and ${count(own.length - shown.length)} more`));
    lines.push("");
  }
  return lines.slice(0, -1);
}

function nameOf({ kind, field, value }: FoundSlice, withField: boolean): string {
  if (field === null || (kind === "words" && !withField)) return value;
  return kind === "length" && !withField ? value : `${field}: ${value}`;
}

function times({ ratio, ratioInterval: { low, high } }: FoundSlice): string {
  return `${figure(ratio)} (${figure(low)} to ${figure(high)})`;
}

/** A second decimal where the first would be 0. */
function share(value: number): string {
  if (value > 0 && value < 0.00005) return "<0.01 %";
  return percent(value, value > 0 && value < 0.0005 ? 2 : 1);
}

/** Two significant digits; near 1 three. */
function figure(value: number): string {
  if (value === Infinity) return "∞";
  if (value === 0) return "0";
  if (value >= 9.95) return count(Number(value.toPrecision(2)));
  if (value >= 1.995) return value.toFixed(1);
  return value < 0.0095 ? value.toFixed(3) : value.toFixed(2);
}

function small(q: number): string {
  return q >= 0.001 ? q.toFixed(3) : q <= 1e-30 ? "<1e-30" : q.toExponential(0);
}

function next({ folder, found, withinLabels, of }: SlicesFound, out: string | undefined): string[] {
  const run = shellWord(folder);
  const labels = !withinLabels && found.some(({ kind }) => kind === "label" || kind === "confusion");
  const region = /^[a-z-]+-to-learn$|^ambiguous$/.test(of.name) ? ` --region ${of.name}` : "";
  const lines = [
    ...(labels && region !== ""
      ? [
          `  alidade slices ${run}${region} --within-labels   what is left when labels are compared with themselves`,
        ]
      : []),
    ...(out === undefined && region !== ""
      ? [`  alidade slices ${run}${region} -o slices.csv   all of them, with three examples each`]
      : []),
  ];
  return lines.length === 0 ? [] : ["", "Next", ...lines];
}
