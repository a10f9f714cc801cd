/** The `--text` part of bench/encoder.mjs: one epoch of fine-tuning on pairs, observed in the train pass. Prints a line of JSON. */

import { encoder, readDataset, subset } from "../dist/index.js";

const { model, data, examples, threads } = JSON.parse(process.argv[2]);
const all = await readDataset(data, {
  text: "premise",
  textPair: "hypothesis",
  label: "label",
  missingLabels: "drop",
});
const train = subset(
  all,
  Int32Array.from({ length: Math.min(examples, all.size) }, (_, row) => row),
);
const quiet = { log() {}, warn() {}, progress: () => ({ update() {}, end() {} }) };
const training = await encoder.start({
  train,
  protocol: "train-pass",
  seed: 0,
  options: encoder.options.parse({ model, epochs: 1 }),
  threads,
  effects: quiet,
});
const start = performance.now();
let seen = 0;
for await (const { observations } of training.epochs()) {
  for await (const { rows } of observations) seen += rows.length;
}
const seconds = (performance.now() - start) / 1000;
await training.close();
console.log(
  JSON.stringify({ examples: seen, rate: seen / seconds, peak: process.resourceUsage().maxRSS / 1024 }),
);
