/** Floating-point numbers of three widths in a file, read as float32. */

import type { FileHandle } from "node:fs/promises";

export type FloatType = "F32" | "F16" | "BF16";

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
    return await readBytes(handle, from, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
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

async function readBytes(handle: FileHandle, from: number, bytes: Uint8Array): Promise<boolean> {
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
