/**
 * Which detector finds wrong labels of which kind, at the prevalence that they have.
 *
 * Injected noise (uniform; by confusion: the clean run's second choice) on public datasets, several injections each; and natural noise with full
 * truth: Hausa news titles labelled by a weak labeller, and single annotators of MD-Agreement and SNLI against the majority of the other four.
 * Each cell: train, map, train all companions, run every detector: average precision, AUROC, precision and recall at k (k: how many labels are wrong),
 * what the detector's own rule flags, and what cleaning by the default detector buys on the test set. One line of JSON a cell in --out, so that
 * what stands is not done again; the tables are made from all lines there.
 *
 * With --python (a Python that has cleanlab and scikit-learn) cleanlab's scores on 5-fold TF-IDF logistic regression stand beside, for the same
 * flips, with the better of two settings chosen for it by the truth.
 *
 * --speed: scores and issues of confident learning on 100,000 x 77 made probabilities, against cleanlab's find_label_issues.
 *
 * Run: npm run build && node bench/label-errors.mjs [--data ../shared/data] [--sets trec,banking77] [--kinds uniform,confusion] [--rates 0.01,0.05,0.2]
 *   [--seeds 0,1,2] [--python python3] [--out cells.jsonl] [--tables] [--speed]
 */

import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { Random } from "../dist/core/random.js";
import {
  atRank,
  auroc,
  averagePrecision,
  buildMap,
  builtInDetectors,
  createDataset,
  findDetector,
  injectNoise,
  labelIssues,
  readDataset,
  relabel,
  runDetector,
  runEvidence,
  secondChoices,
  subset,
  train,
  trainMissing,
} from "../dist/index.js";
import { byScore } from "../dist/diagnose/measure/ranking.js";
import { pairedT } from "../dist/study/statistics/paired-t.js";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data" },
    sets: { type: "string", default: "trec,cad,md_agreement,banking77,sst2,hausa,annotator,snli_annotator" },
    kinds: { type: "string", default: "uniform,confusion" },
    rates: { type: "string", default: "0.01,0.05,0.2" },
    seeds: { type: "string", default: "0,1,2" },
    python: { type: "string" },
    out: { type: "string", default: join(tmpdir(), "alidade-label-errors.jsonl") },
    tables: { type: "boolean", default: false },
    speed: { type: "boolean", default: false },
  },
});

const data = (path) => join(values.data, path);
const sets = {
  trec: {
    train: () => readDataset(data("trec/TREC.train"), { preset: "trec" }),
    test: (from) => readDataset(data("trec/TREC.test"), { preset: "trec", rolesFrom: from.roles }),
  },
  cad: {
    train: () => readDataset(data("cad/sentiment/orig/train.tsv.gz"), { text: "Text", label: "Sentiment" }),
    test: (from) => readDataset(data("cad/sentiment/orig/test.tsv"), { rolesFrom: from.roles }),
  },
  md_agreement: {
    train: () => agreement("train", ({ hard_label: label }) => label),
    test: (from) => agreement("test", ({ hard_label: label }) => label, from),
  },
  banking77: {
    train: () => readDataset(data("banking77/train.csv")),
    test: (from) => readDataset(data("banking77/test.csv"), { rolesFrom: from.roles }),
  },
  sst2: {
    train: () => readDataset(data("sst2/train.tsv.gz"), { text: "sentence", label: "label" }),
    test: (from) => readDataset(data("sst2/dev.tsv"), { rolesFrom: from.roles }),
  },
};

/** MD-Agreement's items as a dataset. */
async function agreement(part, labelOf, from) {
  const path = data(`lewidi/md_agreement/MD-Agreement_${part}.json`);
  const text = existsSync(path)
    ? readFileSync(path, "utf8")
    : gunzipSync(readFileSync(`${path}.gz`)).toString();
  const rows = Object.entries(JSON.parse(text)).map(([id, item]) => ({
    id,
    text: item.text,
    label: String(labelOf(item, id)),
  }));
  return await createDataset(rows, {
    text: "text",
    label: "label",
    id: "id",
    ...(from && { rolesFrom: from.roles }),
  });
}

/** Natural noise: a dataset with its given labels, and which of them are wrong. */
const natural = {
  async hausa() {
    const [given, clean] = await Promise.all(
      ["train_clean_noisy_labels", "train_clean"].map((name) =>
        readDataset(data(`african_news/hausa/${name}.tsv`), { text: "news_title", label: "label" }),
      ),
    );
    const wrong = Uint8Array.from(given.gold, (label, row) =>
      given.labelNames[label] === clean.labelNames[clean.gold[row]] ? 0 : 1,
    );
    return { dataset: given, wrong };
  },
  /** MD-Agreement: one vote an item, drawn; wrong where the other four have a strict majority against it. */
  async annotator(seed) {
    const wrong = [];
    const dataset = await agreement(
      "train",
      drawnVote(seed, wrong, ({ annotations }) => annotations.split(",")),
    );
    return { dataset, wrong: Uint8Array.from(wrong) };
  },
  /** SNLI's development set, the pairs with five votes: as MD-Agreement. */
  async snli_annotator(seed) {
    const rows = gunzipSync(readFileSync(data("snli/dev.jsonl.gz")))
      .toString()
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line))
      .filter(({ annotator_labels: votes }) => votes?.length === 5);
    const wrong = [];
    const draw = drawnVote(seed, wrong, ({ annotator_labels: votes }) => votes);
    const dataset = await createDataset(
      rows.map((row) => ({ id: row.guid, text: row.premise, pair: row.hypothesis, label: draw(row) })),
      { text: "text", textPair: "pair", label: "label", id: "id" },
    );
    return { dataset, wrong: Uint8Array.from(wrong) };
  },
};

/** One of an item's votes as its label; told in `wrong` is whether more than half of the others are for one other label. */
function drawnVote(seed, wrong, votesOf) {
  const random = new Random(seed);
  return (item) => {
    const votes = votesOf(item);
    const own = random.below(votes.length);
    const others = votes.filter((_, i) => i !== own);
    const against = others.some(
      (label) => label !== votes[own] && 2 * others.filter((other) => other === label).length > others.length,
    );
    wrong.push(against ? 1 : 0);
    return votes[own];
  };
}

if (values.speed) await speed();
else {
  if (!values.tables) await allCells();
  printTables();
}

async function allCells() {
  const list = (text) => text.split(",");
  for (const name of list(values.sets)) {
    for (const seed of list(values.seeds).map(Number)) {
      if (natural[name]) {
        if (name === "hausa" && seed > 0) continue;
        await cell({ set: name, kind: "natural", rate: null, seed }, () => natural[name](seed));
      } else {
        for (const kind of list(values.kinds))
          for (const rate of list(values.rates).map(Number))
            await cell({ set: name, kind, rate, seed }, () => injected(name, kind, rate, seed));
      }
    }
  }
}

async function injected(name, kind, rate, seed) {
  const clean = await sets[name].train();
  const folder = mkdtempSync(join(tmpdir(), "alidade-clean-"));
  try {
    let how = { kind: "uniform" };
    if (kind === "confusion") {
      await train(clean, { out: folder, overwrite: true });
      await buildMap(folder);
      how = { kind: "confusion", second: await secondChoices(clean, folder) };
    }
    const noisy = injectNoise(clean, { rate, seed, how });
    const wrong = new Uint8Array(clean.size);
    for (const row of noisy.flipped) wrong[row] = 1;
    return { dataset: noisy.dataset, wrong, clean, test: await sets[name].test(clean) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function cell(key, make) {
  const same = (line) => JSON.stringify(line.key) === JSON.stringify(key);
  if (lines().some(same)) return;
  const started = performance.now();
  const { dataset, wrong, clean, test } = await make();
  const out = mkdtempSync(join(tmpdir(), "alidade-cell-"));
  try {
    await train(dataset, { out, overwrite: true });
    await buildMap(out);
    const needs = new Set([
      "held-out",
      "threshold-samples",
      "injected-noise",
      ...(dataset.size < 8000 ? ["several-runs"] : []),
    ]);
    await trainMissing(out, needs, { dataset });
    const evidence = await runEvidence(out, { dataset });
    const many = wrong.reduce((a, b) => a + b, 0);
    const detectors = {};
    const variants = [
      ...Object.keys(builtInDetectors).map((name) => [name, name, {}]),
      ["confident-learning, by margin", "confident-learning", { rank: "normalised-margin" }],
    ];
    for (const [shown, name, options] of variants) {
      const detector = findDetector(name);
      if (detector.needs.some((need) => evidence.missing(need) !== null)) continue;
      const { scores, flagged, suggested } = await runDetector(detector, evidence, { options });
      const flags = flagged?.reduce((a, b) => a + b, 0) ?? null;
      const told = clean ? [...wrong.keys()].filter((row) => wrong[row] === 1 && suggested[row] >= 0) : [];
      detectors[shown] = {
        ap: averagePrecision(scores, wrong),
        auroc: auroc(scores, wrong),
        at: atRank(scores, wrong, many),
        at100: atRank(scores, wrong, 100),
        flagged: flags,
        right: flagged?.reduce((sum, flag, row) => sum + (flag & wrong[row]), 0) ?? null,
        recall:
          flagged === null ? null : flagged.reduce((sum, flag, row) => sum + (flag & wrong[row]), 0) / many,
        suggested: clean ? told.filter((row) => suggested[row] === clean.gold[row]).length / many : null,
      };
    }
    const bought =
      test === undefined || key.rate < 0.05 ? null : await cleaning(dataset, clean, test, evidence);
    const line = {
      key,
      size: dataset.size,
      wrong: many,
      detectors,
      bought,
      cleanlab: cleanlab(dataset, wrong),
      seconds: (performance.now() - started) / 1000,
    };
    appendFileSync(values.out, `${JSON.stringify(line)}\n`);
    console.error(
      JSON.stringify(key),
      Object.entries(detectors)
        .map(([name, { ap }]) => `${name} ${ap.toFixed(3)}`)
        .join("  "),
      line.cleanlab ? `cleanlab ${line.cleanlab.self_confidence.ap.toFixed(3)}` : "",
    );
  } finally {
    rmSync(out, { recursive: true, force: true });
    dataset.close();
    clean?.close();
    test?.close();
  }
}

/** Accuracy on the test set after training on the noisy labels, on what is left of them, on suggestions, and on the clean ones. */
async function cleaning(noisy, clean, test, evidence) {
  const { scores, suggested } = await runDetector(findDetector("ensemble"), evidence);
  const { flagged } = await runDetector(findDetector("confident-learning"), evidence);
  const count = flagged.reduce((a, b) => a + b, 0);
  const suspects = new Set(byScore(scores).subarray(0, count));
  const kept = Int32Array.from([...noisy.gold.keys()].filter((row) => !suspects.has(row)));
  const changed = noisy.gold.map((label, row) =>
    suspects.has(row) && suggested[row] >= 0 ? suggested[row] : label,
  );
  const accuracies = {};
  for (const [name, dataset] of [
    ["noisy", noisy],
    ["dropped", subset(noisy, kept)],
    ["relabelled", relabel(noisy, changed)],
    ["clean", clean],
  ]) {
    const out = mkdtempSync(join(tmpdir(), "alidade-cleaned-"));
    await train(dataset, { out, overwrite: true, tests: { test: { dataset: test } }, logits: "none" });
    accuracies[name] = JSON.parse(readFileSync(join(out, "tests/test.json"), "utf8")).accuracy ?? null;
    rmSync(out, { recursive: true, force: true });
  }
  return { ...accuracies, suspects: count };
}

function cleanlab(dataset, wrong) {
  if (values.python === undefined) return null;
  const folder = mkdtempSync(join(tmpdir(), "alidade-cleanlab-"));
  const path = join(folder, "problem.json");
  writeFileSync(
    path,
    JSON.stringify({ text: texts(dataset.input), gold: [...dataset.gold], wrong: [...wrong] }),
  );
  const script = fileURLToPath(new URL("./label_errors_cleanlab.py", import.meta.url));
  try {
    return JSON.parse(
      execFileSync(values.python, [script, path], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** For words in a bag a pair is one text. */
function texts({ text, pair }) {
  return pair === undefined ? text : text.map((one, row) => `${one} ${pair[row]}`);
}

function lines() {
  return existsSync(values.out)
    ? readFileSync(values.out, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];
}

function printTables() {
  const groups = Map.groupBy?.(lines(), group) ?? grouped(lines());
  const all = [...groups];
  if (all.length === 0) return;
  const names = [...new Set(lines().flatMap(({ detectors }) => Object.keys(detectors)))];
  const table = (title, of, more = []) => {
    console.log(
      `\n${title}\n\n| ${["dataset", "noise", "wrong", "seeds", ...names, ...more].join(" | ")} |\n|${" --- |".repeat(4 + names.length + more.length)}`,
    );
    for (const [, cells] of all) {
      const { key, size, wrong } = cells[0];
      const figures = names.map((name) =>
        shown(
          cells
            .map(({ detectors }) => of(detectors[name]))
            .filter((one) => one !== undefined && one !== null),
        ),
      );
      const others =
        more.length === 0
          ? []
          : [
              shown(
                cells.map(({ cleanlab: one }) => one?.self_confidence.ap).filter((one) => one !== undefined),
              ),
            ];
      console.log(
        `| ${[key.set, key.kind, `${((100 * wrong) / size).toFixed(1)} %`, cells.length, ...figures, ...others].join(" | ")} |`,
      );
    }
  };
  table("Average precision (mean over injections; half of the 95 % t interval)", (one) => one?.ap, [
    "cleanlab",
  ]);
  table("AUROC", (one) => one?.auroc);
  table(
    "Precision among the first k, k the number of wrong labels (recall is the same)",
    (one) => one?.at.precision,
  );
  table("Precision of what the detector's own rule flags", (one) =>
    one?.flagged > 0 ? one.right / one.flagged : undefined,
  );
  table("Recall of what it flags", (one) => one?.recall);
  console.log(
    "\nTest accuracy after cleaning by the default detector\n\n| dataset | noise | wrong | noisy | suspects dropped | suggestions taken | clean |\n|" +
      " --- |".repeat(7),
  );
  for (const [, cells] of all) {
    const with_ = cells.filter(({ bought }) => bought !== null);
    if (with_.length === 0) continue;
    const { key, size, wrong } = cells[0];
    const figures = ["noisy", "dropped", "relabelled", "clean"].map((name) =>
      shown(with_.map(({ bought }) => bought[name])),
    );
    console.log(
      `| ${[key.set, key.kind, `${((100 * wrong) / size).toFixed(1)} %`, ...figures].join(" | ")} |`,
    );
  }
}

function group({ key }) {
  return `${key.set} ${key.kind} ${key.rate}`;
}

function grouped(all) {
  const groups = new Map();
  for (const line of all) groups.set(group(line), [...(groups.get(group(line)) ?? []), line]);
  return groups;
}

function shown(figures) {
  if (figures.length === 0) return "";
  const { mean, interval } = pairedT(figures);
  return interval === null
    ? mean.toFixed(3)
    : `${mean.toFixed(3)} ± ${((interval.high - interval.low) / 2).toFixed(3)}`;
}

async function speed() {
  const [size, labels] = [100_000, 77];
  const random = new Random(0);
  const values_ = new Float32Array(size * labels);
  const gold = new Int32Array(size);
  for (let row = 0; row < size; row++) {
    const truth = random.below(labels);
    gold[row] = random.unit() < 0.1 ? random.below(labels) : truth;
    let sum = 0;
    for (let k = 0; k < labels; k++)
      sum += values_[row * labels + k] = Math.exp(random.normal() + (k === truth ? 4 : 0));
    for (let k = 0; k < labels; k++) values_[row * labels + k] /= sum;
  }
  const probabilities = { labels, values: values_ };
  const times = {};
  for (const filter of ["prune-by-noise-rate", "confident-learning"]) {
    const cpu = [];
    let issues;
    for (let i = 0; i < 7; i++) {
      const before = process.cpuUsage();
      issues = labelIssues(probabilities, gold, filter);
      const { user, system } = process.cpuUsage(before);
      cpu.push((user + system) / 1e6);
    }
    times[filter] = {
      cpu: cpu.sort((a, b) => a - b)[3],
      issues: [...issues.keys()].filter((row) => issues[row] === 1),
    };
  }
  for (const [filter, { cpu, issues }] of Object.entries(times))
    console.log(
      `alidade ${filter}: ${cpu.toFixed(3)} s of one processor (median of 7), ${issues.length} issues`,
    );
  if (values.python === undefined) return console.log("cleanlab was not asked: give --python");
  const folder = mkdtempSync(join(tmpdir(), "alidade-speed-"));
  writeFileSync(join(folder, "p"), values_);
  writeFileSync(join(folder, "g"), gold);
  const script = `
import numpy as np, time, json, cleanlab
from cleanlab.filter import find_label_issues
p = np.fromfile("${folder}/p", dtype="<f4").reshape(-1, ${labels}); g = np.fromfile("${folder}/g", dtype="<i4")
out = {"version": cleanlab.__version__}
for f, q in [("prune_by_noise_rate", p), ("confident_learning", p)]:
    times = []
    for _ in range(5):
        w, c = time.perf_counter(), time.process_time(); r = find_label_issues(g, q, filter_by=f, n_jobs=1); times.append((time.process_time() - c, time.perf_counter() - w))
    out[f] = {"cpu": sorted(times)[2][0], "issues": np.flatnonzero(r).tolist()}
print(json.dumps(out))`;
  const theirs = JSON.parse(
    execFileSync(values.python, ["-W", "ignore", "-c", script], { encoding: "utf8", maxBuffer: 2 ** 28 }),
  );
  rmSync(folder, { recursive: true, force: true });
  for (const [name, filter] of [
    ["prune_by_noise_rate", "prune-by-noise-rate"],
    ["confident_learning", "confident-learning"],
  ]) {
    const other = new Set(theirs[name].issues);
    const shared = times[filter].issues.filter((row) => other.has(row)).length;
    console.log(
      `cleanlab ${theirs.version} ${name}: ${theirs[name].cpu.toFixed(3)} s of one processor, ${other.size} issues, ${shared} of them the same; ${(theirs[name].cpu / times[filter].cpu).toFixed(1)} times as long`,
    );
  }
}
