/**
 * What the encoder learns beside what transformers' Trainer learns: test accuracy on TREC, a part of SST-2 and cad, fine-tuned from the same
 * checkpoint with the same settings (batches of 32 grouped by length, AdamW of all embeddings at 5e-5 with linear decay, clipping at 1, at most 128 tokens). Each has its own
 * order of batches, masks and head for a seed: they agree where their differences are no larger than those between seeds.
 *
 * A line of JSON a training goes to --out, and is not done again. Without a Python that has torch and transformers ours stand alone.
 *
 * Run: npm run build && node bench/encoder-accuracy.mjs [--data ../shared/data] [--model ../shared/models/all-MiniLM-L6-v2] [--sets trec,sst2,cad]
 *   [--seeds 0,1,2] [--python PATH] [--out FILE]
 */

import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { encoder, readDataset, train } from "../dist/index.js";
import { machine } from "./measure.mjs";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    model: { type: "string", default: "../shared/models/all-MiniLM-L6-v2" },
    sets: { type: "string", default: "trec,sst2,cad" },
    seeds: { type: "string", default: "0,1,2" },
    threads: { type: "string", default: String(cpus().length) },
    python: { type: "string" },
    out: { type: "string", default: join(tmpdir(), "alidade-encoder-accuracy.jsonl") },
  },
});
const data = (path) => join(values.data, path);
const threads = Number(values.threads);
const sets = {
  trec: {
    epochs: 5,
    train: () => readDataset(data("trec/TREC.train"), { preset: "trec" }),
    tests: { test: (from) => readDataset(data("trec/TREC.test"), { preset: "trec", rolesFrom: from.roles }) },
  },
  sst2: {
    epochs: 3,
    // About 4,000 of the 67,349 sentences and phrases: the same as in docs/studies/minilm.
    train: () =>
      readDataset(data("sst2/train.tsv.gz"), {
        text: "sentence",
        label: "label",
        where: "md5(sentence) < '0f34'",
      }),
    tests: { test: (from) => readDataset(data("sst2/test.tsv"), { rolesFrom: from.roles }) },
  },
  cad: {
    epochs: 4,
    train: () => readDataset(data("cad/sentiment/orig/train.tsv.gz"), { text: "Text", label: "Sentiment" }),
    tests: {
      orig: (from) => readDataset(data("cad/sentiment/orig/test.tsv"), { rolesFrom: from.roles }),
      new: (from) => readDataset(data("cad/sentiment/new/test.tsv"), { rolesFrom: from.roles }),
    },
  },
};

console.log(`${machine()}, ${threads} threads\n`);
for (const set of values.sets.split(",")) {
  for (const seed of values.seeds.split(",").map(Number)) {
    const key = { model: values.model, data: values.data, set, seed };
    await once({ ...key, by: `alidade ${encoder.version}` }, ours);
    if (values.python !== undefined) await once({ ...key, by: "transformers" }, theirs);
  }
}
print();

async function once(key, work) {
  if (lines().some((line) => JSON.stringify(line.key) === JSON.stringify(key))) return;
  const started = performance.now();
  const accuracies = await work(key);
  const seconds = (performance.now() - started) / 1000;
  appendFileSync(values.out, `${JSON.stringify({ key, accuracies, seconds })}\n`);
  console.error(JSON.stringify(key), JSON.stringify(accuracies), `${seconds.toFixed(0)} s`);
}

async function datasets(set) {
  const { train: read, tests } = sets[set];
  const training = await read();
  const all = await Promise.all(
    Object.entries(tests).map(async ([name, test]) => [name, await test(training)]),
  );
  return { training, tests: Object.fromEntries(all) };
}

async function ours({ set, seed }) {
  const { training, tests } = await datasets(set);
  const out = mkdtempSync(join(tmpdir(), "alidade-accuracy-"));
  try {
    await train(training, {
      ...{ out, overwrite: true, trainer: encoder, seed, threads, protocol: "train-pass", logits: "none" },
      options: { model: values.model, epochs: sets[set].epochs, learningRate: 5e-5, denseEmbeddings: true },
      tests: Object.fromEntries(Object.entries(tests).map(([name, dataset]) => [name, { dataset }])),
    });
    return Object.fromEntries(
      Object.keys(tests).map((name) => [
        name,
        JSON.parse(readFileSync(join(out, `tests/${name}.json`), "utf8")).accuracy,
      ]),
    );
  } finally {
    rmSync(out, { recursive: true, force: true });
    for (const one of [training, ...Object.values(tests)]) one.close();
  }
}

async function theirs({ set, seed }) {
  const { training, tests } = await datasets(set);
  const rows = ({ input, gold, labelNames }) => ({
    texts: input.text,
    labels: Array.from(gold, (label) => training.labelNames.indexOf(labelNames[label])),
  });
  const folder = mkdtempSync(join(tmpdir(), "alidade-accuracy-"));
  const path = join(folder, "job.json");
  const job = {
    ...{ model: values.model, epochs: sets[set].epochs, seed, threads, labels: training.labelNames.length },
    train: rows(training),
    tests: Object.fromEntries(Object.entries(tests).map(([name, test]) => [name, rows(test)])),
  };
  writeFileSync(path, JSON.stringify(job));
  for (const one of [training, ...Object.values(tests)]) one.close();
  const script = fileURLToPath(new URL("./encoder_accuracy_torch.py", import.meta.url));
  const { stdout, stderr, status } = spawnSync(values.python, [script, path], { encoding: "utf8" });
  rmSync(folder, { recursive: true, force: true });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

function lines() {
  if (!existsSync(values.out)) return [];
  return readFileSync(values.out, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function print() {
  console.log("| set | test | by | seeds | accuracy (mean; each) |\n| --- | --- | --- | --: | --- |");
  for (const set of Object.keys(sets))
    for (const test of Object.keys(sets[set].tests))
      for (const by of [`alidade ${encoder.version}`, "transformers"]) {
        const found = lines()
          .filter(({ key }) => key.model === values.model && key.set === set && key.by === by)
          .map(({ accuracies }) => accuracies[test]);
        if (found.length === 0) continue;
        const mean = found.reduce((a, b) => a + b, 0) / found.length;
        const each = found.map((one) => one.toFixed(3)).join(", ");
        console.log(`| ${set} | ${test} | ${by} | ${found.length} | ${mean.toFixed(3)}; ${each} |`);
      }
}
