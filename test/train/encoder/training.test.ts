/** The encoder trainer as a whole, on small random checkpoints: what it promises beyond what every trainer does (conformance.ts). */

import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { quiet } from "../../../src/core/effects.js";
import { Stopped } from "../../../src/core/stop.js";
import { subset } from "../../../src/dataset/subset.js";
import type { Dataset } from "../../../src/dataset/dataset.js";
import { collectLogits } from "../../../src/run/collect.js";
import type { RowLogits } from "../../../src/run/observation.js";
import { families, type Family } from "../../../src/train/encoder/checkpoint/config.js";
import { loadCheckpoint } from "../../../src/train/encoder/checkpoint/load.js";
import { EncoderNetwork, predictionOptions } from "../../../src/train/encoder/network.js";
import { encoderOptions, type EncoderOptions } from "../../../src/train/encoder/options.js";
import { encoder } from "../../../src/train/encoder/trainer.js";
import { resumeWith } from "../../../src/train/resume-with.js";
import { train } from "../../../src/train/train.js";
import type { LogitsBatch, TrainRequest, Training } from "../../../src/train/trainer.js";
import { titled } from "../../util/requires.js";
import { Random } from "../../../src/core/random.js";
import { datasetOf } from "../datasets.js";
import { problemOfAsync } from "../problem.js";
import { contents, scratchFolder } from "../scratch.js";
import { checkpointFolder, lacksTransformers, numbersOf, runPython } from "./fixtures.js";

const scratch = scratchFolder("encoder");
const cache = join(scratch, "cache");
beforeAll(() => {
  process.env["ALIDADE_CACHE"] = cache;
});

type Options = Partial<EncoderOptions>;

const optionsOf = (more: Options): EncoderOptions =>
  encoderOptions.parse({
    model: checkpointFolder("bert"),
    head: "new",
    epochs: 2,
    learningRate: 0.003,
    schedule: "constant",
    ...more,
  });

async function start(dataset: Dataset, options: Options = {}, more: Partial<TrainRequest> = {}) {
  const request: TrainRequest<EncoderOptions> = {
    train: dataset,
    protocol: "epoch-end",
    seed: 5,
    threads: 1,
    effects: quiet,
    ...more,
    options: optionsOf(options),
  };
  return await encoder.start(request);
}

const collect = (batches: AsyncIterable<LogitsBatch>, { size, ids }: Dataset): Promise<RowLogits> =>
  collectLogits(batches, { size, what: "test", ids });

interface Trained {
  readonly logits: readonly RowLogits[];
  readonly losses: readonly number[];
  readonly training: Training;
}

async function trained(
  dataset: Dataset,
  options: Options = {},
  more: Partial<TrainRequest> = {},
): Promise<Trained> {
  const training = await start(dataset, options, more);
  const logits: RowLogits[] = [];
  const losses: number[] = [];
  for await (const epoch of training.epochs()) {
    logits.push(await collect(epoch.observations, dataset));
    losses.push(epoch.trainLoss());
  }
  await training.close();
  return { logits, losses, training };
}

/** Logits before any training: of the checkpoint and its head. */
async function untrained(dataset: Dataset, options: Options = {}, labelsFrom = dataset): Promise<RowLogits> {
  const training = await start(labelsFrom, options);
  const logits = await collect(training.predict(dataset), dataset);
  await training.close();
  return logits;
}

function largestDifference(a: RowLogits, b: RowLogits): number {
  expect(a.values.length).toBe(b.values.length);
  return a.values.reduce((most, x, at) => Math.max(most, Math.abs(x - b.values[at]!)), 0);
}

const newHead = `${checkpointFolder("bert")}: a new classifier is drawn and trained for these labels`;

const texts = (all: readonly string[], labels: readonly string[] = ["no", "yes"]) =>
  datasetOf(
    { kind: "text", text: all },
    all.map((_, row) => row % labels.length),
    { labels },
  );

const words =
  "man woman dogs boy chef train lake snow coat street guitar bench ball kitchen music water red old runs reads waits".split(
    " ",
  );

/** Sentences of words that the small tokenizers know, labelled at random: nothing but the sentence tells the label. */
function sentences(size: number, seed: number): Dataset {
  const random = new Random(seed);
  const sentence = () =>
    Array.from({ length: 4 + random.below(4) }, () => words[random.below(words.length)]!).join(" ");
  const text = Array.from({ length: size }, sentence);
  return datasetOf(
    { kind: "text", text },
    text.map(() => random.below(2)),
    { labels: ["neg", "pos"] },
  );
}

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

  it("refuses a test set whose examples have more choices than the model was trained with", async () => {
    const input = { kind: "choices", text, choices: choices.map((one) => one.slice(0, 2)) } as const;
    expect(await problemOfAsync(() => untrained(all, {}, { ...all, input, labelNames: ["1", "2"] }))).toBe(
      "made: an example has more choices than the model was trained with, 2, 4",
    );
  });
});

/** Every parameter of a trained model that is not bit for bit the checkpoint's. */
async function moved(options: Options, name: string): Promise<Set<string>> {
  const folder = join(scratch, name);
  const training = await start(sentences(40, 1), options);
  for await (const epoch of training.epochs()) for await (const _ of epoch.observations);
  await training.saveModel(folder);
  await training.close();
  const before = (await loadCheckpoint(checkpointFolder("bert"))).parameters;
  const { parameters } = await loadCheckpoint(folder);
  return new Set(
    [...parameters].flatMap(([name, { data }]) =>
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).equals(
        Buffer.from(before.get(name)!.data.buffer, before.get(name)!.data.byteOffset, data.byteLength),
      )
        ? []
        : [name.replace(/^(layers\.\d+|embeddings)\..*/, "$1")],
    ),
  );
}

describe("freezing", () => {
  it.each([
    ["none", ["embeddings", "layers.0", "layers.1"]],
    ["embeddings", ["layers.0", "layers.1"]],
    ["layers:1", ["layers.1"]],
    ["layers:2", []],
    ["all", []],
  ])("%s moves only %j and the head", async (freeze, expected) => {
    const found = await moved({ freeze, weightDecay: 0.1 }, `freeze-${freeze.replace(":", "")}`);
    expect([...found].sort()).toEqual(expected);
  });

  it("all trains the head as freezing every layer does, and keeps the states on disk", async () => {
    // Texts that this process has not seen: what was kept is on the disk alone.
    const dataset = () => sentences(50, 8);
    const options = { dropout: 0, mixLengths: true, learningRate: 0.02 };
    const before = new Set(files());
    const all = await trained(dataset(), { ...options, freeze: "all" });
    const layers = await trained(dataset(), { ...options, freeze: "layers:2" });
    expect(layers.logits).toEqual(all.logits);
    expect(largestDifference(all.logits[0]!, all.logits[1]!)).toBeGreaterThan(0.01);

    const [path, ...others] = files().filter((one) => !before.has(one));
    expect(others).toEqual([]);
    const written = readFileSync(path!);
    const again = await trained(dataset(), { ...options, freeze: "all" });
    expect(again.logits).toEqual(all.logits);

    // A damaged file is not believed, and is made again.
    const damaged = Buffer.from(written);
    damaged[100]! ^= 1;
    for (const content of [damaged, written.subarray(0, 64), Buffer.alloc(0)]) {
      writeFileSync(path!, content);
      const other = await trained(dataset(), { ...options, freeze: "all" });
      expect(other.logits).toEqual(all.logits);
      expect(readFileSync(path!)).toEqual(written);
    }
    expect(files().filter((one) => !before.has(one))).toEqual([path]);
  });

  it("all reads the kept states where they stand: nothing is computed", async () => {
    const dataset = () => sentences(30, 9);
    const before = new Set(files());
    await trained(dataset(), { freeze: "all" });
    const [path] = files().filter((one) => !before.has(one));
    const { ino } = statSync(path!);
    const lines: string[] = [];
    await trained(dataset(), { freeze: "all" }, { effects: { ...quiet, log: (line) => lines.push(line) } });
    // A file that is written anew is another one.
    expect(statSync(path!).ino).toBe(ino);
    // Another length, another text: other states.
    await trained(dataset(), { freeze: "all", maxLength: 6 });
    await trained(sentences(30, 10), { freeze: "all" });
    expect(files().filter((one) => !before.has(one))).toHaveLength(3);
  });

  it("stops while the states are computed, says how far they are, and leaves nothing", async () => {
    const before = files();
    const controller = new AbortController();
    const labels: string[] = [];
    const progress = (label: string) => ({
      update: () => controller.abort(),
      end: () => labels.push(label),
    });
    const more = { signal: controller.signal, effects: { ...quiet, progress } };
    const dataset = sentences(100, 15);
    await expect(start(dataset, { freeze: "layers:1" }, more)).rejects.toThrow(Stopped);
    expect(labels).toEqual(["made: states of frozen layers"]);
    expect(files()).toEqual(before);
    // Another training that had waited for them, or comes later, is not stopped by that.
    expect((await trained(dataset, { freeze: "layers:1" })).losses).toHaveLength(2);
  });

  it("drops from the disk what was not used for longest, where all would be more than 8 GiB", async () => {
    const states = join(cache, "states");
    const [old, newer] = ["old.f32", "newer.f32"].map((name) => join(states, name)) as [string, string];
    // Sparse: they take no room.
    for (const [path, days] of [
      [old, 2],
      [newer, 1],
    ] as const) {
      writeFileSync(path, "");
      truncateSync(path, 2 ** 32);
      const then = new Date(Date.now() - days * 86_400_000);
      utimesSync(path, then, then);
    }
    await trained(sentences(30, 17), { freeze: "layers:1" });
    expect(existsSync(old)).toBe(false);
    expect(existsSync(newer)).toBe(true);
    rmSync(newer);
  });

  it("says how many numbers it will keep, of a subset those of what it was taken from", async () => {
    const dataset = sentences(60, 16);
    const network = await EncoderNetwork.open({
      checkpoint: await loadCheckpoint(checkpointFolder("bert")),
      head: new Map(),
      labels: dataset.labelNames,
      options: { ...predictionOptions(16), freeze: "layers:1" },
      threads: 1,
    });
    const { lengths, kept } = await network.sizesOf(dataset);
    const width = (await loadCheckpoint(checkpointFolder("bert"))).config.width;
    expect(kept).toBe(width * lengths.reduce((a, b) => a + b, 0));
    const half = subset(
      dataset,
      Int32Array.from({ length: 30 }, (_, row) => row),
    );
    expect((await network.sizesOf(half)).kept).toBe(kept);
    await network.close();
  });

  it("layers:1 learns, the same again from kept states, and goes on from a saved epoch bit for bit", async () => {
    const dataset = sentences(60, 14);
    const options = { freeze: "layers:1", learningRate: 0.005, dropout: 0, epochs: 25, batch: 8 };
    const first = await trained(dataset, options);
    expect(first.losses.at(-1)!).toBeLessThan(first.losses[0]!);
    const again = await trained(dataset, options);
    expect(again.logits).toEqual(first.logits);
    const state = join(scratch, "frozen-state");
    const stopped = await start(dataset, options);
    for await (const epoch of stopped.epochs()) {
      for await (const _ of epoch.observations);
      await epoch.save(state);
      break;
    }
    await stopped.close();
    const rest = await trained(dataset, options, { resume: { epochs: 1, folder: state } });
    expect(rest.logits).toEqual(first.logits.slice(1));
    // A subset reads the states of what it was taken from.
    const before = files().length;
    const half = await trained(
      subset(
        dataset,
        Int32Array.from({ length: 30 }, (_, row) => 2 * row),
      ),
      options,
    );
    expect(files()).toHaveLength(before);
    expect(half.losses.at(-1)!).toBeLessThan(half.losses[0]!);
  });

  it.each(["layers:0", "layers:99", "layers:-1", "layers:1.5", "layers", "everything", ""])(
    "%j is refused with what there is",
    async (freeze) => {
      expect(await problemOfAsync(() => start(sentences(20, 1), { freeze }))).toBe(
        `encoder option freeze: is none of none, embeddings, all, and layers:n, ${JSON.stringify(freeze)}; this encoder has 2 layers: layers:1 to layers:2`,
      );
    },
  );
});

function files(): string[] {
  try {
    return readdirSync(join(cache, "states")).map((name) => join(cache, "states", name));
  } catch {
    return [];
  }
}

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

describe("early stopping", () => {
  const dataset = sentences(40, 3);
  const dev = join(scratch, "dev.csv");
  writeFileSync(
    dev,
    `text,label\n${Array.from({ length: 12 }, (_, i) => `w${i % 2}x${i},${i % 2 ? "pos" : "neg"}`).join("\n")}\n`,
  );
  // So small a rate changes no answer: the first epoch is the best.
  const options = optionsOf({ dev, patience: 2, learningRate: 1e-9, epochs: 9, batch: 20 });
  const roles = { text: "text", label: "label" };
  const labelled: Dataset = { ...dataset, roles };

  it("ends after so many epochs without a better accuracy on the dev set, and the run says so", async () => {
    const lines: string[] = [];
    const out = join(scratch, "early");
    const { manifest, outcome } = await train(labelled, {
      trainer: encoder,
      options,
      out,
      protocol: "epoch-end",
      threads: 1,
      effects: { ...quiet, log: (line) => lines.push(line) },
    });
    expect(outcome).toBe("finished");
    expect(manifest.epochs).toEqual({ planned: 3, finished: 3 });
    expect(lines.filter((line) => line.startsWith("stopped early"))).toEqual([
      expect.stringMatching(/^stopped early: no better than \d+\.\d % on the dev set for 2 epochs$/),
    ]);
    expect(Object.keys(contents(out))).toContain("model/model.safetensors");
  });

  it("stops where an undisturbed training does, whenever it is interrupted", async () => {
    const whole = join(scratch, "early");
    for (const during of [0, 1, 2]) {
      const controller = new AbortController();
      const update = (done: number): void => {
        if (done > during * dataset.size) controller.abort("SIGINT");
      };
      const out = join(scratch, `early-${during}`);
      const first = await train(labelled, {
        trainer: encoder,
        options,
        out,
        protocol: "epoch-end",
        threads: 1,
        signal: controller.signal,
        effects: { ...quiet, progress: () => ({ update, end: () => undefined }) },
      });
      expect(first.manifest.epochs).toEqual({ planned: 9, finished: during });
      const readers = { examples: async () => labelled, test: () => Promise.reject(new Error("no test")) };
      const second = await resumeWith(readers, out, { trainer: encoder });
      expect(second.manifest.epochs).toEqual({ planned: 3, finished: 3 });
      expect(contents(out)).toEqual(contents(whole));
    }
  });

  it("stops at once where it was killed between the last epoch and the end", async () => {
    const state = join(scratch, "early-state");
    const first = await start(labelled, options);
    for await (const epoch of first.epochs()) {
      for await (const _ of epoch.observations);
      if (epoch.epoch === 2) await epoch.save(state);
    }
    await first.close();
    const rest = await trained(labelled, options, { resume: { epochs: 3, folder: state } });
    expect(rest.logits).toEqual([]);
  });

  it("needs both a dev set and patience", () => {
    const use = { tests: [], observesOthers: false };
    expect(() => encoder.check?.(optionsOf({ patience: 2 }), use)).toThrow(
      "--patience: needs a dev set to look at, 2; give --dev FILE",
    );
    expect(() => encoder.check?.(optionsOf({ dev }), use)).toThrow("--dev: is read for early stopping only");
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
    train(dataset, { trainer: encoder, options: optionsOf(options), out, overwrite, threads: 1 });
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
      "no room for a text",
      { maxLength: 4 },
      /^--max-length: leaves no room for a text beside the 3 special tokens of .*, 4; give at least 5$/,
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
