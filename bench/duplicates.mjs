/**
 * Near duplicates: how fast, how many are found, and what groups change on SST-2.
 *
 * speed: generated short texts (words with Zipf's frequencies, a fifth of the texts made from another by one changed or left-out word, or a part of it), from which
 *   near pairs, containment and groups are found. Beside it, on the first --small texts, the same from the definition: all pairs whose sizes allow it, each pair's shingles
 *   merged, and each text searched in all others. Every measurement is a process of its own: the median of --runs by processor seconds, peak resident memory.
 * recall: near pairs at several similarities against all pairs compared, on texts of a public dataset or generated ones.
 * sst2: the held-out map of SST-2's training phrases with folds that keep groups of near duplicates whole, and without; detectors on held-out probabilities where labels
 *   of single examples, or of whole groups, were flipped. Differences with 95 % intervals, bootstrap over groups; a line of JSON for each run in --out, which is not made again.
 *
 * Run: npm run build && node bench/duplicates.mjs [--part speed,recall,sst2] [--size 500000] [--small 5000] [--runs 3] [--data ../shared/data] [--seeds 0,1,2] [--out FILE]
 */

import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Random } from "../dist/core/random.js";
import { groupNames, joinContents } from "../dist/dataset/duplicates/group-duplicates.js";
import {
  auroc,
  averagePrecision,
  buildMap,
  duplicateGroups,
  findDetector,
  findNearDuplicates,
  injectNoise,
  readDataset,
  readMap,
  regroup,
  runDetector,
  runEvidence,
  summarise,
  train,
} from "../dist/index.js";
import { machine, medianRun, report } from "./measure.mjs";
import { makeTexts } from "./texts.mjs";

const { values } = parseArgs({
  options: {
    part: { type: "string", default: "speed,recall" },
    size: { type: "string", default: "500000" },
    small: { type: "string", default: "5000" },
    runs: { type: "string", default: "3" },
    data: { type: "string", default: "../shared/data" },
    seeds: { type: "string", default: "0,1,2" },
    out: { type: "string", default: join(tmpdir(), "alidade-duplicates.jsonl") },
    job: { type: "string" },
  },
});
const size = Number(values.size);
const small = Number(values.small);

if (values.job) {
  const job = JSON.parse(values.job);
  const texts = makeTexts(size).slice(0, job.texts);
  await report(() => (job.plain ? plainly(texts) : ours(texts)));
} else {
  console.log(`${machine()}\n`);
  const parts = values.part.split(",");
  if (parts.includes("speed")) speed();
  if (parts.includes("recall")) await recall();
  if (parts.includes("sst2")) await sst2();
}

// Speed

function speed() {
  const texts = makeTexts(size);
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  console.log(
    `${size} texts of ${(characters / size).toFixed(0)} characters on average; median of ${values.runs}\n`,
  );
  console.log("| | texts | seconds | processor seconds | peak MB | near pairs | inside | groups |");
  console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
  const row = (name, texts, { seconds, cpu, peak, result }) =>
    console.log(
      `| ${name} | ${texts} | ${seconds.toFixed(1)} | ${cpu.toFixed(1)} | ${peak.toFixed(0)} | ${result.pairs} | ${result.inside} | ${result.groups ?? ""} |`,
    );
  row("alidade", size, median({ texts: size, plain: false }));
  const [fast, plain] = [median({ texts: small, plain: false }), median({ texts: small, plain: true })];
  row("alidade", small, fast);
  row("all pairs", small, plain);
  const scaled = plain.cpu * (size / small) ** 2;
  console.log(
    `\n${(plain.cpu / fast.cpu).toFixed(0)} times as fast on ${small} texts; all pairs of ${size} would take ${(scaled / 3600).toFixed(0)} processor hours`,
  );
}

function median(job) {
  const args = ["--size", values.size, "--job", JSON.stringify(job)];
  return medianRun(fileURLToPath(import.meta.url), args, Number(values.runs));
}

async function ours(texts) {
  const dataset = datasetOf(texts);
  const found = await findNearDuplicates(dataset);
  const inside = new Set();
  await found.inside({ inner: null, outer: null }, (part) => {
    inside.add(part);
    return true;
  });
  const sets = await joinContents(found);
  const groups = new Set(groupNames(found.contents.of[0], sets, dataset.ids));
  groups.delete(null);
  return { pairs: found.near.a.length, inside: inside.size, groups: groups.size };
}

function plainly(texts) {
  const tidy = [...new Set(texts.map((text) => text.toLowerCase().replace(/\s+/g, " ").trim()))];
  const pairs = allPairs(tidy, 0.8);
  const padded = tidy.map((text) => ` ${text} `);
  const inside = padded.filter((text, i) => padded.some((other, j) => i !== j && other.includes(text)));
  return { pairs: pairs.length, inside: inside.length };
}

/** Every pair whose sizes allow it, by the sets themselves. */
function allPairs(texts, similarity) {
  const numbers = new Map();
  const sets = texts.map((text) => {
    const grams = new Set();
    for (let at = 0; at + 5 <= Math.max(5, text.length); at++) grams.add(text.slice(at, at + 5));
    return Int32Array.from(grams, (gram) => {
      if (!numbers.has(gram)) numbers.set(gram, numbers.size);
      return numbers.get(gram);
    }).sort();
  });
  const pairs = [];
  for (let i = 0; i < sets.length; i++) {
    for (let j = i + 1; j < sets.length; j++) {
      const [a, b] = [sets[i], sets[j]];
      if (Math.min(a.length, b.length) < similarity * Math.max(a.length, b.length)) continue;
      let common = 0;
      for (let x = 0, y = 0; x < a.length && y < b.length;) {
        if (a[x] === b[y]) common++;
        if (a[x] <= b[y]) x++;
        else y++;
      }
      if (common / (a.length + b.length - common) >= similarity) pairs.push(`${texts[i]}\n${texts[j]}`);
    }
  }
  return pairs;
}

function datasetOf(text) {
  return {
    name: "generated",
    size: text.length,
    ids: text.map((_, i) => `${i}`),
    input: { kind: "text", text },
  };
}

// Recall

async function recall() {
  const generated = makeTexts(small);
  const sets = [["generated", generated]];
  const published = {
    banking77: ["banking77/train.csv", {}],
    sst2: ["sst2/train.tsv.gz", { text: "sentence", label: "label" }],
    trec: ["trec/TREC.train", { preset: "trec" }],
  };
  for (const [name, [path, options]] of Object.entries(published)) {
    if (!existsSync(join(values.data, path))) continue;
    const dataset = await readDataset(join(values.data, path), options);
    sets.push([name, dataset.input.text.slice(0, small)]);
    dataset.close();
  }
  console.log(`\nNear pairs of ${small} texts, against all pairs compared\n`);
  console.log("| texts | similarity | near pairs | found | missed | wrong |");
  console.log("| --- | --- | --- | --- | --- | --- |");
  for (const [name, texts] of sets) {
    for (const similarity of [0.5, 0.7, 0.8, 0.9]) {
      const tidy = [...new Set(texts.map((text) => text.toLowerCase().replace(/\s+/g, " ").trim()))].sort();
      const all = new Set(allPairs(tidy, similarity));
      const { near, contents } = await findNearDuplicates(datasetOf(texts), { similarity });
      let [found, wrong] = [0, 0];
      near.a.forEach((a, k) => {
        // Those of one wording are taken whatever their similarity.
        if (near.similarity[k] < similarity) return;
        if (all.has(`${contents.sides[a][0]}\n${contents.sides[near.b[k]][0]}`)) found++;
        else wrong++;
      });
      console.log(`| ${name} | ${similarity} | ${all.size} | ${found} | ${all.size - found} | ${wrong} |`);
    }
  }
}

// SST-2 with groups and without

async function sst2() {
  const reading = { text: "sentence", label: "label" };
  const dataset = await readDataset(join(values.data, "sst2/train.tsv.gz"), reading);
  const dev = await readDataset(join(values.data, "sst2/dev.tsv"), { ...reading, rolesFrom: dataset.roles });
  const groups = await duplicateGroups(dataset);
  const grouped = regroup(dataset, groups);
  const seeds = values.seeds.split(",").map(Number);
  const done = new Map(
    existsSync(values.out)
      ? readFileSync(values.out, "utf8")
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line))
          .map((line) => [line.key, line])
      : [],
  );
  const once = async (key, make) => {
    if (!done.has(key)) {
      const line = { key, ...(await make()) };
      appendFileSync(values.out, `${JSON.stringify(line)}\n`);
      done.set(key, line);
    }
    return done.get(key);
  };
  console.log("\nHeld-out maps (5 folds), n-gram trainer\n");
  console.log(
    "| folds | seed | accuracy | mean confidence | mean variability | easy | ambiguous | hard | dev accuracy |",
  );
  console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
  const maps = { ungrouped: [], grouped: [] };
  for (const seed of seeds) {
    for (const folds of ["ungrouped", "grouped"]) {
      const line = await once(`map ${folds} ${seed}`, () =>
        mapOf(folds === "grouped" ? grouped : dataset, { seed, tests: { dev: { dataset: dev } } }),
      );
      maps[folds].push(line);
      const { regions } = line;
      const cells = [line.accuracy, line.means.confidence, line.means.variability, ...regions, line.dev];
      console.log(`| ${folds} | ${seed} | ${cells.map((cell) => cell.toFixed(3)).join(" | ")} |`);
    }
  }
  for (const figure of ["correctness", "confidence"]) {
    for (const folds of ["ungrouped", "grouped"]) {
      const own = Float64Array.from({ length: dataset.size }, (_, row) =>
        mean(maps[folds].map((line) => line[figure][row])),
      );
      console.log(
        `\n${folds}, ${figure}: ${interval(own, groups)}; over examples ${interval(
          own,
          Array.from(groups, () => null),
        )}`,
      );
    }
    const difference = Float64Array.from({ length: dataset.size }, (_, row) =>
      mean(seeds.map((_, at) => maps.grouped[at][figure][row] - maps.ungrouped[at][figure][row])),
    );
    console.log(`\ngrouped - ungrouped, ${figure}: ${interval(difference, groups)}`);
  }
  console.log(
    "\nDetectors on held-out probabilities, 5 % of the labels flipped; average precision (AUROC)\n",
  );
  console.log("| flipped | folds | seed | low-confidence | confident-learning |");
  console.log("| --- | --- | --- | --- | --- |");
  for (const seed of seeds) {
    for (const flips of ["single", "group"]) {
      const noisy = injectNoise(flips === "group" ? grouped : dataset, { rate: 0.05, seed });
      for (const folds of ["ungrouped", "grouped"]) {
        const line = await once(`detect ${flips} ${folds} ${seed}`, () =>
          detect(
            regroup(noisy.dataset, folds === "grouped" ? groups : groups.map(() => null)),
            noisy.flipped,
            seed,
          ),
        );
        const cells = ["low-confidence", "confident-learning"].map(
          (name) => `${line[name].ap.toFixed(3)} (${line[name].auroc.toFixed(3)})`,
        );
        console.log(`| ${flips} | ${folds} | ${seed} | ${cells.join(" | ")} |`);
      }
    }
  }
}

async function mapOf(dataset, { seed, tests = {}, options = {} }, use = async () => ({})) {
  const folder = mkdtempSync(join(tmpdir(), "alidade-duplicates-"));
  try {
    const out = join(folder, "run");
    await train(dataset, { out, protocol: "held-out", folds: 5, seed, tests, options, logits: "all" });
    await buildMap(out);
    const [map, summary] = await Promise.all([readMap(out), summarise(out)]);
    const share = (name) => summary.regions.find(({ region }) => region === name)?.share ?? 0;
    const dev = join(out, "tests/dev.json");
    const keep = (numbers) => Array.from(numbers, (value) => Math.round(value * 1e4) / 1e4);
    return {
      accuracy: summary.epochs.at(-1).accuracy,
      means: summary.means,
      regions: ["easy-to-learn", "ambiguous", "hard-to-learn"].map(share),
      dev: existsSync(dev) ? JSON.parse(readFileSync(dev, "utf8")).accuracy : NaN,
      correctness: keep(map.correctness),
      confidence: keep(map.confidence),
      ...(await use(out)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function detect(dataset, rows, seed) {
  const flipped = new Uint8Array(dataset.size);
  for (const row of rows) flipped[row] = 1;
  const { detectors } = await mapOf(dataset, { seed, options: { minCount: 2 } }, async (out) => {
    const evidence = await runEvidence(out, { dataset });
    const found = {};
    for (const name of ["low-confidence", "confident-learning"]) {
      const { scores } = await runDetector(findDetector(name), evidence);
      found[name] = { ap: averagePrecision(scores, flipped), auroc: auroc(scores, flipped) };
    }
    return { detectors: found };
  });
  return { flips: rows.length, ...detectors };
}

/** The mean with a 95 % interval: groups drawn anew, 2,000 times. */
function interval(numbers, groups) {
  const sums = new Map();
  groups.forEach((group, row) => {
    const key = group ?? `alone ${row}`;
    const [sum, count] = sums.get(key) ?? [0, 0];
    sums.set(key, [sum + numbers[row], count + 1]);
  });
  const all = [...sums.values()];
  const random = new Random(7);
  const means = Float64Array.from({ length: 2000 }, () => {
    let [sum, count] = [0, 0];
    for (let i = 0; i < all.length; i++) {
      const drawn = all[random.below(all.length)];
      sum += drawn[0];
      count += drawn[1];
    }
    return sum / count;
  }).sort();
  const shown = [mean(numbers), means[50], means[1949]].map((value) => value.toFixed(4));
  return `${shown[0]} (${shown[1]} to ${shown[2]}; ${numbers.length} examples in ${all.length} groups)`;
}

function mean(numbers) {
  return numbers.reduce((a, b) => a + b, 0) / numbers.length;
}
