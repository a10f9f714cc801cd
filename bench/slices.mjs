/**
 * Slices of a large run: how long, and in how much memory, beside one pass that counts the words.
 *
 * Texts of 22 words on average (two of bench/texts.mjs each) with two labels, and gold probabilities of three epochs that are lower where a text has one of some words: imported, so
 *   that nothing is trained. Asked about are the hard-to-learn ones; a slice has at least a ten-thousandth of the examples, or 10.
 * all kinds: `findSlices` as `alidade slices --region hard-to-learn` calls it, of all kinds but clusters (of more than 200,000 examples they are made only on request).
 * words within labels: the same of words and n-grams of 1 to 3 words, with --within-labels.
 * clusters: the same of clusters alone, with --clusters.
 * plain count: the run's texts and regions read, and the texts with each word counted inside and outside in a Map: no n-grams, no tests.
 *
 * Run: npm run build && node bench/slices.mjs [--size 1000000] [--runs 3] [--clusters] [--folder FOLDER, kept]
 */

import { createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fileLiteral, withDatabase } from "../dist/core/duckdb.js";
import { Random } from "../dist/core/random.js";
import { sliceKinds } from "../dist/diagnose/slices/slice-kinds.js";
import { buildMap, findSlices, importRun, readDataset } from "../dist/index.js";
import { layout } from "../dist/run/layout.js";
import { machine, medianRun, report } from "./measure.mjs";
import { makeTexts } from "./texts.mjs";

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "1000000" },
    runs: { type: "string", default: "3" },
    clusters: { type: "boolean", default: false },
    folder: { type: "string" },
    job: { type: "string" },
  },
});
const size = Number(values.size);
const of = { region: "hard-to-learn" };

if (values.job) {
  const { way, run } = JSON.parse(values.job);
  const ways = {
    make: () => makeRun(run),
    "all kinds": () => ours(run, { kinds: sliceKinds.filter((kind) => kind !== "cluster") }),
    "words within labels": () => ours(run, { kinds: ["words"], withinLabels: true }),
    clusters: () => ours(run, { kinds: ["cluster"] }),
    "plain count": () => plainCount(run),
  };
  await report(ways[way]);
} else {
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), "alidade-slices-"));
  try {
    main(folder);
  } finally {
    if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function main(folder) {
  const run = join(folder, "run");
  const measure = (way, runs) => {
    const args = ["--size", values.size, "--job", JSON.stringify({ way, run })];
    return medianRun(fileURLToPath(import.meta.url), args, runs);
  };
  if (!existsSync(layout.map(run))) measure("make", 1);
  console.log(`${machine()}\n\n${size} texts; median of ${values.runs}\n`);
  console.log("| | seconds | processor seconds | peak MB | slices | found | of the plain count |");
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  const plain = measure("plain count", Number(values.runs));
  const row = (name, { seconds, cpu, peak, result: { slices, found } }) =>
    console.log(
      `| ${name} | ${seconds.toFixed(1)} | ${cpu.toFixed(1)} | ${peak.toFixed(0)} | ${slices} | ${found} | ${(cpu / plain.cpu).toFixed(1)} |`,
    );
  row("plain count", plain);
  for (const way of ["all kinds", "words within labels", ...(values.clusters ? ["clusters"] : [])])
    row(way, measure(way, Number(values.runs)));
}

async function ours(run, options) {
  const { tested, found } = await findSlices(run, { of, ...options });
  return { slices: Object.values(tested).reduce((sum, count) => sum + count, 0), found: found.length };
}

async function plainCount(run) {
  const counts = new Map();
  await withDatabase({}, async (database) => {
    const chunks = database.chunks(
      `SELECT x.source.text, m.region FROM read_parquet(${fileLiteral(layout.examples(run))}) x ` +
        `POSITIONAL JOIN read_parquet(${fileLiteral(layout.map(run))}) m`,
    );
    for await (const [texts = [], regions = []] of chunks) {
      texts.forEach((text, i) => {
        const inside = regions[i] === of.region;
        for (const word of new Set(text.toLowerCase().match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? [])) {
          const count = counts.get(word);
          if (count === undefined) counts.set(word, { inside: inside ? 1 : 0, all: 1 });
          else {
            count.all++;
            if (inside) count.inside++;
          }
        }
      });
    }
  });
  const least = Math.max(10, Math.ceil(size / 10_000));
  let slices = 0;
  for (const { all } of counts.values()) if (all >= least) slices++;
  return { slices, found: "" };
}

async function makeRun(run) {
  const folder = join(run, "..");
  mkdirSync(folder, { recursive: true });
  const [data, probabilities] = ["data.csv", "probabilities.csv"].map((name) => join(folder, name));
  const random = new Random(2);
  const texts = makeTexts(2 * size);
  await writeLines(data, "id,text,label", (i) => {
    const label = random.below(2) === 0 ? "no" : "yes";
    return `${i},${texts[2 * i]} ${texts[2 * i + 1]},${label}`;
  });
  await writeLines(probabilities, "id,epoch_0,epoch_1,epoch_2", (i) => {
    // One word in 22 x 22 begins so, in either label.
    const ease = ` ${texts[2 * i]} ${texts[2 * i + 1]}`.includes(" vk") ? 0.45 : 0.7;
    const epochs = [0.6, 0.9, 1].map((share) => Math.min(1, share * (ease + 0.5 * (random.unit() - 0.5))));
    return `${i},${epochs.map((p) => p.toFixed(4)).join(",")}`;
  });
  const dataset = await readDataset(data, { id: "id", text: "text", label: "label" });
  await importRun([probabilities], { out: run, format: "table", data: dataset, overwrite: true });
  dataset.close();
  await buildMap(run);
}

async function writeLines(path, head, line) {
  const stream = createWriteStream(path);
  stream.write(`${head}\n`);
  for (let i = 0; i < size; i += 10_000) {
    const part = Array.from({ length: Math.min(10_000, size - i) }, (_, k) => line(i + k));
    if (!stream.write(`${part.join("\n")}\n`)) await once(stream, "drain");
  }
  stream.end();
  await once(stream, "finish");
}
