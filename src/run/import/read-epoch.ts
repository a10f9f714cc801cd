/** Reads one epoch's file into the order of the rows, and derives its observations. Runs on a worker thread. */

import { statSync } from "node:fs";
import { UserError } from "../../core/errors.js";
import { deriveObservations } from "../observation.js";
import type { Observations } from "../observation.js";
import { EpochLines } from "./epoch-lines.js";
import { DynamicsLine } from "./dynamics-line.js";
import type { Shape } from "./dynamics-line.js";
import { IdIndex } from "./id-index.js";
import type { SharedIds } from "./id-index.js";
import { lineBlocks } from "./line-blocks.js";
import { showIds } from "./show-ids.js";

/** What all epochs of a folder are read with. */
export interface EpochSettings {
  readonly shape: Shape;
  /** Where the ids come from, for messages: the data file, or the first epoch's file. */
  readonly idsFrom: string;
  /** What to do where ids differ. */
  readonly remedy: string;
}

export interface EpochFile {
  readonly epoch: number;
  readonly path: string;
}

export interface ReadEpoch {
  readonly observations: Observations;
  readonly gold: Int32Array;
  /** Each row's place in the file. */
  readonly sourceIndex: Int32Array;
  readonly bytes: number;
  readonly sha256: string;
}

/** A file that was read, its lines not yet in the order of the rows. */
export interface ReadFile {
  readonly path: string;
  readonly lines: EpochLines;
  readonly digest: { readonly bytes: number; readonly sha256: string };
}

/** @throws UserError naming the file and line of what is wrong with it */
export async function readLines({ epoch, path }: EpochFile, shape: Shape): Promise<ReadFile> {
  const line = new DynamicsLine(path, epoch, shape);
  const digest = { bytes: 0, sha256: "" };
  let lines: EpochLines | null = null;
  for await (const { bytes, length } of lineBlocks(path, digest)) {
    for (let at = 0; at < length;) {
      const start = at;
      at = line.read(bytes, at, length);
      if (line.idEnd < 0) continue;
      lines ??= new EpochLines(shape, Math.ceil((1.05 * statSync(path).size) / (at - start)));
      lines.add(line);
    }
  }
  if (lines === null)
    throw new UserError({ subject: path, problem: "is empty", remedy: "log that epoch again" });
  return { path, lines, digest };
}

/** Ids in the order of a file's lines. @throws UserError where one stands twice */
export function indexOf({ path, lines }: ReadFile): IdIndex {
  return IdIndex.of(lines.ids, (line) => lines.refuseTwice(line, path));
}

/** @throws UserError where an example stands twice, or where ids are missing or unknown */
export function placeRows(
  { path, lines, digest }: ReadFile,
  index: IdIndex,
  settings: EpochSettings,
): ReadEpoch {
  const extra = new Set<string>();
  const sourceIndex = lines.linesOf(index, path, (id) => extra.add(id));
  if (extra.size > 0 || lines.count < index.size)
    throw differentIds(path, settings, index, sourceIndex, extra);
  const { gold, logits } = lines.inOrder(sourceIndex);
  return { observations: deriveObservations(logits, gold), gold, sourceIndex, ...digest };
}

/** All of it, where the ids are known. */
export async function readEpoch(
  file: EpochFile,
  ids: SharedIds,
  settings: EpochSettings,
): Promise<ReadEpoch> {
  return placeRows(await readLines(file, settings.shape), new IdIndex(ids), settings);
}

function differentIds(
  path: string,
  { idsFrom, remedy }: EpochSettings,
  index: IdIndex,
  lines: Int32Array,
  extra: ReadonlySet<string>,
): UserError {
  const missing: string[] = [];
  lines.forEach((line, row) => {
    if (line < 0) missing.push(index.id(row));
  });
  const problems: string[] = [];
  if (missing.length > 0) problems.push(`lacks ${showIds(missing)} of ${idsFrom}`);
  if (extra.size > 0) problems.push(`has ${showIds([...extra])} that ${idsFrom} lacks`);
  return new UserError({ subject: path, problem: problems.join(" and "), remedy });
}
