/** The first pass over a folder's first epoch: its ids in the order of the lines, and what its lines are like. */

import { statSync } from "node:fs";
import { UserError } from "../../core/errors.js";
import { DynamicsLine } from "./dynamics-line.js";
import type { Shape } from "./dynamics-line.js";
import { IdIndex } from "./id-index.js";
import { lineBlocks } from "./line-blocks.js";
import type { EpochFile } from "./read-epoch.js";

/** What the lines of a file are like, by its first one. */
export async function readShape({ path, epoch }: EpochFile): Promise<Shape> {
  const line = new DynamicsLine(path, epoch, null);
  for await (const { bytes, length } of lineBlocks(path)) {
    for (let at = 0; at < length;) {
      at = line.read(bytes, at, length);
      if (line.shape) return line.shape;
    }
  }
  throw new UserError({ subject: path, problem: "is empty", remedy: "log that epoch again" });
}

/** The file's ids; what else its lines hold is read later. @throws UserError where one stands twice */
export async function readIds({ path, epoch }: EpochFile, shape: Shape): Promise<IdIndex> {
  let index: IdIndex | null = null;
  const line = new DynamicsLine(path, epoch, shape, true);
  for await (const { bytes, length } of lineBlocks(path)) {
    for (let at = 0; at < length;) {
      const start = at;
      at = line.read(bytes, start, length);
      index ??= new IdIndex(null, (1.05 * statSync(path).size) / (at - start));
      if (line.idEnd < 0 || index.add(line.idBytes, line.idStart, line.idEnd)) continue;
      throw new UserError({
        subject: `${path}, line ${line.number}`,
        problem: "the example stands twice in this epoch",
        value: Buffer.from(line.idBytes).subarray(line.idStart, line.idEnd).toString(),
        remedy: "keep one of the lines",
      });
    }
  }
  return index ?? new IdIndex();
}
