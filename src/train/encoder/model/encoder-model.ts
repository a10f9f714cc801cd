/** Encoder and head as a model that `compile` takes. */

import type { Tensor } from "../../../autograd/graph.js";
import { softmaxCrossEntropy } from "../../../autograd/losses.js";
import type { Input, Model, Parameter } from "../../../autograd/model.js";
import * as ops from "../../../autograd/ops.js";
import { product, type Size } from "../../../autograd/shape.js";
import { InternalError } from "../../../core/errors.js";
import type { EncoderConfig } from "../checkpoint/config.js";
import type { HeadPlan } from "../checkpoint/head.js";
import { traceEncoder, traceLower, traceUpper } from "./encoder-graph.js";
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
  return {
    parameters: parametersOf(plan, weights),
    inputs: { ...tokenInputs(config, product([choices, "batch"])), ...headInputs(choices) },
    trace({ inputs, parameters }) {
      const parameter = among(parameters, "parameter");
      const input = among(inputs, "input");
      const first = traceEncoder(config, { embedded: input("tokens"), mask: input("mask") }, parameter);
      return outputsOf(plan, first, parameter, input);
    },
  };
}

/**
 * The embeddings and lower layers that stay as they are. Output `states`: of all tokens [sequences, length, width], or, where no layer is left
 * that would read them, of each first one [sequences, width].
 */
export function lowerModel(
  plan: ModelPlan,
  weights: Weights,
  depth: number,
): Model<string, string, "states"> {
  const { config } = plan;
  return {
    parameters: parametersOf(
      { ...plan, frozen: () => true },
      only(weights, (name) => plan.frozen(name)),
    ),
    inputs: tokenInputs(config, "sequences"),
    trace({ inputs, parameters }) {
      const parameter = among(parameters, "parameter");
      const input = among(inputs, "input");
      const read = { embedded: input("tokens"), mask: input("mask") };
      const states =
        depth === config.layers
          ? traceEncoder(config, read, parameter)
          : traceLower(config, read, parameter, depth);
      // It is never trained: any number serves as its loss.
      return { loss: ops.mean(states), outputs: { states } };
    },
  };
}

/** What trains above such states. Inputs: `states` and, where layers are left, `mask`, in the place of `tokens`. */
export function upperModel(
  plan: ModelPlan,
  weights: Weights,
  depth: number,
): Model<string, string, ModelOutput> {
  const { config, choices } = plan;
  const sequences = product([choices, "batch"]);
  const headOnly = depth === config.layers;
  return {
    parameters: parametersOf(
      plan,
      only(weights, (name) => !plan.frozen(name)),
    ),
    inputs: {
      ...(headOnly
        ? { states: { type: "float32", shape: [sequences, config.width] } }
        : {
            states: { type: "float32", shape: [sequences, "length", config.width] },
            mask: { type: "float32", shape: [sequences, "length"] },
          }),
      ...headInputs(choices),
    },
    trace({ inputs, parameters }) {
      const parameter = among(parameters, "parameter");
      const input = among(inputs, "input");
      const states = input("states");
      const first = headOnly ? states : traceUpper(config, { states, mask: input("mask") }, parameter, depth);
      return outputsOf(plan, first, parameter, input);
    },
  };
}

function only(weights: Weights, wanted: (name: string) => boolean): Weights {
  return new Map([...weights].filter(([name]) => wanted(name)));
}

function tokenInputs(config: EncoderConfig, sequences: Size): Record<string, Input> {
  const tables = [
    "embeddings.word",
    "embeddings.position",
    ...(config.tokenTypes > 0 ? ["embeddings.type"] : []),
  ];
  return {
    tokens: { lookup: tables, shape: [sequences, "length"] },
    mask: { type: "float32", shape: [sequences, "length"] },
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
