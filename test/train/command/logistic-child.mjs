/**
 * A small real training program for the command trainer: softmax regression on hashed words, numbers and choices.
 * `train --train F --observe F --out D --model D --labels F --tests D --seed N --epochs N`
 * `predict --model D --test F --predictions F [--epoch N]`
 */

import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const buckets = 1024;

function hash(text) {
  let value = 2166136261;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 16777619);
  return (value >>> 0) % buckets;
}

/** [index, value] pairs of one thing that is scored. */
function vector(text, features = {}) {
  const words = new Set(text.toLowerCase().match(/[\w']+/g) ?? []);
  const pairs = [...words].map((word) => [hash(word), 1 / Math.sqrt(words.size)]);
  for (const [name, value] of Object.entries(features)) {
    if (typeof value === "number") pairs.push([hash(`#${name}`), value / 1000]);
    else if (value !== null) pairs.push([hash(`${name}=${value}`), 1]);
  }
  return pairs;
}

/** A vector for each score: of choices one a choice, else one for all labels. */
function vectors({ text = "", text_pair = "", choices, features }) {
  if (choices) return choices.map((choice) => vector(`${text} ${choice}`));
  return [vector(`${text} ${text_pair}`, features)];
}

function logits(weights, example, labels) {
  if (example.choices) return example.vectors.map((one) => dot(weights[0], one));
  return labels.map((_, label) => dot(weights[label], example.vectors[0]));
}

function dot(weights, pairs) {
  let sum = 0;
  for (const [index, value] of pairs) sum += weights[index] * value;
  return sum;
}

function softmax(scores) {
  const most = Math.max(...scores);
  const terms = scores.map((score) => Math.exp(score - most));
  const sum = terms.reduce((a, b) => a + b, 0);
  return terms.map((term) => term / sum);
}

function read(path) {
  const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => {
    const example = JSON.parse(line);
    return { ...example, vectors: vectors(example) };
  });
}

/** Beside first, then in place: nobody reads half a file. */
function write(path, lines) {
  writeFileSync(`${path}.part`, lines.map((line) => JSON.stringify(line) + "\n").join(""));
  renameSync(`${path}.part`, path);
}

function shuffled(count, seed) {
  let state = seed >>> 0;
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

function train(options) {
  const labels = JSON.parse(readFileSync(options.labels, "utf8"));
  const examples = read(options.train);
  const observed = options.observe === options.train ? examples : read(options.observe);
  const weights = labels.map(() => new Float64Array(buckets));
  for (let epoch = 0; epoch < Number(options.epochs); epoch++) {
    for (const row of shuffled(examples.length, Number(options.seed) + 1000 * epoch)) {
      const example = examples[row];
      const errors = softmax(logits(weights, example, labels)).map(
        (p, k) => p - (k === example.gold ? 1 : 0),
      );
      errors.forEach((error, k) => {
        const own = example.choices ? weights[0] : weights[k];
        const pairs = example.choices ? example.vectors[k] : example.vectors[0];
        for (const [index, value] of pairs) own[index] -= 0.1 * error * value;
      });
    }
    writeFileSync(
      join(options.model, `${epoch}.json`),
      JSON.stringify({ labels, weights: weights.map((w) => [...w]) }),
    );
    if (options.tests) {
      mkdirSync(join(options.out, "predictions", `epoch_${epoch}`), { recursive: true });
      for (const name of readdirSync(options.tests)) {
        const lines = read(join(options.tests, name)).map((example) => ({
          guid: example.guid,
          logits: logits(weights, example, labels),
        }));
        write(join(options.out, "predictions", `epoch_${epoch}`, name), lines);
        write(join(options.out, "predictions", name), lines);
      }
    }
    console.log(`epoch ${epoch}`);
    write(
      join(options.out, `dynamics_epoch_${epoch}.jsonl`),
      observed.map((example) => ({
        guid: example.guid,
        [`logits_epoch_${epoch}`]: logits(weights, example, labels),
        gold: example.gold,
      })),
    );
  }
}

function predict(options) {
  const epochs = readdirSync(options.model).map((name) => Number(name.split(".")[0]));
  const { labels, weights } = JSON.parse(
    readFileSync(join(options.model, `${options.epoch ?? Math.max(...epochs)}.json`), "utf8"),
  );
  const lines = read(options.test).map((example) => ({
    guid: example.guid,
    probabilities: softmax(logits(weights, example, labels)),
  }));
  write(options.predictions, lines);
}

const [mode, ...rest] = process.argv.slice(2);
const options = Object.fromEntries(
  rest.flatMap((word, at) => (word.startsWith("--") ? [[word.slice(2), rest[at + 1]]] : [])),
);
if (mode === "train") train(options);
else predict(options);
