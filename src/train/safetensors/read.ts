/**
 * The safetensors format (https://huggingface.co/docs/safetensors): the length of a JSON header as 64-bit little-endian, the header
 * (name -> type, shape, byte range), then the tensors' bytes. Reading is lazy: the header says what there is, a tensor's bytes are read
 * when asked for, straight into the array that the caller keeps; half precision is widened in passing, so that no file lies in memory twice.
 */

import { open, type FileHandle } from "node:fs/promises";
import { z } from "zod";
import { UserError } from "../../core/errors.js";
import {
  arrays,
  bytesOf,
  metadataKey,
  product,
  readBytes,
  readFloats,
  type FloatType,
  type TensorValues,
} from "./numbers.js";

export interface TensorEntry {
  readonly name: string;
  /** As the file writes it: F32, F16, BF16; others are there to be named in messages. */
  readonly dtype: string;
  /** Length of each dimension, outermost first. */
  readonly shape: readonly number[];
}

/** The tensors of one file, or of the files of a sharded checkpoint. */
export interface TensorFile {
  readonly path: string;
  /** In the order of their names. */
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /**
   * A tensor's values, row-major, as float32.
   *
   * @param into takes the values; of the tensor's length. Default: a new array
   * @throws UserError where the tensor is not of floating point, or the file ends early
   */
  read(name: string, into?: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/** One file, with all that it holds. */
export interface SafetensorsFile extends TensorFile {
  /** What the header holds beside tensors. */
  readonly metadata: unknown;
  /** A tensor's values as they are, of 32 bits. @throws UserError where they are of another width, or the file ends early */
  readAsWritten(name: string): Promise<TensorValues>;
}

/** Bytes of one value by type. */
const widths: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
};

const longestHeader = 100_000_000;

const size = z.int().nonnegative();
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(size),
  data_offsets: z.tuple([size, size]),
});
const headerSchema = z.record(z.string(), z.unknown());

interface Place extends TensorEntry {
  /** First byte in the file. */
  readonly from: number;
}

/**
 * Opens one file.
 *
 * @param remedy what to do about a damaged one. Default: fetch the checkpoint again
 * @throws UserError where it is missing, cut short or of another format
 */
export async function openTensors(
  path: string,
  remedy = "fetch the checkpoint again",
): Promise<SafetensorsFile> {
  const damaged = (problem: string, cause?: unknown): UserError =>
    new UserError({ subject: path, problem, remedy, cause });
  const handle = await open(path, "r").catch((cause: unknown) => {
    throw damaged("cannot be opened", cause);
  });
  try {
    const { metadata, places } = await readHeader(handle, damaged);
    const placeOf = (name: string): Place => {
      const place = places.get(name);
      if (place === undefined) throw damaged(`there is no tensor ${name}`);
      return place;
    };
    return {
      path,
      metadata,
      entries: places,
      read: async (name, into) => {
        const { dtype, from, shape } = placeOf(name);
        if (!isFloat(dtype)) throw damaged(`the tensor ${name} holds ${dtype}, not F32, F16 or BF16`);
        const values = into ?? new Float32Array(product(shape));
        if (!(await readFloats(handle, from, dtype, values))) throw damaged("the file is cut short");
        return values;
      },
      readAsWritten: async (name) => {
        const { dtype, from, shape } = placeOf(name);
        if (!isKept(dtype)) throw damaged(`the tensor ${name} holds ${dtype}, not F32, I32 or U32`);
        const values = new arrays[dtype](product(shape));
        if (!(await readBytes(handle, from, bytesOf(values)))) throw damaged("the file is cut short");
        return values;
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

type Damaged = (problem: string, cause?: unknown) => UserError;

async function readHeader(handle: FileHandle, damaged: Damaged) {
  const { size: bytes } = await handle.stat();
  const start = Buffer.alloc(8);
  await handle.read(start, 0, 8, 0);
  const length = Number(start.readBigUInt64LE(0));
  if (bytes < 8 || length > longestHeader || length < 2) throw damaged("not a safetensors file");
  if (8 + length > bytes) throw damaged("the file is cut short");
  const text = Buffer.alloc(length);
  await handle.read(text, 0, length, 8);
  const { [metadataKey]: metadata, ...entries } = parseHeader(text.toString("utf8"), damaged);
  const places: Place[] = [];
  for (const [name, value] of Object.entries(entries)) {
    const entry = entrySchema.safeParse(value);
    const width = entry.success ? widths[entry.data.dtype] : undefined;
    if (!entry.success || width === undefined) throw damaged(`the header's tensor ${name} is damaged`);
    const { dtype, shape, data_offsets: range } = entry.data;
    if (range[1] - range[0] !== product(shape) * width) {
      throw damaged(`the tensor ${name} has ${range[1] - range[0]} bytes for ${shape.join(" x ")} ${dtype}`);
    }
    if (8 + length + range[1] > bytes) throw damaged(`the file is cut short within the tensor ${name}`);
    places.push({ name, dtype, shape, from: 8 + length + range[0] });
  }
  places.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { metadata, places: new Map(places.map((place) => [place.name, place])) };
}

function parseHeader(text: string, damaged: Damaged): Record<string, unknown> {
  try {
    return headerSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw damaged("not a safetensors file", cause);
  }
}

function isFloat(dtype: string): dtype is FloatType {
  return dtype === "F32" || dtype === "F16" || dtype === "BF16";
}

function isKept(dtype: string): dtype is keyof typeof arrays {
  return Object.hasOwn(arrays, dtype);
}
