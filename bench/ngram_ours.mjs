/**
 * Our side of bench/ngram.mjs, as a whole process: reads the training and the test set, hashes, trains for six epochs
 * and writes the run: examples, the dynamics of all of them, the model, the test set's predictions. Prints the test accuracy and the size.
 *
 * Run: node bench/ngram_ours.mjs OUT TRAIN TEST READ-OPTIONS TRAINER-OPTIONS (both JSON)
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readDataset } from "../dist/dataset/read-dataset.js";
import { defaultTrainer } from "../dist/train/registry.js";
import { train } from "../dist/train/train.js";

const [out, trainFile, testFile, reading, options] = process.argv.slice(2);
const read = JSON.parse(reading);
const dataset = await readDataset(trainFile, read);
const { labelNames: labels, roles: rolesFrom } = dataset;
const test = await readDataset(testFile, { preset: read.preset, labels, rolesFrom });
const trainer = defaultTrainer(dataset.input.kind);
await train(dataset, {
  out,
  trainer,
  options: JSON.parse(options),
  tests: { test: { dataset: test, read: {} } },
  overwrite: true,
});
const { accuracy } = JSON.parse(readFileSync(join(out, "tests/test.json"), "utf8"));
console.log(JSON.stringify({ accuracy, size: dataset.size }));
