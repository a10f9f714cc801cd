/** Parameters by our own names into a folder that Hugging Face `transformers` loads as it is. */

import { copyFile, mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { InternalError } from "../../../core/errors.js";
import { fileSize, writeFileAtomically } from "../../../core/files.js";
import type { EncoderConfig, Family } from "./config.js";
import type { Task } from "./head.js";
import { encoderNames, headNames } from "./names.js";
import { encoderShapes, headShapes } from "./shapes.js";
import { writeTensors, type Tensor } from "../../safetensors/write.js";

export interface CheckpointToSave {
  /** Of the checkpoint that it grew from. */
  readonly config: EncoderConfig;
  readonly task: Task;
  /** What the classifier's outputs are called; of no meaning for multiple choice. */
  readonly labels: readonly string[];
  /** Encoder and head by our names, all of them. */
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** The folder whose tokenizer files are copied as they are. */
  readonly tokenizerFrom: string;
}

/** Files that a tokenizer may consist of. Only `tokenizer.json` is read here; the others are for who loads the folder elsewhere. */
export const tokenizerFiles = [
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "vocab.txt",
  "vocab.json",
  "merges.txt",
  "sentencepiece.bpe.model",
] as const;

const classNames: Readonly<Record<Family, string>> = {
  bert: "Bert",
  roberta: "Roberta",
  distilbert: "DistilBert",
  electra: "Electra",
  "xlm-roberta": "XLMRoberta",
};

/** Writes config.json, the tokenizer's files and model.safetensors (float32). The same model gives the same bytes. */
export async function saveCheckpoint(folder: string, checkpoint: CheckpointToSave): Promise<void> {
  const { config, task, labels, parameters, tokenizerFrom } = checkpoint;
  const shapes = [...encoderShapes(config), ...headShapes(config, task === "choice" ? 1 : labels.length)];
  const names = new Map([...encoderNames(config), ...headNames(config, task)]);
  const tensors = shapes.map(([own, shape]): [string, Tensor] => {
    const tensor = parameters.get(own);
    if (tensor?.shape.join() !== shape.join()) {
      throw new InternalError(`the parameter ${own} is not of shape ${shape.join(" x ")}`);
    }
    return [names.get(own)!, tensor];
  });
  await mkdir(folder, { recursive: true });
  for (const name of tokenizerFiles) {
    const from = join(tokenizerFrom, name);
    const to = join(folder, name);
    if (resolve(from) !== resolve(to) && (await fileSize(from)) !== null) await copyFile(from, to);
  }
  await writeTensors(join(folder, "model.safetensors"), tensors);
  const json = savedConfig(config, task, labels);
  await writeFileAtomically(join(folder, "config.json"), `${JSON.stringify(json, null, 2)}\n`);
}

/** The original's fields, with what the new head changes. */
export function savedConfig(
  { raw, family }: EncoderConfig,
  task: Task,
  labels: readonly string[],
): Record<string, unknown> {
  const {
    id2label: _id,
    label2id: _label,
    num_labels: _many,
    torch_dtype: _type,
    problem_type: _problem,
    ...kept
  } = raw;
  const kind = task === "choice" ? "ForMultipleChoice" : "ForSequenceClassification";
  return {
    ...kept,
    architectures: [`${classNames[family]}${kind}`],
    dtype: "float32",
    ...(task === "classification" && {
      id2label: Object.fromEntries(labels.map((label, index) => [String(index), label])),
      label2id: Object.fromEntries(labels.map((label, index) => [label, index])),
      problem_type: "single_label_classification",
    }),
  };
}
