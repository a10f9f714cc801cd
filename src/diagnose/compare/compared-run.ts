/** What a comparison says of each run, and what its reader must know before believing it. */

import { realpath } from "node:fs/promises";
import { basename } from "node:path";
import { describeRule } from "../../map/regions.js";
import { layout } from "../../run/layout.js";
import type { Run } from "../../run/reader.js";
import type { JoinedMaps } from "./join-maps.js";

export interface ComparedRun {
  readonly folder: string;
  /** The folder's last part; the folder as it was given where two share that. */
  readonly name: string;
  readonly dataset: string;
  /** null where the run was imported. */
  readonly trainer: string | null;
  readonly seed: number | null;
  readonly protocol: string;
  /** Epochs that its map is of. */
  readonly epochs: number;
  readonly size: number;
  /** Examples that are not in all of the runs, and so are left out. */
  readonly leftOut: number;
  /** Examples shared with the first run whose label is another one there. */
  readonly labelsDiffer: number;
}

export function comparedRuns(runs: readonly Run[], joined: JoinedMaps): ComparedRun[] {
  const names = runNames(joined.folders);
  return runs.map(({ folder, manifest }, at) => {
    const { size, epochs } = joined.descriptions[at]!;
    return {
      folder,
      name: names[at]!,
      dataset: manifest.dataset.name,
      trainer: manifest.trainer?.name ?? null,
      seed: manifest.trainer?.seed ?? null,
      protocol: manifest.protocol,
      epochs,
      size,
      leftOut: size - joined.shared,
      labelsDiffer: joined.labelsDiffer[at]!,
    };
  });
}

function runNames(folders: readonly string[]): string[] {
  const short = folders.map((folder) => basename(folder.replace(/[/\\]+$/, "")));
  return short.map((name, at) =>
    name === "" || name === "." || name === ".." || short.indexOf(name) !== short.lastIndexOf(name)
      ? folders[at]!
      : name,
  );
}

export async function comparisonNotes(
  runs: readonly Run[],
  described: readonly ComparedRun[],
  { descriptions, labelsKnown, shared }: JoinedMaps,
): Promise<string[]> {
  const notes: string[] = [];
  for (const { name, leftOut, size } of described) {
    if (leftOut > 0)
      notes.push(`${name}: ${count(leftOut)} of ${count(size)} examples are not in every run, left out`);
  }
  described.forEach(({ name, labelsDiffer }, at) => {
    if (labelsDiffer > 0) {
      notes.push(
        `${name}: ${count(labelsDiffer)} of ${count(labelsKnown[at]!)} labels differ from ${described[0]!.name}; ` +
          "confidence there is in different labels",
      );
    }
  });
  const places = await Promise.all(runs.map(({ folder }) => realpath(folder)));
  const map = (run: Run): string | undefined => run.manifest.checksums[layout.map("").replace(/^\//, "")];
  runs.forEach((run, at) => {
    const same = places.indexOf(places[at]!);
    if (same < at) return void notes.push(`${described[same]!.folder} is compared with itself`);
    const twin = runs.findIndex((other) => map(other) !== undefined && map(other) === map(run));
    if (twin >= 0 && twin < at)
      notes.push(`${described[twin]!.name} and ${described[at]!.name} have the same map, byte for byte`);
  });
  const rules = descriptions.map(({ regions }) => describeRule(regions));
  if (new Set(rules).size > 1) {
    notes.push(
      `regions by different rules: ${described.map(({ name }, at) => `${name}: ${rules[at]}`).join(" | ")}`,
    );
  }
  const protocols = new Set(described.map(({ protocol }) => protocol));
  if (protocols.size > 1) {
    notes.push(
      `different protocols (${described.map(({ name, protocol }) => `${name}: ${protocol}`).join(", ")}): ` +
        "part of the difference is how observations were taken",
    );
  }
  if (shared < 30) notes.push(`only ${count(shared)} examples are shared: correlations of so few say little`);
  return notes;
}

function count(n: number): string {
  return n.toLocaleString("en-US");
}
