/**
 * States that layers which stay as they are gave: kept in memory for the next training of this process, and on disk for the next one on the same texts
 * with the same checkpoint.
 */

import { createHash } from "node:crypto";
import { open, readdir, readFile, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../../core/cache-folder.js";
import { writeFileAtomically } from "../../core/files.js";
import type { Dataset } from "../../dataset/dataset.js";
import type { Checkpoint } from "./checkpoint/load.js";
import type { Frozen } from "./model/freeze.js";

export interface FrozenModel {
  readonly checkpoint: Checkpoint;
  readonly frozen: Frozen;
  readonly maxLength: number;
  /** Sequences of an example. */
  readonly choices: number;
  /** Layers below the states. */
  readonly depth: number;
}

/** Of all that the states depend on but the texts. */
export async function modelKey({
  checkpoint,
  frozen,
  maxLength,
  choices,
  depth,
}: FrozenModel): Promise<string> {
  const { config, parameters, folder } = checkpoint;
  const hash = createHash("sha256");
  hash.update(JSON.stringify([3, config.raw, maxLength, choices, depth]));
  for (const [name, { data }] of parameters) if (frozen(name)) hash.update(name).update(bytesOf(data));
  for (const file of ["tokenizer.json", "tokenizer_config.json"]) {
    const content = await readFile(join(folder, file)).catch(() => "");
    hash.update(`${file} ${content.length}\n`).update(content);
  }
  return hash.digest("hex");
}

/** Of each dataset the last states that were asked for: they may be large. */
const inMemory = new WeakMap<
  Dataset["input"],
  { readonly key: string; readonly states: Promise<Float32Array> }
>();

/**
 * The states of all texts: from memory, where another training asked before; from the disk; or computed and then kept in both. A disk that takes nothing
 * costs the time alone. Nobody changes them.
 *
 * @param model its key
 * @param size numbers
 */
export async function cachedStates(
  model: string,
  { input }: Dataset,
  size: number,
  compute: () => Promise<Float32Array>,
): Promise<Float32Array> {
  const kept = inMemory.get(input);
  // Who computes them may be stopped: that is no failure of this one.
  const found = kept?.key === model ? await kept.states.catch(() => null) : null;
  if (found !== null) return found;
  const states = readOrCompute(join(statesFolder(), `${textsKey(model, input)}.f32`), size, compute);
  inMemory.set(input, { key: model, states });
  return states;
}

async function readOrCompute(path: string, size: number, compute: () => Promise<Float32Array>) {
  const kept = await readStates(path, size).catch(() => null);
  if (kept !== null) return kept;
  const states = await compute();
  const bytes = bytesOf(states);
  await makeRoom(bytes.length).catch(() => undefined);
  await writeFileAtomically(path, [bytes, checksumOf(bytes)]).catch(() => undefined);
  return states;
}

/** @returns null where the file is damaged @throws where it cannot be read */
async function readStates(path: string, size: number): Promise<Float32Array | null> {
  const states = new Float32Array(size);
  const bytes = bytesOf(states);
  const checksum = new Uint8Array(checksumBytes);
  const file = await open(path);
  try {
    if ((await file.stat()).size !== bytes.length + checksumBytes) return null;
    await file.read(bytes, 0, bytes.length, 0);
    await file.read(checksum, 0, checksumBytes, bytes.length);
  } finally {
    await file.close();
  }
  if (!checksumOf(bytes).equals(checksum)) return null;
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
  return states;
}

const checksumBytes = 32;

/** Behind the numbers, so that a damaged file is not believed. */
function checksumOf(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function textsKey(model: string, input: Dataset["input"]): string {
  const hash = createHash("sha256").update(model);
  for (const [role, texts] of Object.entries(input)) {
    if (typeof texts === "string") hash.update(JSON.stringify([role, texts]));
    // One by one: together they may be more than a string can hold.
    else for (const text of texts as readonly unknown[]) hash.update(JSON.stringify([role, text]));
  }
  return hash.digest("hex").slice(0, 40);
}

/** Where states lie: `$ALIDADE_CACHE` or `~/.cache/alidade`, `states/`. */
function statesFolder(): string {
  return join(cacheFolder(), "states");
}

/** Bytes of all files together: 8 GiB. */
const mostOnDisk = 2 ** 33;

/** Removes what was not used for longest until so many bytes more may be kept. */
async function makeRoom(bytes: number): Promise<void> {
  const names = (await readdir(statesFolder())).filter((name) => name.endsWith(".f32"));
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(statesFolder(), name);
      const { size, mtimeMs } = await stat(path);
      return { path, size, mtimeMs };
    }),
  );
  let total = files.reduce((sum, { size }) => sum + size, bytes);
  for (const { path, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (total <= mostOnDisk) return;
    await rm(path);
    total -= size;
  }
}
