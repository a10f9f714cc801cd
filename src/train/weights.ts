/**
 * Numbers of a trained model on disk, in the safetensors format (https://huggingface.co/docs/safetensors): the length of
 * a JSON header as 64-bit little-endian, the header (name -> type, shape, byte range), then the tensors' bytes. What is
 * not a tensor travels as one JSON text in the header's `__metadata__`. The same model gives the same bytes.
 */

import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { z } from "zod";
import { InternalError, UserError } from "../core/errors.js";

export type TensorValues = Float32Array | Int32Array | Uint32Array;

export interface Tensor {
  /** Length of each dimension, outermost first; their product is the number of values. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: TensorValues;
}

export interface Weights {
  /** Tensors by name, in the order of the file. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Anything that JSON can hold. */
  readonly metadata: unknown;
}

const types = { F32: Float32Array, I32: Int32Array, U32: Uint32Array } as const;
type TypeName = keyof typeof types;

const metadataKey = "__metadata__";
const bytesPerCall = 1 << 26;
const longestHeader = 100_000_000;

const tensorSchema = z.object({
  dtype: z.enum(["F32", "I32", "U32"]),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});
const metadataSchema = z.object({ alidade: z.string() });

/**
 * Writes a file of named tensors, in the order of the record. An existing file is replaced.
 *
 * @param metadata anything that JSON can hold
 */
export async function writeWeights(path: string, weights: Weights): Promise<void> {
  const header: Record<string, unknown> = { [metadataKey]: { alidade: JSON.stringify(weights.metadata) } };
  let offset = 0;
  for (const [name, { shape, values }] of Object.entries(weights.tensors)) {
    if (product(shape) !== values.length || name === metadataKey) {
      throw new InternalError(
        `tensor ${name} has ${values.length} values for the shape ${shape.join(" x ")}`,
      );
    }
    header[name] = { dtype: typeName(values), shape, data_offsets: [offset, offset + values.byteLength] };
    offset += values.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header), "utf8");
  // Spaces after the header align the tensors to eight bytes.
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const start = Buffer.alloc(8 + headerBytes, " ");
  start.writeBigUInt64LE(BigInt(headerBytes), 0);
  json.copy(start, 8);
  const handle = await open(path, "w");
  try {
    await writeAll(handle, start);
    for (const { values } of Object.values(weights.tensors)) await writeAll(handle, bytesOf(values));
  } finally {
    await handle.close();
  }
}

/** Reads what `writeWeights` wrote. @throws UserError where the file is missing, cut short or of another format */
export async function readWeights(path: string): Promise<Weights> {
  const handle = await open(path, "r").catch((cause: unknown) => {
    throw unreadable(path, "cannot be opened", cause);
  });
  try {
    const length = Buffer.alloc(8);
    await readAll(handle, length, 0, path);
    const headerBytes = Number(length.readBigUInt64LE(0));
    if (headerBytes > longestHeader) throw unreadable(path, "not a safetensors file");
    const text = Buffer.alloc(headerBytes);
    await readAll(handle, text, 8, path);
    const { [metadataKey]: metadata, ...entries } = parseHeader(text.toString("utf8"), path);
    const tensors: Record<string, Tensor> = {};
    for (const [name, entry] of Object.entries(entries)) {
      const parsed = tensorSchema.safeParse(entry);
      if (!parsed.success)
        throw unreadable(path, `tensor ${name} is of a kind that this version does not read`);
      const { dtype, shape, data_offsets: range } = parsed.data;
      const values = new types[dtype](product(shape));
      if (range[1] - range[0] !== values.byteLength)
        throw unreadable(path, `tensor ${name} has another length`);
      await readAll(handle, bytesOf(values), 8 + headerBytes + range[0], path);
      tensors[name] = { shape, values };
    }
    const own = metadataSchema.safeParse(metadata);
    return { tensors, metadata: own.success ? (JSON.parse(own.data.alidade) as unknown) : null };
  } finally {
    await handle.close();
  }
}

/** A tensor of float32 values by name, held to its shape. `subject` is the file, for messages. */
export function floatTensor(
  weights: Weights,
  name: string,
  shape: readonly number[],
  subject: string,
): Float32Array {
  const tensor = weights.tensors[name];
  if (!(tensor?.values instanceof Float32Array) || tensor.shape.join() !== shape.join()) {
    throw unreadable(subject, `it lacks the tensor ${name} of shape ${shape.join(" x ")}`);
  }
  return tensor.values;
}

function parseHeader(text: string, path: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (cause) {
    throw unreadable(path, "its header is damaged", cause);
  }
}

function unreadable(path: string, problem: string, cause?: unknown): UserError {
  return new UserError({
    subject: path,
    problem,
    remedy: "restore the model from a copy, or train it anew",
    cause,
  });
}

function typeName(values: TensorValues): TypeName {
  if (values instanceof Float32Array) return "F32";
  return values instanceof Int32Array ? "I32" : "U32";
}

function product(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

function bytesOf(values: TensorValues): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, at, Math.min(bytesPerCall, bytes.length - at));
    at += bytesWritten;
  }
}

async function readAll(handle: FileHandle, bytes: Uint8Array, position: number, path: string): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const wanted = Math.min(bytesPerCall, bytes.length - at);
    const { bytesRead } = await handle.read(bytes, at, wanted, position + at);
    if (bytesRead === 0) throw unreadable(path, "is cut short");
    at += bytesRead;
  }
}
