/**
 * Real label errors that people judged: 20 Newsgroups' and MNIST's test sets, of which Northcutt, Athalye and Mueller (2021) had five people look at
 * candidates. The candidates were picked by confident learning, so nothing is known of the other examples: precision is given among the
 * candidates only, no recall, and no detector is ranked above another by it.
 *
 * Each set is mapped (n-grams; pixels by a hidden layer), every companion trained, every detector run on all examples; its ranking of the
 * judged candidates is scored against what most people said. Intervals: bootstrap over candidates, 95 %.
 *
 * Run: npm run build && node bench/label-errors-judged.mjs [--data ../shared/data] [--sets 20news,mnist] [--seed 0]
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { Random } from "../dist/core/random.js";
import {
  averagePrecision,
  buildMap,
  builtInDetectors,
  findDetector,
  readDataset,
  runDetector,
  runEvidence,
  train,
  trainMissing,
} from "../dist/index.js";
import { byScore } from "../dist/diagnose/measure/ranking.js";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    sets: { type: "string", default: "20news,mnist" },
    seed: { type: "string", default: "0" },
  },
});

const resamples = 2000;
const scratch = mkdtempSync(join(tmpdir(), "alidade-judged-"));
const bytes = (path) => {
  const raw = readFileSync(join(values.data, path));
  return path.endsWith(".gz") ? gunzipSync(raw) : raw;
};

/** What people said, by row: whether the label is wrong. */
function judged(path) {
  const found = new Map();
  for (const line of bytes(path).toString().split("\n").filter(Boolean)) {
    const { id, is_error: wrong } = JSON.parse(line);
    if (typeof wrong === "boolean") found.set(id, wrong ? 1 : 0);
  }
  return found;
}

const sets = {
  "20news": {
    judged: () => judged("20news/test_label_errors.jsonl.gz"),
    dataset: () =>
      readDataset(join(values.data, "20news/test.jsonl.gz"), { text: "text", label: "label_name" }),
    options: {},
  },
  mnist: {
    judged: () => judged("mnist/test_label_errors.jsonl"),
    async dataset() {
      const [images, labels] = ["mnist/t10k-images-idx3-ubyte.gz", "mnist/t10k-labels-idx1-ubyte.gz"].map(
        bytes,
      );
      const pixels = images.readUInt32BE(8) * images.readUInt32BE(12);
      const header = ["digit", ...Array.from({ length: pixels }, (_, i) => `pixel${i}`)].join(",");
      const rows = Array.from({ length: labels.length - 8 }, (_, row) =>
        [labels[8 + row], ...images.subarray(16 + row * pixels, 16 + (row + 1) * pixels)].join(","),
      );
      const path = join(scratch, "mnist.csv");
      writeFileSync(path, [header, ...rows].join("\n"));
      return await readDataset(path, { features: ["pixel*"], label: "digit" });
    },
    options: { hidden: 32 },
  },
};

/** Scores of the candidates and whether each is wrong, in one place. */
function measures(scores, wrong) {
  const order = byScore(Float64Array.from(scores));
  const among = (k) => order.subarray(0, k).reduce((sum, i) => sum + wrong[i], 0) / k;
  return {
    ap: averagePrecision(Float64Array.from(scores), Uint8Array.from(wrong)),
    at10: among(10),
    at25: among(25),
  };
}

function intervals(scores, wrong) {
  const random = new Random(1);
  const drawn = Array.from({ length: resamples }, () => {
    const rows = Array.from(scores, () => random.below(scores.length));
    return measures(
      rows.map((i) => scores[i]),
      rows.map((i) => wrong[i]),
    );
  });
  const found = measures(scores, wrong);
  return Object.entries(found).map(([name, value]) => {
    const sorted = drawn
      .map((one) => one[name])
      .filter(Number.isFinite)
      .sort((a, b) => a - b);
    const at = (share) => sorted[Math.floor(share * (sorted.length - 1))].toFixed(2);
    return `${value.toFixed(2)} [${at(0.025)}, ${at(0.975)}]`;
  });
}

for (const name of values.sets.split(",")) {
  const { judged: said, dataset: read, options } = sets[name];
  const verdicts = said();
  const dataset = await read();
  const rowOf = new Map(dataset.ids.map((id, row) => [Number(id), row]));
  const rows = [...verdicts.keys()].map((id) => rowOf.get(id));
  const wrong = [...verdicts.values()];
  const out = join(scratch, name);
  await train(dataset, { out, options, seed: Number(values.seed), overwrite: true });
  await buildMap(out);
  const needs = new Set(["held-out", "threshold-samples", "injected-noise", "several-runs"]);
  await trainMissing(out, needs, { dataset });
  const evidence = await runEvidence(out, { dataset });
  const errors = wrong.reduce((a, b) => a + b, 0);
  console.log(
    `\n${name}: ${dataset.size} examples, ${wrong.length} judged, ${errors} of them wrong (${((100 * errors) / wrong.length).toFixed(0)} %)\n`,
  );
  console.log("| detector | average precision | precision at 10 | at 25 |\n| --- | --- | --- | --- |");
  for (const detector of Object.keys(builtInDetectors).map(findDetector)) {
    const lacks = detector.needs.find((need) => evidence.missing(need) !== null);
    if (lacks !== undefined) {
      console.log(`| ${detector.name} | the run lacks ${lacks} | | |`);
      continue;
    }
    const { scores } = await runDetector(detector, evidence, {});
    console.log(
      `| ${[
        detector.name,
        ...intervals(
          rows.map((row) => scores[row]),
          wrong,
        ),
      ].join(" | ")} |`,
    );
  }
  dataset.close();
}
rmSync(scratch, { recursive: true, force: true });
