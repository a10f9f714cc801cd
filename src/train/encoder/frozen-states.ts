/** States that layers which stay as they are gave: kept on disk for the next training on the same texts with the same checkpoint. */

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
  /** Layers below the states. */
  readonly depth: number;
  /** Numbers of all states. */
  readonly size: number;
}

/** Where states lie: `$ALIDADE_CACHE` or `~/.cache/alidade`, `states/`. */
function statesFolder(): string {
  return join(process.env["ALIDADE_CACHE"] ?? join(homedir(), ".cache", "alidade"), "states");
}

const inMemory = new WeakMap<Dataset["input"], Map<string, Promise<Float32Array>>>();

/**
 * The states of all rows: from memory, where another training on the same texts asked before; from the disk; or computed and then kept in both. A disk
 * that takes nothing costs the time alone. Nobody changes them.
 */
export async function cachedStates(
  of: StatesOf,
  compute: () => Promise<Float32Array>,
): Promise<Float32Array> {
  const { input } = of.dataset;
  const key = await modelKey(of);
  const all = inMemory.get(input) ?? new Map<string, Promise<Float32Array>>();
  inMemory.set(input, all);
  const found = all.get(key);
  if (found !== undefined) return found;
  const states = readOrCompute(of, join(statesFolder(), `${textsKey(key, input)}.f32`), compute);
  all.set(key, states);
  states.catch(() => all.delete(key));
  return states;
}

async function readOrCompute({ size }: StatesOf, path: string, compute: () => Promise<Float32Array>) {
  const kept = await readStates(path, size);
  if (kept !== null) return kept;
  const states = await compute();
  const bytes = bytesOf(states);
  await writeFileAtomically(path, Buffer.concat([bytes, checksumOf(bytes)])).catch(() => undefined);
  return states;
}

/** @param length numbers @returns null where the file is absent, or damaged */
async function readStates(path: string, length: number): Promise<Float32Array | null> {
  const file = await readFile(path).catch(() => null);
  if (file?.length !== 4 * length + checksumBytes) return null;
  const bytes = file.subarray(0, 4 * length);
  if (!checksumOf(bytes).equals(file.subarray(4 * length))) return null;
  const states = new Float32Array(length);
  bytesOf(states).set(bytes);
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

/** Of all that the states depend on but the texts. */
async function modelKey({ checkpoint, maxLength, choices, depth }: StatesOf): Promise<string> {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([3, checkpoint.config.raw, maxLength, choices, depth]));
  return hash.update(await checkpointHash(checkpoint)).digest("hex");
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

const hashes = new WeakMap<Checkpoint, Promise<Buffer>>();

/** Of the parameters as they were read, and the tokenizer; once, though every dataset asks. */
function checkpointHash(checkpoint: Checkpoint): Promise<Buffer> {
  let found = hashes.get(checkpoint);
  if (found === undefined) hashes.set(checkpoint, (found = hashCheckpoint(checkpoint)));
  return found;
}

async function hashCheckpoint({ parameters, folder }: Checkpoint): Promise<Buffer> {
  const hash = createHash("sha256");
  for (const [name, { data }] of parameters) hash.update(name).update(bytesOf(data));
  for (const file of ["tokenizer.json", "tokenizer_config.json"]) {
    const content = await readFile(join(folder, file)).catch(() => "");
    hash.update(`${file} ${content.length}\n`).update(content);
  }
  return hash.digest();
}
