/** Writes a cleaned dataset and the log of its changes. */

import { writeFileAtomically } from "../../core/files.js";
import type { Dataset } from "../../dataset/dataset.js";
import { writeChanged } from "../changed-file.js";
import type { CleaningPlan } from "./plan-cleaning.js";

/** `clean.csv.gz` -> `clean.changes.jsonl` */
export function changesPath(clean: string): string {
  return `${clean.replace(/(\.[^./\\]+)?(\.(gz|gzip))?$/i, "")}.changes.jsonl`;
}

/** @returns the log's path */
export async function cleanDataset(
  dataset: Dataset,
  { changes }: CleaningPlan,
  path: string,
): Promise<string> {
  const rowOf = new Map(dataset.ids.map((id, row) => [id, row]));
  const indices = new Map(dataset.labelNames.map((name, index) => [name, index]));
  const labels = new Map<number, number>();
  const drop = new Set<number>();
  for (const { id, to } of changes) {
    const row = rowOf.get(id)!;
    if (to === null) drop.add(row);
    else labels.set(row, indices.get(to)!);
  }
  await writeChanged(dataset, { labels, drop }, path);
  const log = changesPath(path);
  await writeFileAtomically(log, changes.map((change) => `${JSON.stringify(change)}\n`).join(""));
  return log;
}
