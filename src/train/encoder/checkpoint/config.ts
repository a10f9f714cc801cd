/**
 * A checkpoint's `config.json` as one total type: what the graph is built from, whatever the family calls it. What this cannot say
 * (relative positions, decoders, quantised weights) is refused by name. Field names and defaults are those of transformers 5.23.
 */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../../core/errors.js";

export const families = ["bert", "roberta", "distilbert", "electra", "xlm-roberta"] as const;
export type Family = (typeof families)[number];

/** `gelu` is exact (by the error function), `gelu_new` its approximation by the hyperbolic tangent. */
export type Activation = "gelu" | "gelu_new" | "relu";

export interface EncoderConfig {
  readonly family: Family;
  readonly layers: number;
  /** Width of the hidden states. */
  readonly width: number;
  /** Attention heads; they divide the width. */
  readonly heads: number;
  /** Width between the two products of a layer's second half. */
  readonly inner: number;
  /** Rows of the word embeddings. */
  readonly vocabulary: number;
  /** The most tokens of a sequence, special ones included. */
  readonly positions: number;
  /** Row of the position embeddings that the first token takes: padId + 1 for RoBERTa's kin, else 0. The table has `positions + positionOffset` rows. */
  readonly positionOffset: number;
  /** Rows of the token type embeddings; 0: the family has none. */
  readonly tokenTypes: number;
  /** Width of the embeddings: `width`, but for ELECTRA where it may be less; then they are projected. */
  readonly embeddingWidth: number;
  readonly layerNormEps: number;
  /** Between the two products of a layer's second half. */
  readonly activation: Activation;
  /** After the embeddings' norm, after attention's output, after the second product. */
  readonly hiddenDropout: number;
  /** On attention's probabilities. */
  readonly attentionDropout: number;
  /** In the classification head. */
  readonly classifierDropout: number;
  readonly padId: number;
  /** Standard deviation of new weights. */
  readonly initializerRange: number;
  /** What the checkpoint's own head tells apart: labels in the order of its outputs; null where its head is not a classifier, or it has none. */
  readonly labels: readonly string[] | null;
  /** The model class that wrote it, `BertForSequenceClassification`; null where it does not say. */
  readonly architecture: string | null;
  /** The file's content, for writing it again. */
  readonly raw: Readonly<Record<string, unknown>>;
}

const activations: Readonly<Record<string, Activation>> = {
  gelu: "gelu",
  gelu_python: "gelu",
  gelu_new: "gelu_new",
  gelu_fast: "gelu_new",
  gelu_pytorch_tanh: "gelu_new",
  relu: "relu",
};

const count = z.int().positive();
/** Far above any model: a damaged number is told, not built. */
const layerCount = z.int().min(1).max(1000);
const rate = z.number().min(0).lt(1);

const general = z.object({
  vocab_size: count.default(30522),
  max_position_embeddings: count.default(512),
  initializer_range: z.number().positive().default(0.02),
  architectures: z.array(z.string()).nullish(),
  id2label: z.record(z.string(), z.string()).nullish(),
});

const bertLike = general.extend({
  hidden_size: count.default(768),
  num_hidden_layers: layerCount.default(12),
  num_attention_heads: count.default(12),
  intermediate_size: count.default(3072),
  hidden_act: z.string().default("gelu"),
  hidden_dropout_prob: rate.default(0.1),
  attention_probs_dropout_prob: rate.default(0.1),
  classifier_dropout: rate.nullish(),
  type_vocab_size: count.default(2),
  layer_norm_eps: z.number().positive().default(1e-12),
  pad_token_id: z.int().nonnegative().nullish(),
});

const electra = bertLike.extend({
  embedding_size: count.default(128),
  hidden_size: count.default(256),
  num_attention_heads: count.default(4),
  intermediate_size: count.default(1024),
});

const distilbert = general.extend({
  dim: count.default(768),
  n_layers: layerCount.default(6),
  n_heads: count.default(12),
  hidden_dim: count.default(3072),
  activation: z.string().default("gelu"),
  dropout: rate.default(0.1),
  attention_dropout: rate.default(0.1),
  seq_classif_dropout: rate.default(0.2),
  pad_token_id: z.int().nonnegative().nullish(),
});

/** Reads a checkpoint folder's `config.json`. @throws UserError where it is missing, damaged or asks for what the encoder trainer has not */
export async function readConfig(folder: string): Promise<EncoderConfig> {
  const path = join(folder, "config.json");
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new UserError({
      subject: folder,
      problem: "the checkpoint has no config.json that can be read",
      remedy: "a checkpoint folder has config.json, tokenizer.json and model.safetensors",
      cause,
    });
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new UserError({
      subject: path,
      problem: "not JSON",
      remedy: "fetch the checkpoint again",
      cause,
    });
  }
  return parseConfig(json, path);
}

/** @param subject the file, for messages */
export function parseConfig(json: unknown, subject: string): EncoderConfig {
  const raw = parse(z.record(z.string(), z.unknown()), json, subject);
  const family = families.find((name) => name === raw["model_type"]);
  if (family === undefined) {
    throw new UserError({
      subject,
      problem: "the encoder trainer does not know this model_type",
      value: raw["model_type"] ?? "none",
      remedy: `it takes ${families.join(", ")}`,
    });
  }
  refuseUnsupported(raw, subject);
  const config = family === "distilbert" ? ofDistilBert(raw, subject) : ofBertLike(family, raw, subject);
  if (config.width % config.heads !== 0) {
    throw new UserError({
      subject,
      problem: `the width ${config.width} is not a multiple of the attention heads`,
      value: config.heads,
    });
  }
  if (config.positions < 4) {
    throw new UserError({ subject, problem: "too few positions for a text", value: config.positions });
  }
  return config;
}

function ofBertLike(
  family: Exclude<Family, "distilbert">,
  raw: Record<string, unknown>,
  subject: string,
): EncoderConfig {
  const fields =
    family === "electra"
      ? parse(electra, raw, subject)
      : { ...parse(bertLike, raw, subject), embedding_size: undefined };
  const roberta = family === "roberta" || family === "xlm-roberta";
  const padId = fields.pad_token_id ?? (roberta ? 1 : 0);
  const positionOffset = roberta ? padId + 1 : 0;
  return {
    family,
    layers: fields.num_hidden_layers,
    width: fields.hidden_size,
    heads: fields.num_attention_heads,
    inner: fields.intermediate_size,
    vocabulary: fields.vocab_size,
    positions: fields.max_position_embeddings - positionOffset,
    positionOffset,
    tokenTypes: fields.type_vocab_size,
    embeddingWidth: fields.embedding_size ?? fields.hidden_size,
    layerNormEps: fields.layer_norm_eps,
    activation: activationNamed(fields.hidden_act, subject),
    hiddenDropout: fields.hidden_dropout_prob,
    attentionDropout: fields.attention_probs_dropout_prob,
    classifierDropout: fields.classifier_dropout ?? fields.hidden_dropout_prob,
    padId,
    ...common(fields, raw, subject),
  };
}

function ofDistilBert(raw: Record<string, unknown>, subject: string): EncoderConfig {
  const fields = parse(distilbert, raw, subject);
  return {
    family: "distilbert",
    layers: fields.n_layers,
    width: fields.dim,
    heads: fields.n_heads,
    inner: fields.hidden_dim,
    vocabulary: fields.vocab_size,
    positions: fields.max_position_embeddings,
    positionOffset: 0,
    tokenTypes: 0,
    embeddingWidth: fields.dim,
    // Not configurable there: written into the model.
    layerNormEps: 1e-12,
    activation: activationNamed(fields.activation, subject),
    hiddenDropout: fields.dropout,
    attentionDropout: fields.attention_dropout,
    classifierDropout: fields.seq_classif_dropout,
    padId: fields.pad_token_id ?? 0,
    ...common(fields, raw, subject),
  };
}

function common(
  fields: z.infer<typeof general>,
  raw: Record<string, unknown>,
  subject: string,
): Pick<EncoderConfig, "initializerRange" | "architecture" | "labels" | "raw"> {
  const architecture = fields.architectures?.[0] ?? null;
  const classifies = architecture?.endsWith("ForSequenceClassification") ?? false;
  return {
    initializerRange: fields.initializer_range,
    architecture,
    labels: classifies ? labelsOf(fields.id2label, raw["num_labels"], subject) : null,
    raw,
  };
}

/** transformers writes two labels LABEL_0 and LABEL_1 by leaving them out. */
function labelsOf(
  id2label: Readonly<Record<string, string>> | null | undefined,
  numLabels: unknown,
  subject: string,
): string[] {
  if (id2label === null || id2label === undefined) {
    const length = typeof numLabels === "number" ? numLabels : 2;
    return Array.from({ length }, (_, index) => `LABEL_${index}`);
  }
  return Object.keys(id2label).map((_, index, keys) => {
    const label = id2label[String(index)];
    if (label !== undefined) return label;
    throw new UserError({
      subject,
      problem: `id2label has ${keys.length} labels but none for the output ${index}`,
      remedy: "number them from 0",
    });
  });
}

function activationNamed(name: string, subject: string): Activation {
  const activation = activations[name];
  if (activation !== undefined) return activation;
  throw new UserError({
    subject,
    problem: "the encoder trainer does not have this activation",
    value: name,
    remedy: `it has ${Object.keys(activations).join(", ")}`,
  });
}

function refuseUnsupported(raw: Readonly<Record<string, unknown>>, subject: string): void {
  const refuse = (field: string, what: string): never => {
    throw new UserError({
      subject,
      problem: `${field} asks for ${what}, which the encoder trainer does not have`,
      value: typeof raw[field] === "object" ? JSON.stringify(raw[field]) : raw[field],
      remedy: "take another checkpoint",
    });
  };
  if ((raw["position_embedding_type"] ?? "absolute") !== "absolute")
    refuse("position_embedding_type", "relative positions");
  if (raw["is_decoder"] === true) refuse("is_decoder", "a decoder");
  if (raw["add_cross_attention"] === true) refuse("add_cross_attention", "cross attention");
  if (raw["quantization_config"] !== undefined && raw["quantization_config"] !== null)
    refuse("quantization_config", "quantised weights");
  const pruned = raw["pruned_heads"];
  if (typeof pruned === "object" && pruned !== null && Object.keys(pruned).length > 0)
    refuse("pruned_heads", "pruned attention heads");
}

function parse<T>(schema: z.ZodType<T>, value: unknown, subject: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".") ?? "";
  throw new UserError({
    subject,
    problem:
      field === "" ? "not a model's configuration" : `${field}: ${issue?.message ?? "of another kind"}`,
    value: issue === undefined || field === "" ? undefined : valueAt(value, issue.path),
    remedy: "fetch the checkpoint again",
  });
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) at = typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined;
  return typeof at === "object" ? JSON.stringify(at) : at;
}
