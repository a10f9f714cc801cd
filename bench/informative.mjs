/**
 * Is the map informative? The criteria by which the n-gram trainer's defaults were chosen, written down before the final table:
 *
 *  1. Two seeds agree: rank correlation of confidence >= .95 and of variability >= .8, overlap of the ambiguous thirds >= .75.
 *  2. The order of training does not show: |rank correlation| of variability with the position in the first shuffle < .1.
 *  3. Variability is more than speed: the share of p's variance over epochs that a straight line in the epoch explains, the
 *     lower the better.
 *  4. It finds errors: average precision of 1 - confidence for 5 % of labels flipped uniformly, the higher the better.
 *  5. It agrees with people: rank correlation of confidence with the share of votes for the gold label (snli dev, 100 votes).
 *  6. It costs nothing: test accuracy no lower than that of the same model without decay, regularisation and dropout, beyond
 *     one standard error of the difference.
 *
 * Run: npm run build && node bench/informative.mjs [--sets sst2,trec] [--options '[{}, {"learningRate": 2}]']
 * Prints a Markdown table, a line for each set and each set of options ({}: the defaults).
 */

import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { readDataset } from "../dist/dataset/read-dataset.js";
import { deriveSeed, Random } from "../dist/core/random.js";
import { ngram } from "../dist/train/ngram/trainer.js";

const data = new URL("../../shared/data/", import.meta.url).pathname;
const quiet = { log() {}, warn() {}, progress: () => ({ update() {}, end() {} }) };
const sets = {
  sst2: ["sst2/train.tsv.gz", "sst2/dev.tsv", {}],
  trec: ["trec/TREC.train", "trec/TREC.test", { preset: "trec" }],
  banking77: ["banking77/train.csv", "banking77/test.csv", {}],
  snli: ["snli/dev.jsonl.gz", "snli/test.jsonl.gz", {}],
};
/** The same model without what is there to make the map informative. */
const plain = { decay: 0, l2: 0, dropout: 0, minCount: 1 };

const { values } = parseArgs({
  options: {
    sets: { type: "string" },
    options: { type: "string", default: "[{}]" },
    plain: { type: "boolean", default: true },
  },
  allowNegative: true,
});
if (!existsSync(data)) {
  console.error("bench/informative reads the published sets from ../shared/data, which is not there");
  process.exit(2);
}

console.log(
  "| set | options | conf. seeds | var. seeds | thirds | order | line | mean conf. by epoch | AP 5 % | AUROC | votes | test acc. | plain |\n" +
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
);
for (const name of values.sets?.split(",") ?? Object.keys(sets)) {
  const [trainPath, testPath, options] = sets[name];
  const votes =
    name === "snli"
      ? { votes: ["chaos_counts_enc"], voteLabels: ["entailment", "neutral", "contradiction"] }
      : {};
  const train = await readDataset(data + trainPath, { ...options, ...votes });
  const test = await readDataset(data + testPath, {
    ...options,
    labels: train.labelNames,
    rolesFrom: train.roles,
  });
  const bare = values.plain ? await run(train, { ...plain }, 1, test) : null;
  for (const given of JSON.parse(values.options)) {
    const first = await run(train, given, 1, test);
    const second = await run(train, given, 2, null);
    const flipped = flip(train, 0.05, 7);
    const noisy = await run(flipped.dataset, given, 1, null);
    const order = new Random(deriveSeed(1, "epoch 0")).permutation(train.size);
    const position = new Float64Array(train.size);
    order.forEach((row, at) => (position[row] = at));
    const doubt = noisy.confidence.map((p) => 1 - p);
    const cells = [
      name,
      JSON.stringify(given).replaceAll('"', ""),
      figure(spearman(first.confidence, second.confidence)),
      figure(spearman(first.variability, second.variability)),
      figure(overlap(first.variability, second.variability, Math.floor(train.size / 3))),
      figure(spearman(first.variability, position)),
      figure(first.line),
      first.means.map((mean) => mean.toFixed(2)).join(" "),
      figure(averagePrecision(doubt, flipped.wrong)),
      figure(auroc(doubt, flipped.wrong)),
      train.votes ? figure(votesCorrelation(train, first.confidence)) : "",
      figure(first.accuracy),
      bare ? figure(bare.accuracy) : "",
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

/** Trains once; confidence and variability of every example, the share of variance a line explains, test accuracy. */
async function run(train, given, seed, test) {
  const options = ngram.options.parse(given);
  const training = await ngram.start({
    train,
    protocol: "epoch-end",
    seed,
    options,
    threads: 2,
    effects: quiet,
  });
  const series = [];
  for await (const { observations } of training.epochs()) {
    const p = new Float64Array(train.size);
    for await (const batch of observations)
      eachRow(batch, (row, logits) => (p[row] = softmax(logits)[train.gold[row]]));
    series.push(p);
  }
  const accuracy = test ? await testAccuracy(training, test) : NaN;
  return {
    ...coordinates(series),
    means: series.map((p) => p.reduce((a, b) => a + b, 0) / p.length),
    accuracy,
  };
}

function coordinates(series) {
  const epochs = series.length;
  const size = series[0].length;
  const confidence = new Float64Array(size);
  const variability = new Float64Array(size);
  let total = 0;
  let explained = 0;
  const middle = (epochs - 1) / 2;
  const spread = series.reduce((sum, _, e) => sum + (e - middle) ** 2, 0);
  for (let i = 0; i < size; i++) {
    const mean = series.reduce((sum, p) => sum + p[i], 0) / epochs;
    const square = series.reduce((sum, p) => sum + (p[i] - mean) ** 2, 0);
    const slope = series.reduce((sum, p, e) => sum + (e - middle) * p[i], 0) / spread;
    confidence[i] = mean;
    variability[i] = Math.sqrt(square / epochs);
    total += square;
    explained += slope * slope * spread;
  }
  return { confidence, variability, line: explained / total };
}

async function testAccuracy(training, test) {
  let correct = 0;
  for await (const batch of training.predict(test)) {
    eachRow(
      batch,
      (row, logits) => (correct += Number(logits.indexOf(Math.max(...logits)) === test.gold[row])),
    );
  }
  return correct / test.size;
}

function eachRow({ rows, logits, widths }, visit) {
  rows.forEach((row, i) => visit(row, logits.subarray(i * widths, (i + 1) * widths)));
}

function softmax(logits) {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

function flip(train, share, seed) {
  const random = new Random(seed);
  const rows = random.permutation(train.size).subarray(0, Math.floor(share * train.size));
  const gold = train.gold.slice();
  const wrong = new Uint8Array(train.size);
  for (const row of rows) {
    gold[row] = (gold[row] + 1 + random.below(train.labelNames.length - 1)) % train.labelNames.length;
    wrong[row] = 1;
  }
  return { dataset: Object.create(train, { gold: { value: gold } }), wrong };
}

function votesCorrelation(train, confidence) {
  const { counts, labelNames } = train.votes;
  const shares = [];
  const confidences = [];
  for (let row = 0; row < train.size; row++) {
    const own = counts.subarray(row * labelNames.length, (row + 1) * labelNames.length);
    const sum = own.reduce((a, b) => a + b, 0);
    if (sum === 0) continue;
    shares.push(own[labelNames.indexOf(train.labelNames[train.gold[row]])] / sum);
    confidences.push(confidence[row]);
  }
  return spearman(shares, confidences);
}

function ranks(values) {
  const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const rank = new Float64Array(values.length);
  for (let i = 0; i < order.length;) {
    let j = i;
    while (j < order.length && values[order[j]] === values[order[i]]) j++;
    for (let k = i; k < j; k++) rank[order[k]] = (i + j - 1) / 2;
    i = j;
  }
  return rank;
}

function spearman(a, b) {
  const [x, y] = [ranks(a), ranks(b)];
  const middle = (x.length - 1) / 2;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < x.length; i++) {
    xy += (x[i] - middle) * (y[i] - middle);
    xx += (x[i] - middle) ** 2;
    yy += (y[i] - middle) ** 2;
  }
  return xy / Math.sqrt(xx * yy);
}

function overlap(a, b, n) {
  const top = (values) =>
    new Set(
      Array.from(values.keys())
        .sort((i, j) => values[j] - values[i] || i - j)
        .slice(0, n),
    );
  const [first, second] = [top(a), top(b)];
  return [...first].filter((row) => second.has(row)).length / n;
}

function averagePrecision(scores, wrong) {
  const order = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]);
  let found = 0;
  let sum = 0;
  order.forEach((row, at) => {
    if (wrong[row]) sum += ++found / (at + 1);
  });
  return sum / found;
}

function auroc(scores, wrong) {
  const rank = ranks(scores);
  const positives = wrong.reduce((a, b) => a + b, 0);
  const sum = rank.reduce((total, r, row) => total + (wrong[row] ? r + 1 : 0), 0);
  return (sum - (positives * (positives + 1)) / 2) / (positives * (wrong.length - positives));
}

function figure(value) {
  return value.toFixed(3).replace(/^(-?)0\./, "$1.");
}
