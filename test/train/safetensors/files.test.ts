/** Safetensors files: bit for bit, in all precisions, sharded, damaged. */

import { readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openTensors } from "../../../src/train/safetensors/read.js";
import { openWeights } from "../../../src/train/encoder/checkpoint/shards.js";
import { writeTensors, type Tensor } from "../../../src/train/safetensors/write.js";
import { problemOfAsync } from "../problem.js";
import { scratchFolder } from "../scratch.js";
import { checkpointFolder, lacksTransformers, readTensors, runPython } from "../encoder/fixtures.js";
import { titled } from "../../util/requires.js";

const folder = scratchFolder("safetensors");
const path = join(folder, "a.safetensors");

/** A file with this header and so many bytes after it. */
function forge(header: unknown, bytes: number): void {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const start = Buffer.alloc(8);
  start.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(path, Buffer.concat([start, json, Buffer.alloc(bytes)]));
}

describe("safetensors", () => {
  it("come back bit for bit, in the order of their names, whatever order they were written in", async () => {
    const lists = fc.dictionary(fc.string({ minLength: 1 }), fc.array(fc.float(), { maxLength: 40 }), {
      maxKeys: 5,
    });
    await fc.assert(
      fc.asyncProperty(lists, async (record) => {
        const tensors = Object.entries(record)
          .filter(([name]) => name !== "__metadata__" && name !== "__proto__")
          .map(([name, list]): [string, Tensor] => [
            name,
            { shape: [list.length, 1], data: Float32Array.from(list) },
          ]);
        await writeTensors(path, tensors);
        const bytes = readFileSync(path);
        await writeTensors(path, [...tensors].reverse());
        expect(readFileSync(path)).toEqual(bytes);
        expect(new Map(await readTensors(path))).toEqual(new Map(tensors));
        expect([...(await readTensors(path)).keys()]).toEqual(tensors.map(([name]) => name).sort());
      }),
      { numRuns: 30 },
    );
    expect(readdirSync(folder)).toEqual(["a.safetensors"]);
  });

  it("in half precision are widened as torch widens them", async () => {
    const expected = await readTensors(join(checkpointFolder("half"), "expected.safetensors"));
    for (const type of ["f16", "bf16"]) {
      const halves = await readTensors(join(checkpointFolder("half"), `${type}.safetensors`));
      for (const name of ["special", "classifier.weight", "bert.embeddings.LayerNorm.weight"]) {
        expect(halves.get(name)).toEqual(expected.get(`${type}.${name}`));
      }
    }
  });

  it("are read into an array that is there already", async () => {
    await writeTensors(path, [["w", { shape: [3], data: Float32Array.of(1, 2, 3) }]]);
    const file = await openTensors(path);
    const buffer = new Float32Array(5);
    await file.read("w", buffer.subarray(1, 4));
    expect([...buffer]).toEqual([0, 1, 2, 3, 0]);
    await file.close();
  });

  it("may hold whole numbers, which are named where a parameter is asked for", async () => {
    forge({ ids: { dtype: "I64", shape: [2], data_offsets: [0, 16] } }, 16);
    const file = await openTensors(path);
    expect(file.entries.get("ids")?.dtype).toBe("I64");
    expect(await problemOfAsync(() => file.read("ids"))).toContain("the tensor ids holds I64, not F32, F16");
    await file.close();
  });

  it("are refused where they are damaged, in one line that says how", async () => {
    const opened = (): Promise<string> => problemOfAsync(() => openTensors(path));
    const entry = { dtype: "F32", shape: [2, 2], data_offsets: [0, 16] };
    forge({ w: entry }, 15);
    expect(await opened()).toContain("the file is cut short within the tensor w");
    forge({ w: { ...entry, shape: [2, 3] } }, 16);
    expect(await opened()).toContain("the tensor w has 16 bytes for 2 x 3 F32");
    forge({ w: { ...entry, dtype: "F4" } }, 16);
    expect(await opened()).toContain("tensor w is damaged");
    forge({ w: { ...entry, data_offsets: [-16, 0] } }, 16);
    expect(await opened()).toContain("tensor w is damaged");
    forge("{ nonsense", 0);
    expect(await opened()).toContain("not a safetensors file");
    writeFileSync(path, "version https://git-lfs.github.com/spec/v1\noid sha256:53aa\nsize 90868376\n");
    expect(await opened()).toContain("not a safetensors file");
    writeFileSync(path, "");
    expect(await opened()).toContain("not a safetensors file");
    forge({ w: entry }, 16);
    truncateSync(path, 20);
    expect(await opened()).toContain("the file is cut short");
    expect(await problemOfAsync(() => openTensors(join(folder, "none")))).toContain("cannot be opened");
    expect(await opened()).toContain("fetch the checkpoint again");
  });

  it("of a sharded checkpoint are one set", async () => {
    const shards = join(folder, "shards");
    const one = Float32Array.of(1, 2);
    await writeTensors(join(shards, "model-1.safetensors"), [["b", { shape: [2], data: one }]]);
    await writeTensors(join(shards, "model-2.safetensors"), [
      ["a", { shape: [1], data: Float32Array.of(7) }],
    ]);
    const index = (map: Record<string, string>): void =>
      writeFileSync(join(shards, "model.safetensors.index.json"), JSON.stringify({ weight_map: map }));
    index({ a: "model-2.safetensors", b: "model-1.safetensors" });
    const weights = await openWeights(shards);
    expect([...weights.entries.keys()]).toEqual(["a", "b"]);
    expect(await weights.read("b")).toEqual(one);
    await weights.close();

    index({ a: "model-3.safetensors" });
    expect(await problemOfAsync(() => openWeights(shards))).toContain(
      "model-3.safetensors: cannot be opened",
    );
    index({ c: "model-1.safetensors" });
    expect(await problemOfAsync(() => openWeights(shards))).toContain('a tensor that this file has not, "c"');
    index({ a: "../a.safetensors" });
    expect(await problemOfAsync(() => openWeights(shards))).toContain("names a file outside the folder");
    writeFileSync(join(shards, "model.safetensors.index.json"), "[]");
    expect(await problemOfAsync(() => openWeights(shards))).toContain("not an index");
  });

  it.skipIf(lacksTransformers !== null)(
    titled("are what the safetensors package of Python reads", lacksTransformers),
    async () => {
      await writeTensors(path, [
        ["é", { shape: [1, 2], data: Float32Array.of(1.5, -2) }],
        ["none", { shape: [0, 3], data: new Float32Array(0) }],
      ]);
      const program = `import sys, json; from safetensors.numpy import load_file
print(json.dumps({k: [list(v.shape), v.tolist()] for k, v in load_file(sys.argv[1]).items()}))`;
      expect(JSON.parse(runPython(program, [path]))).toEqual({
        é: [[1, 2], [[1.5, -2]]],
        none: [[0, 3], []],
      });
    },
  );
});
