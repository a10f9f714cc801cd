/** Reads one epoch's file into the order of the rows, and derives its observations. Runs on a worker thread. */

import { UserError } from "../../core/errors.js";
import { deriveObservations } from "../observation.js";
import type { Observations } from "../observation.js";
import { EpochRows } from "./epoch-rows.js";
import { DynamicsLine } from "./dynamics-line.js";
import type { Shape } from "./dynamics-line.js";
import { IdIndex } from "./id-index.js";
import type { SharedIds } from "./id-index.js";
import { lineBlocks } from "./line-blocks.js";
import { showIds } from "./show-ids.js";

/** What all epochs of a folder are read with. */
export interface EpochSettings {
  readonly ids: SharedIds;
  readonly shape: Shape;
  /** Where the ids came from, for messages: the data file, or the first epoch's file. */
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

/** @throws UserError naming the file and line of what is wrong with it */
export async function readEpoch({ epoch, path }: EpochFile, settings: EpochSettings): Promise<ReadEpoch> {
  const { shape } = settings;
  const index = new IdIndex(settings.ids);
  const rows = new EpochRows(index, shape, path);
  const line = new DynamicsLine(path, epoch, shape);
  const digest = { bytes: 0, sha256: "" };
  for await (const { bytes, length } of lineBlocks(path, digest)) {
    for (let at = 0; at < length;) {
      at = line.read(bytes, at, length);
      if (line.idEnd >= 0) rows.add(line);
    }
    rows.place();
  }
  const { gold, sourceIndex, extra, seen } = rows;
  if (seen === 0 && extra.size === 0)
    throw new UserError({ subject: path, problem: "is empty", remedy: "log that epoch again" });
  if (seen < index.size || extra.size > 0) throw differentIds(path, settings, index, gold, extra);
  const observations = deriveObservations(rows.rowLogits(), gold);
  return { observations, gold, sourceIndex, ...digest };
}

function differentIds(
  path: string,
  { idsFrom, remedy }: EpochSettings,
  index: IdIndex,
  gold: Int32Array,
  extra: ReadonlySet<string>,
): UserError {
  const missing: string[] = [];
  gold.forEach((label, row) => {
    if (label < 0) missing.push(index.id(row));
  });
  const problems: string[] = [];
  if (missing.length > 0) problems.push(`lacks ${showIds(missing)} of ${idsFrom}`);
  if (extra.size > 0) problems.push(`has ${showIds([...extra])} that ${idsFrom} lacks`);
  return new UserError({ subject: path, problem: problems.join(" and "), remedy });
}
