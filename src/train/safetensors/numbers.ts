/** Numbers as a safetensors file holds them. Those of half precision are read as float32. */

import type { FileHandle } from "node:fs/promises";

export type FloatType = "F32" | "F16" | "BF16";

export type TensorValues = Float32Array | Int32Array | Uint32Array;

/** What is kept as the file has it. */
export const arrays = { F32: Float32Array, I32: Int32Array, U32: Uint32Array } as const;

/** Where a header keeps what is no tensor. */
export const metadataKey = "__metadata__";

export function typeName(values: TensorValues): keyof typeof arrays {
  if (values instanceof Float32Array) return "F32";
  return values instanceof Int32Array ? "I32" : "U32";
}

export function bytesOf({ buffer, byteOffset, byteLength }: TensorValues): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** How many values a shape has. */
export function product(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

const bytesPerCall = 1 << 24;

/**
 * Fills `values` from the file's bytes, beginning at `from`. float32 is read in place; the halves go through a buffer of 16 MB at most.
 *
 * @returns false where the file ends before
 */
export async function readFloats(
  handle: FileHandle,
  from: number,
  type: FloatType,
  values: Float32Array,
): Promise<boolean> {
  if (type === "F32") {
    return await readBytes(handle, from, bytesOf(values));
  }
  const halves = new Uint16Array(Math.min(values.length, bytesPerCall / 2));
  const widen = type === "BF16" ? widenBfloat16 : widenFloat16;
  for (let at = 0; at < values.length; at += halves.length) {
    const some = halves.subarray(0, Math.min(halves.length, values.length - at));
    if (!(await readBytes(handle, from + 2 * at, new Uint8Array(some.buffer, 0, some.byteLength))))
      return false;
    widen(some, values.subarray(at, at + some.length));
  }
  return true;
}

/** Fills `bytes`. @returns false where the file ends before */
export async function readBytes(handle: FileHandle, from: number, bytes: Uint8Array): Promise<boolean> {
  for (let at = 0; at < bytes.length;) {
    const wanted = Math.min(bytesPerCall, bytes.length - at);
    const { bytesRead } = await handle.read(bytes, at, wanted, from + at);
    if (bytesRead === 0) return false;
    at += bytesRead;
  }
  return true;
}

/** bfloat16 is the upper half of a float32. */
export function widenBfloat16(halves: Uint16Array, into: Float32Array): void {
  const bits = new Uint32Array(into.buffer, into.byteOffset, into.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
}

/** IEEE 754 binary16: a sign, five bits of exponent, ten of fraction. */
export function widenFloat16(halves: Uint16Array, into: Float32Array): void {
  for (let i = 0; i < halves.length; i++) into[i] = fromFloat16[halves[i]!]!;
}

/** All 65,536 values: faster than taking each apart. */
const fromFloat16 = Float32Array.from({ length: 0x1_0000 }, (_, half) => {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
});
