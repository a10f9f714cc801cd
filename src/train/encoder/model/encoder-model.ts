/** Encoder and head as a model that `compile` takes. */

import type { Tensor } from "../../../autograd/graph.js";
import { softmaxCrossEntropy } from "../../../autograd/losses.js";
import type { Input, Model, Parameter } from "../../../autograd/model.js";
import * as ops from "../../../autograd/ops.js";
import { product, type Size } from "../../../autograd/shape.js";
import { InternalError } from "../../../core/errors.js";
import type { EncoderConfig } from "../checkpoint/config.js";
import type { HeadPlan } from "../checkpoint/head.js";
import { traceEncoder } from "./encoder-graph.js";
import type { Frozen } from "./freeze.js";
import { traceHead } from "./head-graph.js";

export interface ModelPlan {
  readonly config: EncoderConfig;
  readonly head: HeadPlan;
  /** Sequences of an example: the number of choices, or 1. */
  readonly choices: number;
  readonly labelSmoothing: number;
  readonly frozen: Frozen;
  /** Whether every row of the word embeddings is updated every time. */
  readonly denseEmbeddings: boolean;
}

export type ModelOutput = "logits" | "embedding";

/** Parameters by our names, as arrays that training changes in place. */
export type Weights = ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;

/**
 * The whole: tokens in, logits out.
 *
 * Inputs: `tokens` (ids of words, positions and, where the family has them, types), `mask`, `label`, and for multiple
 * choice `choiceBias`. Outputs: `logits` [batch, labels or choices], `embedding` [sequences, width].
 */
export function encoderModel(plan: ModelPlan, weights: Weights): Model<string, string, ModelOutput> {
  const { config, choices } = plan;
  const sequences = product([choices, "batch"]);
  const tables = [
    "embeddings.word",
    "embeddings.position",
    ...(config.tokenTypes > 0 ? ["embeddings.type"] : []),
  ];
  return {
    parameters: parametersOf(plan, weights),
    inputs: {
      tokens: { lookup: tables, shape: [sequences, "length"] },
      mask: { type: "float32", shape: [sequences, "length"] },
      ...headInputs(choices),
    },
    trace({ inputs, parameters }) {
      const parameter = among(parameters, "parameter");
      const input = among(inputs, "input");
      const first = traceEncoder(config, { embedded: input("tokens"), mask: input("mask") }, parameter);
      return outputsOf(plan, first, parameter, input);
    },
  };
}

/** The head alone, on states that were computed before. Input `first` [sequences, width] stands for `tokens` and `mask`. */
export function headModel(plan: ModelPlan, weights: Weights): Model<string, string, ModelOutput> {
  const { config, choices } = plan;
  const own = [...weights].filter(([name]) => name.startsWith("head."));
  return {
    parameters: parametersOf(plan, new Map(own)),
    inputs: {
      first: { type: "float32", shape: [product([choices, "batch"]), config.width] },
      ...headInputs(choices),
    },
    trace({ inputs, parameters }) {
      const input = among(inputs, "input");
      return outputsOf(plan, input("first"), among(parameters, "parameter"), input);
    },
  };
}

function headInputs(choices: number): Record<string, Input> {
  const label: Input = { type: "int32", shape: ["batch"] };
  if (choices === 1) return { label };
  // Added to the logits: a large negative number where an example has fewer choices than others. It comes first, so that
  // the graph reads the batch's size off it, and prediction needs no labels.
  return { choiceBias: { type: "float32", shape: ["batch", choices] }, label };
}

function outputsOf(
  { head, choices, labelSmoothing }: ModelPlan,
  first: Tensor,
  parameter: (name: string) => Tensor,
  input: (name: string) => Tensor,
) {
  const scores = traceHead(head, first, parameter);
  const batch: Size = "batch";
  const logits = choices > 1 ? ops.add(ops.reshape(scores, [batch, choices]), input("choiceBias")) : scores;
  const loss = ops.mean(softmaxCrossEntropy(logits, input("label"), { smoothing: labelSmoothing }));
  return { loss, outputs: { logits, embedding: first } };
}

function parametersOf({ frozen, denseEmbeddings }: ModelPlan, weights: Weights): Record<string, Parameter> {
  return Object.fromEntries(
    [...weights].map(([name, { shape, data }]): [string, Parameter] => [
      name,
      {
        shape,
        values: data,
        trains: !frozen(name),
        decays: decays(name),
        lazy: name === "embeddings.word" && !denseEmbeddings,
      },
    ]),
  );
}

/** As the paper's fine-tuning code: no weight decay on biases and normalisations. */
function decays(name: string): boolean {
  return !/\.(bias|scale|shift)$/.test(name);
}

function among(tensors: Readonly<Record<string, Tensor>>, kind: string): (name: string) => Tensor {
  return (name) => {
    const tensor = tensors[name];
    if (tensor === undefined) throw new InternalError(`the model has no ${kind} ${name}`);
    return tensor;
  };
}
