/** Models of our own on disk: what was written comes back, and damage is told. */

import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { floatTensor, readWeights, writeWeights } from "../../../src/train/safetensors/weights.js";
import { problemOfAsync } from "../problem.js";
import { scratchFolder } from "../scratch.js";

const folder = scratchFolder("weights");
const path = join(folder, "model.safetensors");

describe("weights", () => {
  it("come back bit for bit, with their metadata", async () => {
    const float = fc.array(fc.float(), { maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ minLength: 1 }), float, { maxKeys: 4 }),
        fc.jsonValue(),
        async (lists, metadata) => {
          fc.pre(!Object.hasOwn(lists, "__proto__"));
          const tensors = Object.fromEntries(
            Object.entries(lists).map(([name, list]) => [
              name,
              { shape: [list.length, 1], data: Float32Array.from(list) },
            ]),
          );
          await writeWeights(path, { tensors, metadata });
          const read = await readWeights(path);
          expect(read.tensors).toEqual(tensors);
          expect(JSON.stringify(read.metadata)).toBe(JSON.stringify(metadata));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("are a safetensors file, byte for byte as the format says", async () => {
    await writeWeights(path, {
      tensors: {
        w: { shape: [2, 1], data: Float32Array.of(1, -2) },
        n: { shape: [1], data: Int32Array.of(7) },
      },
      metadata: { a: 1 },
    });
    const bytes = readFileSync(path);
    const length = Number(bytes.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    expect(JSON.parse(bytes.toString("utf8", 8, 8 + length))).toEqual({
      __metadata__: { alidade: '{"a":1}' },
      w: { dtype: "F32", shape: [2, 1], data_offsets: [4, 12] },
      n: { dtype: "I32", shape: [1], data_offsets: [0, 4] },
    });
    const data = bytes.subarray(8 + length);
    expect(data).toHaveLength(12);
    expect([data.readInt32LE(0), data.readFloatLE(4), data.readFloatLE(8)]).toEqual([7, 1, -2]);
  });

  it("are refused where they are damaged, in one line", async () => {
    const values = Float32Array.from({ length: 100 }, (_, i) => i);
    await writeWeights(path, { tensors: { w: { shape: [100], data: values } }, metadata: null });
    const weights = await readWeights(path);
    expect(floatTensor(weights, "w", [100], path)).toEqual(values);
    expect(
      await problemOfAsync(async () => floatTensor(await readWeights(path), "w", [10, 10], path)),
    ).toContain("it lacks the tensor w of shape 10 x 10");
    truncateSync(path, 300);
    expect(await problemOfAsync(() => readWeights(path))).toContain("is cut short");
    writeFileSync(path, "this is not a file of weights at all");
    expect(await problemOfAsync(() => readWeights(path))).toContain("not a safetensors file");
    writeFileSync(path, "");
    expect(await problemOfAsync(() => readWeights(path))).toContain("not a safetensors file");
    expect(await problemOfAsync(() => readWeights(join(folder, "none")))).toContain("cannot be opened");
  });
});
