import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  families,
  parseConfig,
  readConfig,
  type EncoderConfig,
} from "../../../src/train/encoder/checkpoint/config.js";
import { headPlan } from "../../../src/train/encoder/checkpoint/head.js";
import { problemOf, problemOfAsync } from "../problem.js";
import { scratchFolder } from "../scratch.js";
import { checkpointFolder, readJson } from "./fixtures.js";

const labels = ["entailment", "neutral", "contradiction"];
const small = {
  layers: 2,
  width: 16,
  embeddingWidth: 16,
  heads: 4,
  inner: 24,
  vocabulary: 100,
  positions: 40,
  positionOffset: 0,
  tokenTypes: 2,
  layerNormEps: 1e-12,
  activation: "gelu",
  hiddenDropout: 0.1,
  attentionDropout: 0.15,
  classifierDropout: 0.25,
  padId: 0,
  initializerRange: 0.2,
  labels,
} as const;

/** What make.py asks of transformers. */
const expected: Record<(typeof families)[number], Omit<EncoderConfig, "raw">> = {
  bert: { ...small, family: "bert", architecture: "BertForSequenceClassification" },
  roberta: {
    ...small,
    family: "roberta",
    architecture: "RobertaForSequenceClassification",
    heads: 2,
    inner: 20,
    vocabulary: 320,
    positionOffset: 2,
    padId: 1,
    tokenTypes: 1,
    layerNormEps: 1e-5,
  },
  distilbert: {
    ...small,
    family: "distilbert",
    architecture: "DistilBertForSequenceClassification",
    heads: 2,
    tokenTypes: 0,
  },
  electra: {
    ...small,
    family: "electra",
    architecture: "ElectraForSequenceClassification",
    width: 20,
    embeddingWidth: 12,
    activation: "gelu_new",
  },
  "xlm-roberta": {
    ...small,
    family: "xlm-roberta",
    architecture: "XLMRobertaForSequenceClassification",
    vocabulary: 140,
    positionOffset: 2,
    padId: 1,
    tokenTypes: 1,
    layerNormEps: 1e-5,
    activation: "relu",
  },
};

describe("config.json", () => {
  it.each(families)("of %s is one total type", async (family) => {
    const { raw, ...config } = await readConfig(checkpointFolder(family));
    expect(config).toEqual(expected[family]);
    expect(raw).toEqual(readJson(join(checkpointFolder(family), "config.json")));
  });

  it("takes the defaults of transformers where it says nothing", () => {
    const { raw: _raw, ...base } = parseConfig({ model_type: "roberta", vocab_size: 50265 }, "c");
    expect(base).toMatchObject({
      layers: 12,
      width: 768,
      heads: 12,
      inner: 3072,
      positions: 510,
      tokenTypes: 2,
    });
    expect(base).toMatchObject({ classifierDropout: 0.1, labels: null, architecture: null });
    expect(parseConfig({ model_type: "distilbert" }, "c")).toMatchObject({
      layers: 6,
      classifierDropout: 0.2,
    });
    expect(parseConfig({ model_type: "electra" }, "c")).toMatchObject({ width: 256, embeddingWidth: 128 });
  });

  it("has labels only where the checkpoint was trained to tell them apart", () => {
    const two = { model_type: "bert", architectures: ["BertForSequenceClassification"] };
    expect(parseConfig(two, "c").labels).toEqual(["LABEL_0", "LABEL_1"]);
    const named = { ...two, id2label: { "1": "b", "0": "a" } };
    expect(parseConfig(named, "c").labels).toEqual(["a", "b"]);
    expect(parseConfig({ ...named, architectures: ["BertForMaskedLM"] }, "c").labels).toBeNull();
    expect(problemOf(() => parseConfig({ ...two, id2label: { "1": "b" } }, "c"))).toContain(
      "id2label has 1 labels but none for the output 0",
    );
  });

  it.each<[string, unknown, string]>([
    [
      "another family",
      { model_type: "gpt2" },
      'c: the encoder trainer does not know this model_type, "gpt2"',
    ],
    ["no family", {}, "it takes bert, roberta, distilbert, electra, xlm-roberta"],
    ["a list", [], "not a model's configuration"],
    [
      "relative positions",
      { model_type: "bert", position_embedding_type: "relative_key" },
      "position_embedding_type asks for relative positions",
    ],
    ["a decoder", { model_type: "bert", is_decoder: true }, "is_decoder asks for a decoder"],
    ["cross attention", { model_type: "bert", add_cross_attention: true }, "asks for cross attention"],
    ["pruned heads", { model_type: "bert", pruned_heads: { "0": [1] } }, "asks for pruned attention heads"],
    [
      "quantised weights",
      { model_type: "bert", quantization_config: { bits: 4 } },
      "asks for quantised weights",
    ],
    ["another activation", { model_type: "bert", hidden_act: "mish" }, 'this activation, "mish"'],
    [
      "a width that the heads do not divide",
      { model_type: "bert", num_attention_heads: 7 },
      "768 is not a multiple",
    ],
    ["a size of another kind", { model_type: "bert", hidden_size: "768" }, "hidden_size: "],
    ["a billion layers", { model_type: "bert", num_hidden_layers: 1e9 }, "num_hidden_layers: "],
    ["a rate above 1", { model_type: "distilbert", dropout: 1.5 }, "dropout: "],
    [
      "hardly a position",
      { model_type: "roberta", max_position_embeddings: 4 },
      "too few positions for a text, 2",
    ],
  ])("is refused where it has %s", (_what, json, problem) => {
    expect(problemOf(() => parseConfig(json, "c"))).toContain(problem);
  });

  it("is missed, and named where it is not JSON", async () => {
    const folder = scratchFolder("config");
    expect(await problemOfAsync(() => readConfig(folder))).toContain("the checkpoint has no config.json");
    writeFileSync(join(folder, "config.json"), "{ model_type");
    expect(await problemOfAsync(() => readConfig(folder))).toContain("config.json: not JSON");
  });
});

describe("headPlan", () => {
  it("puts dropout and activation where each family has them", async () => {
    const plans = [];
    for (const family of families) {
      const config = await readConfig(checkpointFolder(family));
      for (const task of ["classification", "choice"] as const) {
        const { dropoutBefore, activation, dropoutAfter } = headPlan(config, task);
        plans.push([family, task, dropoutBefore, activation, dropoutAfter]);
      }
    }
    // Read off modeling_<family>.py; the rates are those of make.py: hidden 0.1, classifier 0.25, ELECTRA's summary 0.3.
    expect(plans).toEqual([
      ["bert", "classification", 0, "tanh", 0.25],
      ["bert", "choice", 0, "tanh", 0.25],
      ["roberta", "classification", 0.25, "tanh", 0.25],
      ["roberta", "choice", 0, "tanh", 0.1],
      ["distilbert", "classification", 0, "relu", 0.25],
      ["distilbert", "choice", 0, "relu", 0.25],
      ["electra", "classification", 0.25, "gelu", 0.25],
      ["electra", "choice", 0, "gelu", 0.3],
      ["xlm-roberta", "classification", 0.25, "tanh", 0.25],
      ["xlm-roberta", "choice", 0, "tanh", 0.1],
    ]);
  });

  it("refuses a summary of ELECTRA's that is another one", () => {
    const config = parseConfig({ model_type: "electra", summary_type: "mean" }, "c");
    expect(problemOf(() => headPlan(config, "choice", "c"))).toContain("summary_type of another kind");
    expect(headPlan(config, "classification").activation).toBe("gelu");
  });
});
