/**
 * Time and memory of every strategy of `alidade select`, and the three that compare vectors against plain implementations.
 *
 * Part 1: all strategies on generated examples (coordinates, six epochs of losses, unit vectors of 256 numbers around 200 directions, all
 * from a seed). What the source costs (reading a map, hashing texts, training a model) is not counted: `uncertainty` is given probabilities.
 * Part 2: k-center, aflite and facility-location (100 examples) on 50,000 x 384, and the same written from the definition in this file:
 * loops over Float32Array, one thread, as Alidade's. Both give the same examples; how many differ is printed.
 *
 * Every measurement is a process of its own: median of --runs, wall and processor seconds, peak resident memory, inputs included.
 *
 * Run: npm run build && node bench/select.mjs [--part 1,2] [--sizes 100000,1000000] [--only k-center] [--runs 3]
 */

import { spawnSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { quiet } from "../dist/core/effects.js";
import { Random } from "../dist/core/random.js";
import { facilityLocation } from "../dist/select/facility-location.js";
import { farthestFirst } from "../dist/select/farthest-first.js";
import { minimise } from "../dist/select/minimise.js";
import { builtInStrategies } from "../dist/select/registry.js";
import { select } from "../dist/select/select.js";
import { predictability } from "../dist/select/strategies/aflite.js";
import { Breather } from "../dist/core/stop.js";

const { values } = parseArgs({
  options: {
    part: { type: "string", default: "1,2" },
    sizes: { type: "string", default: "100000,1000000" },
    only: { type: "string" },
    runs: { type: "string", default: "3" },
    job: { type: "string" },
  },
});

/** Share of the examples that is taken, where a tenth would take too long: for whom, from which size on. */
const shares = {
  "k-center": [1_000_000, 0.01],
  aflite: [100_000, 0.98],
  "facility-location": [100_000, 0.001],
};
const leftOut = {
  "facility-location": [100_000, "it compares nearly all pairs several times: an hour; part 2 has 10,000"],
};
const pairs = { width: 384, size: 50_000, small: 10_000 };

if (values.job) {
  const job = JSON.parse(values.job);
  const prepared = job.plain === undefined ? prepareStrategy(job) : prepareComparison(job);
  const before = process.cpuUsage();
  const started = performance.now();
  const result = await prepared();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ seconds, cpu: (user + system) / 1e6, peak, result }));
} else {
  console.log(
    `${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GB, node ${process.version}; median of ${values.runs}\n`,
  );
  const parts = values.part.split(",");
  if (parts.includes("1")) everyStrategy();
  if (parts.includes("2")) comparisons();
}

function everyStrategy() {
  console.log("| strategy | examples | taken | seconds | processor seconds | peak MB |");
  console.log("| --- | --- | --- | --- | --- | --- |");
  for (const size of values.sizes.split(",").map(Number)) {
    for (const by of Object.keys(builtInStrategies)) {
      if (values.only && !values.only.split(",").includes(by)) continue;
      const [from = Infinity, why] = leftOut[by] ?? [];
      if (size >= from) {
        console.log(`| ${by} | ${size} | left out: ${why} | | | |`);
        continue;
      }
      const [large = Infinity, share] = shares[by] ?? [];
      const count = Math.floor((size >= large ? share : 0.1) * size);
      const { seconds, cpu, peak } = median({ by, size, count });
      console.log(
        `| ${by} | ${size} | ${count} | ${seconds.toFixed(2)} | ${cpu.toFixed(2)} | ${peak.toFixed(0)} |`,
      );
    }
  }
}

function comparisons() {
  const { size, small } = pairs;
  console.log(
    "\n| | examples x 384 | what | seconds (processor) | plain (processor) | peak MB | plain | times as fast | same |",
  );
  console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
  const jobs = [
    ["k-center", size, 1000, "1,000 centers"],
    ["aflite", size, 8, "one phase of 8 models"],
    ["facility-location", 2_000, 100, "100 examples"],
    ["facility-location", small, 100, "100 examples"],
    ["facility-location", size, 100, "100 examples"],
  ];
  for (const [name, examples, count, what] of jobs) {
    if (values.only && !values.only.split(",").includes(name)) continue;
    const job = { name, size: examples, count };
    const ours = median({ ...job, plain: false });
    // Beyond 10,000 a plain gain is measured on 20 candidates; the lazy algorithm needs one of each candidate, at the least.
    const scaled = name === "facility-location" && examples > small;
    const plain = scaled
      ? median({ ...job, name: "gains", count: 20, plain: true })
      : median({ ...job, plain: true });
    const factor = scaled ? examples / 20 : 1;
    const same = scaled ? "" : `${agreement(ours.result, plain.result)} %`;
    const cells = [
      name,
      examples,
      what,
      ours.cpu.toFixed(1),
      `${(factor * plain.cpu).toFixed(1)}${scaled ? ` (at least: 20 gains x ${factor})` : ""}`,
      ours.peak.toFixed(0),
      plain.peak.toFixed(0),
      ((factor * plain.cpu) / ours.cpu).toFixed(1),
      same,
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

/** The median run by processor time: others use this machine too. */
function median(job) {
  const self = fileURLToPath(import.meta.url);
  const runs = Array.from({ length: Number(values.runs) }, () => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ["--max-old-space-size=8192", self, "--job", JSON.stringify(job)],
      { encoding: "utf8", maxBuffer: 2 ** 28 },
    );
    if (status !== 0) throw new Error(`${JSON.stringify(job)}: ${stderr}`);
    return JSON.parse(stdout);
  });
  return runs.sort((a, b) => a.cpu - b.cpu)[Math.floor(runs.length / 2)];
}

function agreement(ours, plain) {
  const same = ours.filter((value, i) => Math.abs(value - plain[i]) < 1e-9).length;
  return ((100 * same) / ours.length).toFixed(2);
}

// Generated examples

function unitVectors(size, width, seed) {
  const random = new Random(seed);
  const directions = Float32Array.from({ length: 200 * width }, () => random.normal());
  const data = new Float32Array(size * width);
  const noise = Float32Array.from({ length: 1 << 16 }, () => random.normal());
  for (let i = 0; i < size; i++) {
    const from = random.below(200) * width;
    const shift = random.below(noise.length);
    let squares = 0;
    for (let j = 0; j < width; j++) {
      // A walk with a random step: no two vectors have the same noise.
      const value = directions[from + j] + noise[(shift + j * (2 * (i % 4099) + 1)) & 0xffff];
      data[i * width + j] = value;
      squares += value * value;
    }
    const scale = 1 / Math.sqrt(squares);
    for (let j = 0; j < width; j++) data[i * width + j] *= scale;
  }
  return { width, values: data };
}

/** Labels that a plane mostly separates. */
function labelsOf({ width, values: data }, size) {
  const random = new Random(77);
  const plane = Float32Array.from({ length: width }, () => random.normal());
  return Int32Array.from({ length: size }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += plane[j] * data[i * width + j];
    return sum + 0.3 * random.normal() > 0 ? 1 : 0;
  });
}

function prepareStrategy({ by, size, count }) {
  const strategy = builtInStrategies[by];
  const needs = strategy.needs;
  const random = new Random(1);
  const ids = Array.from({ length: size }, (_, i) => `example-${i}`);
  const coordinate = Float64Array.from({ length: size }, () => random.unit());
  const vectors = needs.includes("vectors") ? unitVectors(size, 256, 2) : null;
  const gold = vectors ? labelsOf(vectors, size) : Int32Array.from({ length: size }, () => random.below(2));
  const losses = needs.includes("trajectories")
    ? Float32Array.from({ length: 6 * size }, (_, i) => 3 * random.unit() * (1 - (i % 6) / 7))
    : null;
  const probabilities = needs.includes("model")
    ? Float32Array.from({ length: 2 * size }, () => random.unit())
    : null;
  const source = {
    name: "generated",
    size,
    ids,
    labelNames: ["no", "yes"],
    gold,
    regions: async () => new Uint8Array(size),
    coordinate: async () => coordinate,
    trajectories: async () => ({ epochs: 6, losses }),
    vectors: async () => vectors,
    fit: async () => ({ labels: 2, values: probabilities }),
  };
  return async () => (await select(source, { by, count, seed: 1 }, { effects: quiet })).rows.length;
}

// The same from the definitions

function prepareComparison({ name, size, count, plain }) {
  const vectors = unitVectors(size, pairs.width, 5);
  const rows = Int32Array.from({ length: size }, (_, i) => i);
  const gold = labelsOf(vectors, size);
  const options = { models: count, trainShare: 0.1, slice: 0.02, threshold: 0.75 };
  const ours = {
    "k-center": () => farthestFirst(vectors, rows, { count, first: 0 }),
    "facility-location": () => facilityLocation(vectors, rows, { count }),
    aflite: () =>
      predictability({ vectors, gold, labels: 2, options }, rows, new Random(3), new Breather(undefined)),
  };
  const plainly = {
    "k-center": () => plainCenters(vectors, size, count),
    "facility-location": () => plainFacilities(vectors, size, count),
    aflite: () => plainPredictability(vectors, gold, size, options, new Random(3)),
    gains: () => {
      const nearest = new Float64Array(size).fill(0.1);
      return rows.slice(0, count).map((candidate) => plainGain(vectors, size, nearest, candidate));
    },
  };
  return async () => [...(await (plain ? plainly : ours)[name]())];
}

function product({ width, values: data }, i, j) {
  let sum = 0;
  for (let k = 0, a = i * width, b = j * width; k < width; k++, a++, b++) sum += data[a] * data[b];
  return sum;
}

function plainCenters(vectors, size, count) {
  const nearest = new Float64Array(size).fill(Infinity);
  const chosen = [0];
  for (;;) {
    const last = chosen.at(-1);
    let farthest = 0;
    for (let i = 0; i < size; i++) {
      nearest[i] = Math.min(nearest[i], 2 - 2 * product(vectors, i, last));
      if (nearest[i] > nearest[farthest]) farthest = i;
    }
    if (chosen.length === count) return chosen;
    chosen.push(farthest);
  }
}

function plainGain(vectors, size, nearest, candidate) {
  let gain = 0;
  for (let i = 0; i < size; i++) gain += Math.max(0, product(vectors, i, candidate) - nearest[i]);
  return gain;
}

/** Lazy greedy: a sorted list of bounds, the first computed anew until it stays first. */
function plainFacilities(vectors, size, count) {
  const nearest = new Float64Array(size).fill(-1);
  let order = Array.from({ length: size }, (_, candidate) => ({
    candidate,
    gain: plainGain(vectors, size, nearest, candidate),
  }));
  order.sort((a, b) => b.gain - a.gain || a.candidate - b.candidate);
  const chosen = [];
  while (chosen.length < count) {
    let best = null;
    for (const item of order) {
      if (best && item.gain < best.gain) break;
      item.gain = plainGain(vectors, size, nearest, item.candidate);
      if (!best || item.gain > best.gain || (item.gain === best.gain && item.candidate < best.candidate))
        best = item;
    }
    chosen.push(best.candidate);
    for (let i = 0; i < size; i++) nearest[i] = Math.max(nearest[i], product(vectors, i, best.candidate));
    order = order.filter((item) => item !== best);
    order.sort((a, b) => b.gain - a.gain || a.candidate - b.candidate);
  }
  return chosen;
}

/** Ensembles of softmax regressions, minimised by the same algorithm to the same tolerance. */
function plainPredictability({ width, values: data }, gold, size, { models, trainShare }, random) {
  const trained = Math.floor(trainShare * size);
  const right = new Float64Array(size);
  const asked = new Float64Array(size);
  const stride = width + 1;
  const logits = [0, 0];
  const score = (weights, i) => {
    for (let k = 0; k < 2; k++) {
      let sum = weights[k * stride + width];
      for (let j = 0; j < width; j++) sum += weights[k * stride + j] * data[i * width + j];
      logits[k] = sum;
    }
  };
  for (let m = 0; m < models; m++) {
    const order = random.permutation(size);
    const part = order.subarray(0, trained);
    const weights = new Float64Array(2 * stride);
    minimise(
      weights,
      (point, gradient) => {
        let loss = 0;
        for (let i = 0; i < point.length; i++) {
          gradient[i] = point[i] / trained;
          loss += (point[i] * point[i]) / 2 / trained;
        }
        for (const i of part) {
          score(point, i);
          const largest = Math.max(...logits);
          const powers = logits.map((logit) => Math.exp(logit - largest));
          const sum = powers[0] + powers[1];
          loss += (Math.log(sum) + largest - logits[gold[i]]) / trained;
          for (let k = 0; k < 2; k++) {
            const residual = (powers[k] / sum - Number(gold[i] === k)) / trained;
            for (let j = 0; j < width; j++) gradient[k * stride + j] += residual * data[i * width + j];
            gradient[k * stride + width] += residual;
          }
        }
        return loss;
      },
      1e-4,
    );
    for (const i of order.subarray(trained)) {
      score(weights, i);
      asked[i]++;
      if (Number(logits[1] > logits[0]) === gold[i]) right[i]++;
    }
  }
  return right.map((count, i) => (asked[i] === 0 ? 0 : count / asked[i]));
}
