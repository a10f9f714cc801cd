import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { families, type Family } from "../../../src/train/encoder/checkpoint/config.js";
import { loadCheckpoint } from "../../../src/train/encoder/checkpoint/load.js";
import { matchLabels } from "../../../src/train/encoder/checkpoint/match-labels.js";
import { encoderNames, headNames } from "../../../src/train/encoder/checkpoint/names.js";
import { saveCheckpoint } from "../../../src/train/encoder/checkpoint/save.js";
import { encoderShapes, headShapes } from "../../../src/train/encoder/checkpoint/shapes.js";
import { writeTensors, type Tensor } from "../../../src/train/safetensors/write.js";
import { titled } from "../../util/requires.js";
import { problemOf, problemOfAsync } from "../problem.js";
import { contents, scratchFolder } from "../scratch.js";
import {
  checkpointFolder,
  lacksTransformers,
  miniLm,
  numbersOf,
  readJson,
  readTensors,
  runPython,
} from "./fixtures.js";

const scratch = scratchFolder("checkpoint");
let made = 0;

/** A copy of a family's checkpoint, with other tensors or another configuration. */
async function changed(
  family: Family,
  tensors: (tensors: Map<string, Tensor>) => Iterable<readonly [string, Tensor]> = (same) => same,
  config: Record<string, unknown> = {},
): Promise<string> {
  const folder = join(scratch, String(made++));
  mkdirSync(folder);
  const from = checkpointFolder(family);
  const json = { ...(readJson(join(from, "config.json")) as object), ...config };
  writeFileSync(join(folder, "config.json"), JSON.stringify(json));
  copyFileSync(join(from, "tokenizer.json"), join(folder, "tokenizer.json"));
  copyFileSync(join(from, "tokenizer_config.json"), join(folder, "tokenizer_config.json"));
  const stored = await readTensors(join(from, "model.safetensors"));
  await writeTensors(join(folder, "model.safetensors"), tensors(stored));
  return folder;
}

const renamed =
  (rename: (name: string) => string) =>
  (tensors: Map<string, Tensor>): [string, Tensor][] =>
    [...tensors].map(([name, tensor]) => [rename(name), tensor]);

const one: Tensor = { shape: [1], data: Float32Array.of(1) };

describe("a checkpoint", () => {
  it.each(families)("of %s has each parameter in the place that transformers gives it", async (family) => {
    const { config, parameters, head } = await loadCheckpoint(checkpointFolder(family));
    const stored = await readTensors(join(checkpointFolder(family), "model.safetensors"));
    const names = new Map([...encoderNames(config), ...headNames(config, "classification")]);
    const shapes = new Map([...encoderShapes(config), ...headShapes(config, 3)]);
    expect([...names.values()].sort()).toEqual([...stored.keys()].sort());
    expect(head.missing).toEqual([]);
    expect(head.labels).toEqual(["entailment", "neutral", "contradiction"]);
    const all = new Map([...parameters, ...head.parameters]);
    expect([...all.keys()]).toEqual([...shapes.keys()]);
    for (const [own, tensor] of all) {
      expect(tensor.shape, own).toEqual(shapes.get(own));
      expect(tensor, own).toEqual(stored.get(names.get(own)!));
    }
  });

  it("may be an encoder without prefix, with the old names of norms, buffers and other heads", async () => {
    const { parameters } = await loadCheckpoint(checkpointFolder("bert"));
    const folder = await changed(
      "bert",
      (tensors) => [
        ...renamed((name) =>
          name
            .replace(/^bert\./, "")
            .replace("LayerNorm.weight", "LayerNorm.gamma")
            .replace("LayerNorm.bias", "LayerNorm.beta"),
        )(tensors),
        ["embeddings.position_ids", one],
        ["cls.predictions.bias", one],
        ["cls.seq_relationship.weight", one],
      ],
      { architectures: ["BertForPreTraining"] },
    );
    const plain = await loadCheckpoint(folder);
    expect(new Map(plain.parameters)).toEqual(new Map(parameters));
    // The pooler is the encoder's own; a classifier of nobody knows what is not taken.
    expect([...plain.head.parameters.keys()]).toEqual(["head.pooler.weight", "head.pooler.bias"]);
    expect(plain.head).toMatchObject({ missing: ["classifier"], labels: null });
  });

  it("says which parts of a head it has for another task", async () => {
    const missing: Record<string, readonly string[]> = {};
    for (const family of families) {
      missing[family] = (await loadCheckpoint(checkpointFolder(family), "choice")).head.missing;
    }
    // RoBERTa's and ELECTRA's classification heads have a dense product of their own under another name.
    expect(missing).toEqual({
      bert: ["classifier"],
      roberta: ["pooler", "classifier"],
      distilbert: ["classifier"],
      electra: ["pooler", "classifier"],
      "xlm-roberta": ["pooler", "classifier"],
    });
    const folder = await changed("roberta", (tensors) => tensors, {
      architectures: ["RobertaForTokenClassification"],
    });
    expect((await loadCheckpoint(folder)).head).toMatchObject({ missing: ["classifier"], labels: null });
  });

  it("is refused where a tensor is missing, unknown, twice or of another shape, which is named", async () => {
    const problem = async (...args: Parameters<typeof changed>): Promise<string> => {
      const folder = await changed(...args);
      return (await problemOfAsync(() => loadCheckpoint(folder))).replace(folder, "");
    };
    const name = "bert.encoder.layer.1.attention.self.key.bias";
    expect(await problem("bert", (tensors) => (tensors.delete(name), tensors))).toContain(
      `/model.safetensors: the tensor ${name} of shape 16 is missing`,
    );
    expect(await problem("bert", (tensors) => tensors.set("bert.encoder.layer.0.adapter", one))).toContain(
      'a tensor that config.json does not account for, "bert.encoder.layer.0.adapter"',
    );
    expect(await problem("bert", (same) => same, { num_hidden_layers: 1 })).toContain(
      '16 tensors that config.json does not account for, "bert.encoder.layer.1.',
    );
    expect(await problem("bert", (same) => same, { num_hidden_layers: 3 })).toContain("layer.2.");
    expect(await problem("bert", (same) => same, { vocab_size: 101 })).toContain(
      "the tensor bert.embeddings.word_embeddings.weight has the shape 100 x 16, but config.json asks for 101 x 16",
    );
    expect(await problem("bert", (tensors) => tensors.set(name.slice(5), one))).toContain(
      "are the same parameter",
    );
    expect(await problem("roberta", (same) => same, { model_type: "bert" })).toContain("roberta.embeddings.");
    expect(await problem("bert", (tensors) => tensors, { id2label: { 0: "a", 1: "b" } })).toContain(
      "the tensor classifier.weight has the shape 3 x 16, but config.json asks for 2 x 16",
    );
  });

  it("is refused where one of its files is missing, which is named", async () => {
    const folder = await changed("bert");
    rmSync(join(folder, "model.safetensors"));
    expect(await problemOfAsync(() => loadCheckpoint(folder))).toContain(
      "the checkpoint has no model.safetensors",
    );
    writeFileSync(join(folder, "pytorch_model.bin"), "");
    expect(await problemOfAsync(() => loadCheckpoint(folder))).toContain("as pytorch_model.bin only");
    rmSync(join(folder, "config.json"));
    expect(await problemOfAsync(() => loadCheckpoint(folder))).toContain("the checkpoint has no config.json");
    expect(await problemOfAsync(() => loadCheckpoint(join(folder, "none")))).toContain("no config.json");
  });

  it.each(["f16", "bf16"])("in %s is that of float32, rounded", async (type) => {
    const { parameters } = await loadCheckpoint(checkpointFolder("bert"));
    const halves = await readTensors(join(checkpointFolder("half"), `${type}.safetensors`));
    halves.delete("special");
    const folder = await changed("bert", () => halves);
    // f16 keeps 11 bits of a number, bf16 8.
    const rounding = type === "f16" ? 2 ** -11 : 2 ** -8;
    for (const [name, { data }] of (await loadCheckpoint(folder)).parameters) {
      parameters.get(name)!.data.forEach((value, at) => {
        expect(Math.abs(data[at]! - value)).toBeLessThanOrEqual(Math.abs(value) * rounding + 2 ** -24);
      });
    }
  });

  it.skipIf(miniLm.lacks !== null)(
    titled("all-MiniLM-L6-v2 is a BERT with a pooler", miniLm.lacks),
    async () => {
      const { parameters, head, config } = await loadCheckpoint(miniLm.folder);
      let sum = 0;
      for (const { data } of parameters.values()) sum += data.length;
      expect(sum + 384 * 384 + 384).toBe(22_713_216);
      expect(head.missing).toEqual(["classifier"]);
      expect(config).toMatchObject({ layers: 6, width: 384, heads: 12, positions: 512, labels: null });
    },
  );
});

describe("saving a checkpoint", () => {
  const labels = ["no", "yes", "perhaps"];

  it.each(families)(
    "of %s gives a folder that loads as the same, byte for byte the second time",
    async (family) => {
      const from = checkpointFolder(family);
      for (const task of ["classification", "choice"] as const) {
        const { config, parameters, head } = await loadCheckpoint(from, task);
        const own = task === "choice" ? await choiceHead(family) : head.parameters;
        const saved = {
          config,
          task,
          labels,
          parameters: new Map([...parameters, ...own]),
          tokenizerFrom: from,
        };
        const folders = [0, 1].map(() => join(scratch, String(made++)));
        for (const folder of folders) await saveCheckpoint(folder, saved);
        expect(contents(folders[0]!)).toEqual(contents(folders[1]!));
        expect(readdirSync(folders[0]!).sort()).toEqual([
          "config.json",
          "model.safetensors",
          "tokenizer.json",
          "tokenizer_config.json",
        ]);
        expect(readFileSync(join(folders[0]!, "tokenizer.json"))).toEqual(
          readFileSync(join(from, "tokenizer.json")),
        );
        const again = await loadCheckpoint(folders[0]!, task);
        expect(new Map([...again.parameters, ...again.head.parameters])).toEqual(saved.parameters);
        expect(again.head).toMatchObject({ missing: [], labels: task === "choice" ? null : labels });
        const { raw: _a, labels: _b, architecture: _c, ...config2 } = again.config;
        expect(config).toMatchObject(config2);
      }
    },
  );

  it.skipIf(lacksTransformers !== null)(
    titled("gives a folder that transformers loads as it is, with the same logits", lacksTransformers),
    async () => {
      const jobs = [];
      for (const family of families) {
        const from = checkpointFolder(family);
        const { inputs, choice } = numbersOf(family);
        for (const task of ["classification", "choice"] as const) {
          const { config, parameters, head } = await loadCheckpoint(from, task);
          const own = task === "choice" ? await choiceHead(family) : head.parameters;
          const folder = join(scratch, String(made++));
          await saveCheckpoint(folder, {
            config,
            task,
            labels,
            parameters: new Map([...parameters, ...own]),
            tokenizerFrom: from,
          });
          const { ids, types, mask, logits } = task === "choice" ? choice : inputs.pair;
          jobs.push({ folder, task, ids, types, mask, logits });
        }
      }
      const path = join(scratch, "jobs.json");
      writeFileSync(path, JSON.stringify(jobs));
      const results = JSON.parse(runPython(loading, [path])) as Loaded[];
      for (const [at, { unmatched, difference, names, tokens }] of results.entries()) {
        expect(unmatched).toEqual([]);
        // The same program on the same weights: only kernels of another attention implementation differ, in the last bits.
        expect(difference).toBeLessThan(1e-6);
        expect(names).toEqual(jobs[at]!.task === "choice" ? null : labels);
        expect(tokens).toBeGreaterThan(2);
      }
    },
    120_000,
  );
});

interface Loaded {
  readonly unmatched: readonly string[];
  readonly difference: number;
  readonly names: readonly string[] | null;
  readonly tokens: number;
}

const loading = `
import json, sys, torch, transformers
results = []
for job in json.load(open(sys.argv[1])):
    choice = job["task"] == "choice"
    auto = transformers.AutoModelForMultipleChoice if choice else transformers.AutoModelForSequenceClassification
    model, info = auto.from_pretrained(job["folder"], output_loading_info=True)
    assert type(model).__name__ == model.config.architectures[0]
    unmatched = [str(entry) for part in info.values() for entry in part]
    ids, types, mask = (torch.tensor(job[part]) for part in ("ids", "types", "mask"))
    known = {} if model.config.model_type == "distilbert" else {"token_type_ids": types}
    with torch.no_grad():
        logits = model(input_ids=ids, attention_mask=mask, **known).logits
    difference = (logits - torch.tensor(job["logits"])).abs().max().item()
    names = None if choice else [model.config.id2label[i] for i in range(model.config.num_labels)]
    tokens = len(transformers.AutoTokenizer.from_pretrained(job["folder"])("a man")["input_ids"])
    results.append({"unmatched": unmatched, "difference": difference, "names": names, "tokens": tokens})
print(json.dumps(results))
`;

/** The multiple choice head of a family's fixture, by our names. */
async function choiceHead(family: Family): Promise<Map<string, Tensor>> {
  const { config } = await loadCheckpoint(checkpointFolder(family));
  const stored = await readTensors(join(checkpointFolder(family), "choice.safetensors"));
  const names = headNames(config, "choice");
  expect([...names.values()].sort()).toEqual([...stored.keys()]);
  return new Map([...names].map(([own, name]) => [own, stored.get(name)!]));
}

describe("matchLabels", () => {
  it("finds each label's output by name, whatever the order or the case", () => {
    expect([...matchLabels(["b", "a", "c"], ["a", "b", "c"], "m")]).toEqual([1, 0, 2]);
    expect([...matchLabels(["NEGATIVE", "POSITIVE"], ["positive", "negative"], "m")]).toEqual([1, 0]);
    expect([...matchLabels(["LABEL_0", "LABEL_1"], ["no", "yes"], "m")]).toEqual([0, 1]);
    expect([...matchLabels(["LABEL_1", "LABEL_0"], ["LABEL_0", "LABEL_1"], "m")]).toEqual([1, 0]);
  });

  it("refuses what does not match, with both sides in one line", () => {
    expect(problemOf(() => matchLabels(["a", "b"], ["a", "b", "c"], "m"))).toBe(
      'm: the checkpoint\'s own head tells apart 2 labels ("a", "b"), the data 3 labels ("a", "b", "c"); ' +
        "name the labels as the checkpoint does, or start with a new head: --head new",
    );
    expect(problemOf(() => matchLabels(["LABEL_0"], ["a", "b"], "m"))).toContain(
      'tells apart 1 label ("LABEL_0"),',
    );
    expect(problemOf(() => matchLabels(["a", "b"], ["a", "x"], "m"))).toContain('and it has no "x"');
    expect(problemOf(() => matchLabels(["a", "b"], ["a", "A"], "m"))).toContain("differ only in case");
    expect(problemOf(() => matchLabels(["A", "B"], ["a", "A"], "m"))).toContain("differ only in case");
  });
});
