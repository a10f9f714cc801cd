/**
 * A checkpoint folder into parameters by our own names. Every tensor of the encoder must be there in the shape that `config.json`
 * asks for; of the head, what the checkpoint has for this task is taken and the rest is for the caller to draw.
 */

import { UserError } from "../../../core/errors.js";
import { readConfig, type EncoderConfig } from "./config.js";
import type { Task } from "./head.js";
import { canonicalName, encoderNames, headNames, isKnownExtra } from "./names.js";
import type { TensorFile } from "../../safetensors/read.js";
import { encoderShapes, headShapes, type Shape } from "./shapes.js";
import { openWeights } from "./shards.js";
import type { Tensor } from "../../safetensors/write.js";

export interface Checkpoint {
  readonly folder: string;
  readonly config: EncoderConfig;
  readonly task: Task;
  /** The encoder's parameters by our names, in the order of `encoderShapes`. */
  readonly parameters: ReadonlyMap<string, Tensor>;
  readonly head: OwnHead;
}

/** What a checkpoint has of the head that a task wants. */
export interface OwnHead {
  /**
   * `head.pooler.*` where the checkpoint has the dense product (a plain BERT does), `head.classifier.*` where it was trained for this very
   * task. Empty where it has neither.
   */
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** The parts that are not there, `pooler` or `classifier`: new ones are to be drawn. */
  readonly missing: readonly ("pooler" | "classifier")[];
  /** What the classifier's outputs are called; null where it is missing, and for multiple choice. */
  readonly labels: readonly string[] | null;
}

/**
 * Reads config.json and the weights.
 *
 * @param task what will stand on the encoder. Default: one output a label
 * @throws UserError where a file is missing or damaged, or a tensor is missing, of another shape, or unknown
 */
export async function loadCheckpoint(folder: string, task: Task = "classification"): Promise<Checkpoint> {
  const config = await readConfig(folder);
  const weights = await openWeights(folder);
  try {
    const stored = storedNames(weights, config);
    const parameters = new Map<string, Tensor>();
    const shapes = encoderShapes(config);
    const names = encoderNames(config);
    const known = new Set([...names.values(), ...headNames(config, task).values()]);
    refuseUnknown(stored, known, weights.path);
    for (const [own, name] of names) {
      parameters.set(own, await readTensor(weights, stored, name, shapes.get(own)!));
    }
    return { folder, config, task, parameters, head: await readHead(weights, stored, config, task) };
  } finally {
    await weights.close();
  }
}

/** The file's names by their canonical form. */
function storedNames(weights: TensorFile, config: EncoderConfig): Map<string, string> {
  const stored = new Map<string, string>();
  for (const name of weights.entries.keys()) {
    const canonical = canonicalName(name, config);
    const other = stored.get(canonical);
    if (other !== undefined) {
      throw new UserError({
        subject: weights.path,
        problem: `the tensors ${other} and ${name} are the same parameter`,
        remedy: "save the checkpoint with transformers' save_pretrained",
      });
    }
    stored.set(canonical, name);
  }
  return stored;
}

function refuseUnknown(
  stored: ReadonlyMap<string, string>,
  known: ReadonlySet<string>,
  subject: string,
): void {
  const unknown = [...stored].filter(([canonical]) => !known.has(canonical) && !isKnownExtra(canonical));
  const [first] = unknown;
  if (first === undefined) return;
  throw new UserError({
    subject,
    problem: `${unknown.length === 1 ? "a tensor" : `${unknown.length} tensors`} that config.json does not account for`,
    value: first[1],
    remedy: "config.json and weights do not belong together",
  });
}

async function readTensor(
  weights: TensorFile,
  stored: ReadonlyMap<string, string>,
  name: string,
  shape: Shape,
): Promise<Tensor> {
  const found = stored.get(name);
  if (found === undefined) {
    throw new UserError({
      subject: weights.path,
      problem: `the tensor ${name} of shape ${shape.join(" x ")} is missing`,
      remedy: "config.json and weights do not belong together, or the file is of another kind of model",
    });
  }
  const entry = weights.entries.get(found)!;
  if (entry.shape.join() !== shape.join()) {
    throw new UserError({
      subject: weights.path,
      problem: `the tensor ${found} has the shape ${entry.shape.join(" x ")}, but config.json asks for ${shape.join(" x ")}`,
      remedy: "config.json and weights do not belong together",
    });
  }
  return { shape, data: await weights.read(found) };
}

/** The class that a classifier was trained as says what its outputs are; names and shapes alone do not. */
const trainedAs: Readonly<Record<Task, string>> = {
  classification: "ForSequenceClassification",
  choice: "ForMultipleChoice",
};

async function readHead(
  weights: TensorFile,
  stored: ReadonlyMap<string, string>,
  config: EncoderConfig,
  task: Task,
): Promise<OwnHead> {
  const names = headNames(config, task);
  const own = config.architecture?.endsWith(trainedAs[task]) ?? false;
  const outputs = task === "choice" ? 1 : (config.labels?.length ?? 1);
  const parameters = new Map<string, Tensor>();
  const missing: ("pooler" | "classifier")[] = [];
  for (const part of ["pooler", "classifier"] as const) {
    const wanted = [...headShapes(config, outputs)].filter(([name]) => name.startsWith(`head.${part}.`));
    const there = wanted.every(([name]) => stored.has(names.get(name)!));
    if (!there || (part === "classifier" && !own)) {
      missing.push(part);
      continue;
    }
    for (const [name, shape] of wanted) {
      parameters.set(name, await readTensor(weights, stored, names.get(name)!, shape));
    }
  }
  return { parameters, missing, labels: missing.includes("classifier") ? null : config.labels };
}
