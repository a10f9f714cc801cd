/**
 * The encoder as a graph: embeddings, then layers of attention and a two-layer network, each with a residual sum and a
 * normalisation behind it (Devlin et al. 2019). A classifier reads only the first token of the last layer: of that layer,
 * keys and values are computed for all tokens, everything else for that token alone.
 */

import type { Tensor } from "../../../autograd/graph.js";
import * as ops from "../../../autograd/ops.js";
import type { Size } from "../../../autograd/shape.js";
import type { Activation, EncoderConfig } from "../checkpoint/config.js";

/** The tensor of a parameter, by our name. */
export type ParameterOf = (name: string) => Tensor;

const activations: Readonly<Record<Activation, (x: Tensor) => Tensor>> = {
  gelu: ops.gelu,
  gelu_new: ops.geluTanh,
  relu: ops.relu,
};

/** Added to the score of a key that is padding: its share of the attention is then exactly 0 in 32 bits. */
const hidden = -1e9;

export interface EncoderInputs {
  /** Sums of word, position and type embeddings, [sequences, length, embeddingWidth]. */
  readonly embedded: Tensor;
  /** 1 where a token stands, 0 where padding does, [sequences, length]. */
  readonly mask: Tensor;
}

/** The last state of each sequence's first token, [sequences, width]. */
export function traceEncoder(config: EncoderConfig, inputs: EncoderInputs, parameter: ParameterOf): Tensor {
  const states = traceLower(config, inputs, parameter, 0);
  return traceUpper(config, { states, mask: inputs.mask }, parameter, 0);
}

/** The states of all tokens behind the embeddings and the first `layers` layers (not the last), [sequences, length, width]. */
export function traceLower(
  config: EncoderConfig,
  { embedded, mask }: EncoderInputs,
  parameter: ParameterOf,
  layers: number,
): Tensor {
  const { norm, dense } = blocks(config, parameter);
  let states = ops.dropout(norm(embedded, "embeddings.norm"), config.hiddenDropout);
  if (config.embeddingWidth !== config.width) states = dense(states, "embeddings.projection");
  const bias = biasOf(mask);
  for (let layer = 0; layer < layers; layer++)
    states = traceLayer(config, { read: states, states, bias }, parameter, layer);
  return states;
}

/** What the layers from `from` on make of such states: the last state of each sequence's first token. @param from less than the number of layers */
export function traceUpper(
  config: EncoderConfig,
  { states, mask }: { readonly states: Tensor; readonly mask: Tensor },
  parameter: ParameterOf,
  from: number,
): Tensor {
  const bias = biasOf(mask);
  const last = config.layers - 1;
  for (let layer = from; layer < last; layer++)
    states = traceLayer(config, { read: states, states, bias }, parameter, layer);
  return traceLayer(config, { read: ops.take(states, 1, 0), states, bias }, parameter, last);
}

function biasOf(mask: Tensor): Tensor {
  const [sequences, length] = mask.shape as [Size, Size];
  return ops.reshape(ops.multiply(ops.subtract(1, mask), hidden), [sequences, 1, 1, length]);
}

function blocks({ layerNormEps }: EncoderConfig, parameter: ParameterOf) {
  return {
    norm: (x: Tensor, name: string) =>
      ops.layerNorm(x, parameter(`${name}.scale`), parameter(`${name}.shift`), layerNormEps),
    dense: (x: Tensor, name: string) => ops.linear(x, parameter(`${name}.weight`), parameter(`${name}.bias`)),
  };
}

function traceLayer(config: EncoderConfig, from: Attended, parameter: ParameterOf, layer: number): Tensor {
  const { hiddenDropout } = config;
  const { norm, dense } = blocks(config, parameter);
  const name = `layers.${layer}`;
  const attended = attend(config, from, (x, part) => dense(x, `${name}.attention.${part}`));
  const middle = norm(ops.add(ops.dropout(attended, hiddenDropout), from.read), `${name}.attention.norm`);
  const inner = activations[config.activation](dense(middle, `${name}.inner`));
  const outer = ops.dropout(dense(inner, `${name}.outer`), hiddenDropout);
  return norm(ops.add(outer, middle), `${name}.norm`);
}

interface Attended {
  /** Whose states are computed: [sequences, length, width], or [sequences, width] of one token. */
  readonly read: Tensor;
  /** What they may look at, [sequences, length, width]. */
  readonly states: Tensor;
  readonly bias: Tensor;
}

function attend(
  { heads, width, attentionDropout }: EncoderConfig,
  { read, states, bias }: Attended,
  dense: (x: Tensor, part: string) => Tensor,
): Tensor {
  const [sequences, length] = states.shape as [Size, Size, Size];
  const queries: Size = read.shape.length === 3 ? length : 1;
  const split = (x: Tensor, tokens: Size) =>
    ops.transpose(ops.reshape(x, [sequences, tokens, heads, width / heads]), [0, 2, 1, 3]);
  const mixed = ops.attention(
    split(dense(read, "query"), queries),
    split(dense(states, "key"), length),
    split(dense(states, "value"), length),
    { bias, dropout: attentionDropout },
  );
  return dense(ops.reshape(ops.transpose(mixed, [0, 2, 1, 3]), read.shape), "output");
}
