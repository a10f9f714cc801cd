/** A checkpoint's weights as one set of tensors, whether they lie in `model.safetensors` or in several files that an index names. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../../core/errors.js";
import { fileSize } from "../../../core/files.js";
import { openTensors, type TensorFile } from "../../safetensors/read.js";

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/** Opens a checkpoint folder's weights. @throws UserError where there are none, or one of their files is missing or damaged */
export async function openWeights(folder: string): Promise<TensorFile> {
  const single = join(folder, "model.safetensors");
  if ((await fileSize(single)) !== null) return await openTensors(single);
  const index = `${single}.index.json`;
  if ((await fileSize(index)) !== null) return await openShards(folder, index);
  const pickled = (await fileSize(join(folder, "pytorch_model.bin"))) !== null;
  throw new UserError({
    subject: folder,
    problem: pickled
      ? "the checkpoint has its weights as pytorch_model.bin only, not as model.safetensors"
      : "the checkpoint has no model.safetensors",
    remedy: pickled
      ? "save it with transformers' save_pretrained, which writes model.safetensors"
      : "a checkpoint folder has config.json, tokenizer.json and model.safetensors",
  });
}

async function openShards(folder: string, index: string): Promise<TensorFile> {
  const shardOf = await readIndex(index);
  const names = [...new Set(shardOf.values())].sort();
  const outside = names.find((name) => name.includes("/") || name.includes("\\") || name === "..");
  if (outside !== undefined) {
    throw new UserError({ subject: index, problem: "it names a file outside the folder", value: outside });
  }
  const shards = new Map<string, TensorFile>();
  const close = async (): Promise<void> => {
    for (const shard of shards.values()) await shard.close();
  };
  try {
    for (const name of names) shards.set(name, await openTensors(join(folder, name)));
    const entries = [...shardOf].map(([tensor, shard]) => {
      const entry = shards.get(shard)?.entries.get(tensor);
      if (entry !== undefined) return [tensor, entry] as const;
      throw new UserError({
        subject: join(folder, shard),
        problem: `the index names a tensor that this file has not`,
        value: tensor,
        remedy: "fetch the checkpoint again",
      });
    });
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      path: index,
      entries: new Map(entries),
      read: (name, into) => shards.get(shardOf.get(name) ?? "")!.read(name, into),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function readIndex(path: string): Promise<Map<string, string>> {
  try {
    const { weight_map: shardOf } = indexSchema.parse(JSON.parse(await readFile(path, "utf8")));
    return new Map(Object.entries(shardOf));
  } catch (cause) {
    throw new UserError({
      subject: path,
      problem: "not an index of safetensors files",
      remedy: "fetch the checkpoint again",
      cause,
    });
  }
}
