/** What each family's checkpoints call our parameters: names as a whole model's `state_dict` has them, `bert.` and the like in front. */

import type { EncoderConfig } from "./config.js";
import { headPlan, prefixes, type Task } from "./head.js";
import { encoderShapes } from "./shapes.js";

const distilbertParts: Readonly<Record<string, string>> = {
  "attention.query": "attention.q_lin",
  "attention.key": "attention.k_lin",
  "attention.value": "attention.v_lin",
  "attention.output": "attention.out_lin",
  "attention.norm": "sa_layer_norm",
  inner: "ffn.lin1",
  outer: "ffn.lin2",
  norm: "output_layer_norm",
};

const bertParts: Readonly<Record<string, string>> = {
  "attention.query": "attention.self.query",
  "attention.key": "attention.self.key",
  "attention.value": "attention.self.value",
  "attention.output": "attention.output.dense",
  "attention.norm": "attention.output.LayerNorm",
  inner: "intermediate.dense",
  outer: "output.dense",
  norm: "output.LayerNorm",
};

const embeddingParts: Readonly<Record<string, string>> = {
  "embeddings.word": "embeddings.word_embeddings.weight",
  "embeddings.position": "embeddings.position_embeddings.weight",
  "embeddings.type": "embeddings.token_type_embeddings.weight",
  "embeddings.norm": "embeddings.LayerNorm",
  "embeddings.projection": "embeddings_project",
};

const ends: Readonly<Record<string, string>> = {
  weight: "weight",
  bias: "bias",
  scale: "weight",
  shift: "bias",
};

/** The checkpoint's name of each of the encoder's parameters, in their order. */
export function encoderNames(config: EncoderConfig): Map<string, string> {
  const distilbert = config.family === "distilbert";
  const parts = distilbert ? distilbertParts : bertParts;
  const stack = distilbert ? "transformer.layer" : "encoder.layer";
  const names = new Map<string, string>();
  for (const own of encoderShapes(config).keys()) {
    const whole = embeddingParts[own];
    const dot = own.lastIndexOf(".");
    const stem = own.slice(0, dot);
    const end = ends[own.slice(dot + 1)];
    const [, layer, part] = /^layers\.(\d+)\.(.+)$/.exec(stem) ?? [];
    const theirs =
      whole ??
      (part === undefined ? `${embeddingParts[stem]}.${end}` : `${stack}.${layer}.${parts[part]}.${end}`);
    names.set(own, prefixes[config.family] + theirs);
  }
  return names;
}

/** The checkpoint's name of each of the head's parameters. */
export function headNames(config: EncoderConfig, task: Task): Map<string, string> {
  const { pooler, classifier } = headPlan(config, task);
  return new Map([
    ["head.pooler.weight", `${pooler}.weight`],
    ["head.pooler.bias", `${pooler}.bias`],
    ["head.classifier.weight", `${classifier}.weight`],
    ["head.classifier.bias", `${classifier}.bias`],
  ]);
}

/**
 * A tensor's name as `encoderNames` and `headNames` write it: with the family's prefix where it belongs to the encoder, and with the
 * old names of a norm's parameters (`gamma`, `beta`) replaced.
 */
export function canonicalName(name: string, config: EncoderConfig): string {
  const modern = name
    .replace(/LayerNorm\.gamma$/, "LayerNorm.weight")
    .replace(/LayerNorm\.beta$/, "LayerNorm.bias");
  const bare = /^(embeddings|embeddings_project|encoder|transformer|pooler)\./.test(modern);
  return bare ? prefixes[config.family] + modern : modern;
}

/** Whether a tensor that the model does not use is one that checkpoints of these families carry: buffers, heads of other tasks. */
export function isKnownExtra(canonical: string): boolean {
  return knownExtras.some((pattern) => pattern.test(canonical));
}

const knownExtras = [
  /(^|\.)embeddings\.(position_ids|token_type_ids)$/,
  /^(bert|roberta|electra|distilbert)\.pooler\.dense\./,
  /^(cls|lm_head|classifier|pre_classifier|qa_outputs|sequence_summary)\./,
  /^vocab_(transform|layer_norm|projector)\./,
  /^(discriminator_predictions|generator_predictions|generator_lm_head)\./,
];
