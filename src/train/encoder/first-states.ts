/**
 * States of first tokens under an encoder that stays as it is: computed once, and kept on disk for the next training on the same
 * texts with the same checkpoint.
 */

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { writeFileAtomically } from "../../core/files.js";
import type { Dataset } from "../../dataset/dataset.js";
import type { Checkpoint } from "./checkpoint/load.js";

export interface StatesOf {
  readonly checkpoint: Checkpoint;
  readonly dataset: Dataset;
  readonly maxLength: number;
  /** Sequences of an example. */
  readonly choices: number;
}

/** Where states lie: `$ALIDADE_CACHE` or `~/.cache/alidade`, `states/`. */
function statesFolder(): string {
  return join(process.env["ALIDADE_CACHE"] ?? join(homedir(), ".cache", "alidade"), "states");
}

/** The states of all rows, from the disk or computed and then kept there. A disk that takes nothing costs the time alone. */
export async function cachedStates(
  of: StatesOf,
  compute: () => Promise<Float32Array>,
): Promise<Float32Array> {
  const path = join(statesFolder(), `${keyOf(of)}.f32`);
  const length = of.dataset.size * of.choices * of.checkpoint.config.width;
  const bytes = await readFile(path).catch(() => null);
  if (bytes?.length === 4 * length)
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const states = await compute();
  await writeFileAtomically(path, new Uint8Array(states.buffer)).catch(() => undefined);
  return states;
}

function keyOf({ checkpoint, dataset, maxLength, choices }: StatesOf): string {
  const hash = createHash("sha256");
  const { raw } = checkpoint.config;
  hash.update(JSON.stringify([1, raw, maxLength, choices]));
  for (const [name, { data }] of checkpoint.parameters) {
    hash.update(name);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  hash.update(JSON.stringify(dataset.input));
  return hash.digest("hex").slice(0, 40);
}
