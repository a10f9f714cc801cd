/** What a folder's lines are like, by the first one. */

import { UserError } from "../../core/errors.js";
import { DynamicsLine } from "./dynamics-line.js";
import type { Shape } from "./dynamics-line.js";
import { lineBlocks } from "./line-blocks.js";
import type { EpochFile } from "./read-epoch.js";

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
