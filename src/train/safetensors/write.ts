/** Writing a safetensors file: whole or not at all, the same tensors to the same bytes. */

import { InternalError } from "../../core/errors.js";
import { writeFileAtomically } from "../../core/files.js";
import { bytesOf, metadataKey, product, typeName, type TensorValues } from "./numbers.js";

/** Numbers with their shape. */
export interface Tensor<Values extends TensorValues = Float32Array> {
  /** Length of each dimension, outermost first; their product is the number of values. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Values;
}

/** transformers asks which library's layout a file has. */
const layoutOfTorch = { format: "pt" };

/**
 * Writes named tensors, sorted by name. An existing file is replaced at once, when the new one is whole.
 *
 * @param metadata texts that travel in the header
 */
export async function writeTensors(
  path: string,
  tensors: Iterable<readonly [string, Tensor<TensorValues>]>,
  metadata: Readonly<Record<string, string>> = layoutOfTorch,
): Promise<void> {
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  const header = new Map<string, unknown>([[metadataKey, metadata]]);
  let offset = 0;
  for (const [name, { shape, data }] of sorted) {
    if (product(shape) !== data.length || header.has(name)) {
      throw new InternalError(
        `tensor ${name} has ${data.length} values for ${shape.join(" x ")}, or stands twice`,
      );
    }
    header.set(name, { dtype: typeName(data), shape, data_offsets: [offset, offset + data.byteLength] });
    offset += data.byteLength;
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)), "utf8");
  // Spaces after the header align the tensors to eight bytes.
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const start = Buffer.alloc(8 + headerBytes, " ");
  start.writeBigUInt64LE(BigInt(headerBytes), 0);
  json.copy(start, 8);
  await writeFileAtomically(path, [start, ...sorted.map(([, { data }]) => bytesOf(data))]);
}
