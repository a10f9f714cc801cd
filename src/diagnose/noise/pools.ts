/** Which examples may flip, and what the model would say instead: from a run of the same dataset, or from a file of ids. */

import { basename } from "node:path";
import { UserError } from "../../core/errors.js";
import type { Dataset } from "../../dataset/dataset.js";
import { regionNames, type Region } from "../../map/map.js";
import { readMap, withMap } from "../../map/read-map.js";
import { readExcludedIds } from "../../select/excluded-ids.js";
import type { FlipPool } from "./inject.js";

type Examples = Pick<Dataset, "name" | "size" | "ids" | "gold" | "labelNames">;

/** The examples of a region of a run's map. @throws UserError where the run is of another dataset, or the region is empty */
export async function regionPool(dataset: Examples, folder: string, region: Region): Promise<FlipPool> {
  const { ids, labels, regions } = await readMap(folder);
  const rowOf = matchRun(dataset, folder, ids, labels);
  const index = regionNames.indexOf(region);
  const rows = rowOf.filter((_, at) => regions[at] === index).sort();
  if (rows.length === 0) {
    throw new UserError({
      subject: `--from ${region}`,
      problem: `no example of ${folder} lies there`,
      remedy: `choose another region: ${regionNames.join(", ")}`,
    });
  }
  return { name: region, rows };
}

/** The examples whose ids a file holds: a selection, or any table with a column of ids. */
export async function filePool(dataset: Dataset, path: string): Promise<FlipPool> {
  const ids = await readExcludedIds(path, dataset.roles.id);
  const rowOf = new Map(dataset.ids.map((id, row) => [id, row]));
  const unknown = ids.find((id) => !rowOf.has(id));
  if (unknown !== undefined) {
    throw new UserError({
      subject: path,
      problem: `an id that is none of ${dataset.name}`,
      value: unknown,
      remedy: "give a selection of the same dataset; without a column of ids write it with `select --ids`",
    });
  }
  return { name: basename(path), rows: Int32Array.from(new Set(ids), (id) => rowOf.get(id)!).sort() };
}

/** Of each row the most probable label that is not its own, by mean probability over the epochs; -1 where none is known. */
export async function secondChoices(dataset: Examples, folder: string): Promise<Int32Array> {
  const second = new Int32Array(dataset.size).fill(-1);
  const { ids, labels } = await readMap(folder);
  const rowOf = matchRun(dataset, folder, ids, labels);
  const indices = new Map(dataset.labelNames.map((name, index) => [name, index]));
  const others = await withMap(folder, (database) => database.rows("SELECT other_label FROM map"));
  others.forEach((line, at) => (second[rowOf[at]!] = indices.get(line["other_label"] as string) ?? -1));
  if (second.some((label) => label >= 0)) return second;
  throw new UserError({
    subject: folder,
    problem: "does not know what the model says instead of the label: it keeps no logits",
    remedy: "train it with --logits all",
  });
}

/** The dataset's row of each example of the run. */
function matchRun(
  dataset: Examples,
  folder: string,
  ids: readonly string[],
  labels: readonly (string | null)[],
): Int32Array {
  const wrong = (problem: string, value?: unknown): UserError =>
    new UserError({
      subject: folder,
      problem: `is no run of ${dataset.name}: ${problem}`,
      value,
      remedy: "give the run that was made from this file",
    });
  if (ids.length !== dataset.size) throw wrong(`${ids.length} examples instead of ${dataset.size}`);
  const rowOf = new Map(dataset.ids.map((id, row) => [id, row]));
  return Int32Array.from(ids, (id, at) => {
    const row = rowOf.get(id);
    if (row === undefined) throw wrong("an id that is not there", id);
    const label = dataset.labelNames[dataset.gold[row]!];
    if (labels[at] !== null && labels[at] !== label)
      throw wrong(`${JSON.stringify(id)} is ${JSON.stringify(label)} here and there`, labels[at]);
    return row;
  });
}
