/** The encoder trainer as a whole, on small random checkpoints: what it promises beyond what every trainer does (conformance.ts). */

import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { quiet } from "../../../src/core/effects.js";
import { Random } from "../../../src/core/random.js";
import type { Dataset } from "../../../src/dataset/dataset.js";
import { subset } from "../../../src/dataset/subset.js";
import { families, type Family } from "../../../src/train/encoder/checkpoint/config.js";
import { encoder } from "../../../src/train/encoder/trainer.js";
import { resumeWith } from "../../../src/train/resume-with.js";
import { openTensors } from "../../../src/train/safetensors/read.js";
import { writeTensors } from "../../../src/train/safetensors/write.js";
import { train } from "../../../src/train/train.js";
import { titled } from "../../util/requires.js";
import { datasetOf } from "../datasets.js";
import { problemOfAsync } from "../problem.js";
import { contents, scratchFolder } from "../scratch.js";
import { checkpointFolder, lacksTransformers, numbersOf, runPython } from "./fixtures.js";
import {
  collect,
  largestDifference,
  optionsOf,
  sentences,
  start,
  texts,
  trained,
  untrained,
  words,
  type Options,
} from "./trainings.js";

const scratch = scratchFolder("encoder");

const newHead = `${checkpointFolder("bert")}: a new classifier is drawn and trained for these labels`;

/** Two to four choices a row, one of the first two right. */
function questions(size: number, seed: number) {
  const random = new Random(seed);
  const word = () => words[random.below(words.length)]!;
  const text = Array.from({ length: size }, () => `the ${word()} and the _ near the ${word()}`);
  const choices = text.map(() => Array.from({ length: 2 + random.below(3) }, () => `${word()} ${word()}`));
  const gold = text.map(() => random.below(2));
  return {
    made: datasetOf({ kind: "choices", text, choices }, gold, { labels: ["1", "2", "3", "4"] }),
    text,
    choices,
  };
}

describe("a tiny model", () => {
  it("learns 64 examples by heart", async () => {
    const dataset = sentences(64, 2);
    const options = { epochs: 80, dropout: 0, learningRate: 0.005, batch: 16, schedule: "linear" } as const;
    const { losses } = await trained(dataset, options, { protocol: "train-pass" });
    expect(losses.at(-1)).toBeLessThan(0.01);
  });
});

describe.each(families)("padding, of %s,", (family) => {
  it("changes nothing", async () => {
    const short = ["a man", "Two dogs run.", "a", "Children swim in the lake", ""];
    const options = { model: checkpointFolder(family) };
    const alone = await untrained(texts(short), options);
    const beside = await untrained(
      texts([...short, "the man is thinking about his wife in the kitchen"]),
      options,
    );
    const own = { ...beside, values: beside.values.slice(0, alone.values.length) };
    expect(largestDifference(own, alone)).toBeLessThan(1e-5);
  });
});

describe("multiple choice", () => {
  const { made: all, text, choices } = questions(60, 1);

  it("scores an example with two choices as it does where others have four", async () => {
    const two = Int32Array.from(all.ids.keys()).filter((row) => choices[row]!.length === 2);
    const few = subset(all, two);
    const wide = await untrained(few, {}, all);
    const narrow = await untrained(few, {}, { ...few, labelNames: ["1", "2"], subsetOf: null });
    expect(wide.values.length).toBe(2 * two.length);
    expect(largestDifference(wide, narrow)).toBeLessThan(1e-5);
    // Else the choices would not be told apart at all.
    expect(new Set(wide.values).size).toBeGreaterThan(two.length);
  });

  it("learns from two choices the same, with or without room for more", async () => {
    const input = { kind: "choices", text, choices: choices.map((one) => one.slice(0, 2)) } as const;
    const options = { dropout: 0, mixLengths: true, epsilon: 1e-3 };
    const two = await trained({ ...all, input, labelNames: ["1", "2"] }, options);
    const four = await trained({ ...all, input }, options);
    // Rounding, which two epochs of updates carry on; epsilon keeps Adam from blowing it up.
    for (const epoch of [0, 1])
      expect(largestDifference(two.logits[epoch]!, four.logits[epoch]!)).toBeLessThan(1e-4);
  });

  it("refuses such a test set before anything is trained", async () => {
    const input = { kind: "choices", text, choices: choices.map((one) => one.slice(0, 2)) } as const;
    const out = join(scratch, "more-choices");
    const two = { ...all, input, labelNames: ["1", "2"] };
    expect(
      await problemOfAsync(() =>
        train(two, { trainer: encoder, options: optionsOf({}), out, tests: { t: { dataset: all } } }),
      ),
    ).toBe("made: an example has more choices than the model was trained with, 2, 4");
    expect(existsSync(out)).toBe(false);
  });

  it("refuses a test set whose examples have more choices than the model was trained with", async () => {
    const input = { kind: "choices", text, choices: choices.map((one) => one.slice(0, 2)) } as const;
    expect(await problemOfAsync(() => untrained(all, {}, { ...all, input, labelNames: ["1", "2"] }))).toBe(
      "made: an example has more choices than the model was trained with, 2, 4",
    );
  });
});

describe("parts of a batch", () => {
  it("are one batch", async () => {
    const dataset = sentences(50, 4);
    const whole = await trained(dataset, { dropout: 0, batch: 20, epsilon: 1e-3 });
    for (const parts of [3, 20, 64]) {
      const parted = await trained(dataset, { dropout: 0, batch: 20, epsilon: 1e-3, parts });
      // Gradients are summed in another order; epsilon keeps Adam from blowing that up.
      expect(largestDifference(parted.logits[1]!, whole.logits[1]!)).toBeLessThan(1e-4);
      expect(Math.abs(parted.losses[0]! - whole.losses[0]!)).toBeLessThan(1e-4);
    }
  });
});

describe("a checkpoint's own head", () => {
  it.each(families)("of %s answers in the order of the data's labels", async (family: Family) => {
    const { texts: own, logits } = numbersOf(family).inputs.single;
    const order = [2, 0, 1];
    const labels = order.map((at) => ["entailment", "NEUTRAL", "contradiction"][at]!);
    const found = await untrained(texts(own, labels), {
      model: checkpointFolder(family),
      head: "own",
      maxLength: 24,
    });
    const expected = logits.flatMap((row) => order.map((at) => row[at]!));
    expected.forEach((logit, at) => expect(Math.abs(found.values[at]! - logit)).toBeLessThan(1e-4));
  });

  it("is refused where it tells other labels apart, and passed over on request", async () => {
    const dataset = sentences(20, 1);
    expect(await problemOfAsync(() => start(dataset, { head: "own" }))).toMatch(
      /the checkpoint's own head tells apart 3 labels \("entailment", "neutral", "contradiction"\), the data 2 labels \("neg", "pos"\); name the labels as the checkpoint does, or start with a new head: --head new$/,
    );
    const lines: string[] = [];
    const training = await start(
      dataset,
      { head: "new" },
      { effects: { ...quiet, log: (line) => lines.push(line) } },
    );
    await training.close();
    expect(lines).toEqual([newHead]);
  });
});

describe("texts", () => {
  it("that are empty or cut are counted, and said once a dataset", async () => {
    const dataset = texts([
      "",
      "a man",
      " ",
      "the man is thinking about his wife in the kitchen",
      "Two dogs run across the snow",
    ]);
    const lines: string[] = [];
    const effects = {
      ...quiet,
      log: (line: string) => lines.push(line),
      warn: (line: string) => lines.push(`warning: ${line}`),
    };
    const training = await start(dataset, { maxLength: 8, keepEmbeddings: true }, { effects });
    await training.embeddings?.(dataset);
    await collect(training.predict(dataset), dataset);
    await training.close();
    expect(lines).toEqual([
      "made: 2 of 5 examples cut to 8 tokens",
      "warning: made: 2 of 5 examples without text",
      newHead,
    ]);
  });
});

describe("what cannot start", () => {
  const dataset = sentences(20, 1);
  const at = (options: Options, out: string, overwrite = false) =>
    train(dataset, {
      ...{ trainer: encoder, options: optionsOf(options), out, overwrite, threads: 1 },
      ...(options.keepEmbeddings === true ? { protocol: "held-out" as const } : {}),
    });
  const wrong: [string, Options, RegExp][] = [
    [
      "a checkpoint that is not there",
      { model: join(scratch, "nowhere") },
      /nowhere: there is no such folder; give a checkpoint's folder/,
    ],
    [
      "a folder that is no checkpoint",
      { model: scratch },
      /has no config.json that can be read; a checkpoint folder has config.json, tokenizer.json and model.safetensors$/,
    ],
    ["labels of another head", { head: "own" }, /--head new$/],
    ["layers that are not there", { freeze: "layers:99" }, /this encoder has 2 layers/],
    [
      "states of several models",
      { keepEmbeddings: true },
      /^--keep-embeddings: held-out trains several models/,
    ],
    ["a dev set that is not there", { dev: "nowhere.csv", patience: 1 }, /nowhere.csv/],
  ];

  it.each(wrong)("says so and leaves no run behind: %s", async (name, options, message) => {
    const out = join(scratch, `cannot ${name}`);
    expect(await problemOfAsync(() => at(options, out))).toMatch(message);
    expect(existsSync(out)).toBe(false);
  });

  it("does not replace a run that stands", async () => {
    const out = join(scratch, "stands");
    await at({ epochs: 1 }, out);
    const before = contents(out);
    await problemOfAsync(() => at({ freeze: "layers:99" }, out, true));
    expect(contents(out)).toEqual(before);
  });
});

describe("a run goes on only with what it began with", () => {
  const labelled: Dataset = { ...sentences(40, 3), roles: { text: "text", label: "label" } };
  const readers = { examples: async () => labelled, test: () => Promise.reject(new Error("no test")) };

  it("is refused where the checkpoint or the dev set has changed", async () => {
    const model = join(scratch, "origin");
    cpSync(checkpointFolder("bert"), model, { recursive: true });
    const dev = join(scratch, "origin-dev.csv");
    const devOf = (label: string) => writeFileSync(dev, `text,label\na man,${label}\ndogs,pos\nsnow,neg\n`);
    devOf("neg");
    const out = join(scratch, "origin-run");
    const options = optionsOf({ model, dev, patience: 9, freeze: "layers:1" });
    await train(labelled, { trainer: encoder, options, out, threads: 1 });
    const more = (epochs: number) => resumeWith(readers, out, { trainer: encoder, epochs });
    devOf("pos");
    expect(await problemOfAsync(() => more(3))).toBe(
      `--dev ${dev}: has changed since the run began, which cannot go on with it; restore the files as they were, or train anew with --overwrite`,
    );
    devOf("neg");
    expect((await more(3)).manifest.epochs.finished).toBe(3);
    const weights = join(model, "model.safetensors");
    const bytes = readFileSync(weights);
    bytes[bytes.length - 2]! ^= 1;
    writeFileSync(weights, bytes);
    expect(await problemOfAsync(() => more(4))).toBe(
      `${model}: has changed since the run began, which cannot go on with it; restore the files as they were, or train anew with --overwrite`,
    );
  });

  it("is told of numbers in the checkpoint that are not finite", async () => {
    const model = join(scratch, "not-finite");
    cpSync(checkpointFolder("bert"), model, { recursive: true });
    const weights = join(model, "model.safetensors");
    const file = await openTensors(weights);
    const tensors = await Promise.all(
      [...file.entries.values()].map(async ({ name, shape }) => {
        const data = await file.read(name);
        if (name.endsWith("layer.1.output.dense.weight")) data[7] = NaN;
        return [name, { shape, data }] as const;
      }),
    );
    await file.close();
    await writeTensors(weights, tensors);
    expect(await problemOfAsync(() => trained(sentences(20, 1), { model }))).toMatch(
      /not-finite: the checkpoint's layers\.1\.\S+ holds numbers that are not finite; take another checkpoint$/,
    );
  });
});

describe("a loss that is no number", () => {
  it("ends the training with the update named; the epochs before stand", async () => {
    const dataset = sentences(60, 3);
    const out = join(scratch, "nan");
    const options = optionsOf({ learningRate: 1, epochs: 400, dropout: 0, clip: 0, batch: 10 });
    const poisoned = { ...options, labelSmoothing: 0 };
    const problem = await problemOfAsync(() =>
      train(dataset, { trainer: exploding(2), options: poisoned, out, threads: 1 }),
    );
    expect(problem).toBe("update 13: the loss is no finite number, NaN; try a smaller learning rate");
    expect(Object.keys(contents(out)).filter((name) => name.startsWith("dynamics"))).toHaveLength(2);
  });
});

/** The encoder trainer, whose weights become infinite in the second update of an epoch. */
function exploding(epochs: number): typeof encoder {
  return {
    ...encoder,
    async start(request) {
      const training = await encoder.start(request);
      const { weights } = (
        training as unknown as { network: { weights: Map<string, { data: Float32Array }> } }
      ).network;
      return {
        epochs: async function* () {
          for await (const epoch of training.epochs()) {
            if (epoch.epoch < epochs) yield epoch;
            else
              yield {
                ...epoch,
                observations: (async function* () {
                  for await (const batch of epoch.observations) {
                    weights.get("head.pooler.weight")!.data.fill(NaN);
                    yield batch;
                  }
                })(),
              };
          }
        },
        predict: (dataset) => training.predict(dataset),
        saveModel: (folder) => training.saveModel(folder),
        close: () => training.close(),
      };
    },
  };
}

const pythonLogits = `
import json, sys, torch, transformers
results = []
for folder, texts in json.loads(sys.argv[1]):
    model = transformers.AutoModelForSequenceClassification.from_pretrained(folder).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    with torch.no_grad():
        rows = [model(**tokenizer(text, truncation=True, max_length=12, return_tensors="pt")).logits[0].tolist() for text in texts]
    results.append([rows, [model.config.id2label[i] for i in range(model.config.num_labels)]])
print(json.dumps(results))
`;

describe("a trained model", () => {
  it.skipIf(lacksTransformers !== null)(
    titled("gives in transformers the logits that it gives here", lacksTransformers),
    async () => {
      const dataset = sentences(30, 6);
      if (dataset.input.kind !== "text") throw new Error("text");
      const jobs: [string, readonly string[]][] = [];
      const ours: Float32Array[] = [];
      for (const family of ["bert", "roberta"] as const) {
        const training = await start(dataset, { model: checkpointFolder(family), maxLength: 12 });
        for await (const epoch of training.epochs()) for await (const _ of epoch.observations);
        const folder = join(scratch, `trained-${family}`);
        await training.saveModel(folder);
        ours.push((await collect(training.predict(dataset), dataset)).values);
        await training.close();
        jobs.push([folder, dataset.input.text]);
      }
      const theirs = JSON.parse(runPython(pythonLogits, [JSON.stringify(jobs)])) as [number[][], string[]][];
      for (const [at, [rows, labels]] of theirs.entries()) {
        expect(labels).toEqual(dataset.labelNames);
        rows.flat().forEach((logit, i) => expect(Math.abs(logit - ours[at]![i]!)).toBeLessThan(1e-4));
      }
    },
    120_000,
  );
});
