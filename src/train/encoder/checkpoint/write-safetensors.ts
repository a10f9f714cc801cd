/** Writing a safetensors file: float32, whole or not at all, the same tensors to the same bytes. */

import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { InternalError } from "../../../core/errors.js";
import { syncPath, unusedPath } from "../../../core/files.js";

/** Float32 values with their shape. */
export interface Tensor {
  /** Length of each dimension, outermost first; their product is the number of values. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
}

const bytesPerCall = 1 << 26;

/** Writes named tensors, sorted by name. An existing file is replaced at once, when the new one is whole. */
export async function writeTensors(
  path: string,
  tensors: Iterable<readonly [string, Tensor]>,
): Promise<void> {
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  // transformers asks which library's layout this is.
  const header = new Map<string, unknown>([["__metadata__", { format: "pt" }]]);
  let offset = 0;
  for (const [name, { shape, data }] of sorted) {
    if (shape.reduce((product, length) => product * length, 1) !== data.length || header.has(name)) {
      throw new InternalError(
        `tensor ${name} has ${data.length} values for ${shape.join(" x ")}, or stands twice`,
      );
    }
    header.set(name, { dtype: "F32", shape, data_offsets: [offset, offset + data.byteLength] });
    offset += data.byteLength;
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)), "utf8");
  // Spaces after the header align the tensors to eight bytes.
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const start = Buffer.alloc(8 + headerBytes, " ");
  start.writeBigUInt64LE(BigInt(headerBytes), 0);
  json.copy(start, 8);
  await replaceFile(path, async (handle) => {
    await writeAll(handle, start);
    for (const [, { data }] of sorted)
      await writeAll(handle, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  });
}

async function replaceFile(path: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const beside = unusedPath(folder, `.${basename(path)}`);
  try {
    const handle = await open(beside, "wx");
    try {
      await write(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncPath(folder);
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, at, Math.min(bytesPerCall, bytes.length - at));
    at += bytesWritten;
  }
}
