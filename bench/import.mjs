/**
 * Import of the reference's dynamics: 549,367 examples x 6 epochs x 3 logits as JSONL, in another order in every epoch,
 * to a run folder with its map. Beside it, as the base of the ratio, what one writes first: readline, JSON.parse and a
 * Map, to the coordinates in memory; and a plain DuckDB query to the same. Each runs in a process of its own, so that peak memory is its own.
 *
 *   node bench/import.mjs [--examples 549367] [--runs 3] [--keep FOLDER]
 */

import { spawnSync } from "node:child_process";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const epochs = 6;
const width = 3;

/** @param {string} folder @param {number} size */
async function generate(folder, size) {
  const { Random } = await import("../dist/core/random.js");
  mkdirSync(folder, { recursive: true });
  const random = new Random(7);
  const gold = Uint8Array.from({ length: size }, () => random.below(width));
  const ease = Float64Array.from({ length: size }, () => random.unit());
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = random.permutation(size);
    const lines = [];
    for (const example of order) {
      const logits = [];
      for (let k = 0; k < width; k++) {
        const lift = k === gold[example] ? 3 * ease[example] * Math.sqrt(epoch + 1) : 0;
        logits.push(Math.round((2 * random.unit() - 1 + lift) * 1e10) / 1e10);
      }
      const guid = 4_734_364_000_000 + 17 * example;
      lines.push(
        `{"guid": ${guid}, "logits_epoch_${epoch}": [${logits.join(", ")}], "gold": ${gold[example]}}\n`,
      );
    }
    writeFileSync(join(folder, `dynamics_epoch_${epoch}.jsonl`), lines.join(""));
  }
}

/** Seconds of each step. @param {string} folder @param {string} scratch */
async function whole(folder, scratch) {
  const { importRun } = await import("../dist/run/import/import-run.js");
  const { buildMap } = await import("../dist/map/build-map.js");
  const out = join(scratch, "run");
  rmSync(out, { recursive: true, force: true });
  const began = performance.now();
  await importRun([folder], { out });
  const imported = performance.now();
  await buildMap(out);
  const mapped = performance.now();
  return { all: mapped - began, import: imported - began, map: mapped - imported };
}

/** Parsing, joining and deriving alone: nothing is written. @param {string} folder */
async function reading(folder) {
  const { readAllenai } = await import("../dist/run/import/allenai.js");
  const { quiet } = await import("../dist/core/effects.js");
  const began = performance.now();
  const request = {
    paths: [folder],
    data: null,
    labelNames: null,
    predicted: null,
    totalEpochs: null,
    logits: null,
  };
  const run = await readAllenai({ ...request, threads: availableParallelism(), effects: quiet });
  let rows = 0;
  for await (const { size } of run.epochs(0)) rows += size;
  const seconds = performance.now() - began;
  await run.close();
  if (rows === 0) throw new Error("nothing was read");
  return { all: seconds };
}

/** The same observations written without reading anything. @param {string} folder @param {string} scratch */
async function writing(folder, scratch) {
  const { readAllenai } = await import("../dist/run/import/allenai.js");
  const { quiet } = await import("../dist/core/effects.js");
  const { createRun } = await import("../dist/run/open-writer.js");
  const request = {
    paths: [folder],
    data: null,
    labelNames: null,
    predicted: null,
    totalEpochs: null,
    logits: null,
  };
  const source = await readAllenai({ ...request, threads: availableParallelism(), effects: quiet });
  const first = (await source.epochs(0)[Symbol.asyncIterator]().next()).value;
  await source.close();
  const out = join(scratch, "written");
  rmSync(out, { recursive: true, force: true });
  const dataset = {
    name: "bench",
    size: source.ids.length,
    input: "none",
    labelNames: source.labelNames,
    roles: {},
    sources: [],
  };
  const imported = { format: "allenai", sources: [], notes: [] };
  const { columns, logits } = source;
  const fields = {
    alidade: "0.0.0",
    dataset,
    trainer: null,
    imported,
    protocol: "unknown",
    logits,
    columns,
    tests: {},
  };
  const run = await createRun(out, { ...fields, epochs: { planned: epochs } });
  const began = performance.now();
  for (let epoch = 0; epoch < epochs; epoch++) await run.writeEpoch(epoch, first);
  const seconds = performance.now() - began;
  await run.close();
  return { all: seconds };
}

/** @param {string} folder */
async function naive(folder) {
  const began = performance.now();
  const examples = new Map();
  for (let epoch = 0; epoch < epochs; epoch++) {
    const input = createReadStream(join(folder, `dynamics_epoch_${epoch}.jsonl`));
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      const record = JSON.parse(line);
      let example = examples.get(record.guid);
      if (!example) examples.set(record.guid, (example = { gold: record.gold, logits: [] }));
      example.logits.push(record[`logits_epoch_${epoch}`]);
    }
  }
  let checksum = 0;
  for (const { gold, logits } of examples.values()) {
    const p = logits.map((row) => {
      const largest = Math.max(...row);
      const terms = row.map((value) => Math.exp(value - largest));
      return terms[gold] / terms.reduce((a, b) => a + b);
    });
    const confidence = p.reduce((a, b) => a + b) / p.length;
    const variability = Math.sqrt(p.reduce((sum, value) => sum + (value - confidence) ** 2, 0) / p.length);
    checksum += confidence + variability;
  }
  if (!(checksum > 0)) throw new Error("nothing was read");
  return { all: performance.now() - began };
}

/** What one asks DuckDB for first: the same coordinates as the naive way, in parallel. @param {string} folder */
async function duckdb(folder) {
  const { literal, withDatabase } = await import("../dist/core/duckdb.js");
  const began = performance.now();
  const columns = (epoch) =>
    `columns = {guid: 'BIGINT', logits_epoch_${epoch}: 'FLOAT[]', gold: 'INTEGER'}, format = 'newline_delimited'`;
  const epoch = (_, e) => {
    const file = literal(join(folder, `dynamics_epoch_${e}.jsonl`));
    return `SELECT guid, gold, logits_epoch_${e} AS l FROM read_json(${file}, ${columns(e)})`;
  };
  const sums = Array.from({ length: width }, (_, k) => `exp(l[${k + 1}] - l[gold + 1])`).join(" + ");
  const sum = await withDatabase({}, (database) =>
    database.value(
      `SELECT sum(confidence + variability) FROM (SELECT guid, avg(p) AS confidence, stddev_pop(p) AS variability ` +
        `FROM (SELECT guid, 1 / (${sums}) AS p FROM (${Array.from({ length: epochs }, epoch).join(" UNION ALL ")})) ` +
        `GROUP BY guid)`,
    ),
  );
  if (!(Number(sum) > 0)) throw new Error("nothing was read");
  return { all: performance.now() - began };
}

const steps = { whole, reading, writing, duckdb, naive };

/** @param {string} step @param {string} folder @param {string} scratch */
function measure(step, folder, scratch) {
  const child = spawnSync(
    process.execPath,
    [
      "--max-old-space-size=8192",
      fileURLToPath(import.meta.url),
      "--step",
      step,
      "--data",
      folder,
      "--scratch",
      scratch,
    ],
    {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  if (child.status !== 0) throw new Error(`${step} failed`);
  return JSON.parse(child.stdout);
}

/** @param {number[]} values */
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;

const { values: options } = parseArgs({
  options: {
    examples: { type: "string", default: "549367" },
    runs: { type: "string", default: "3" },
    keep: { type: "string" },
    step: { type: "string" },
    data: { type: "string" },
    scratch: { type: "string" },
  },
});

if (options.step) {
  const times = await steps[options.step](options.data, options.scratch);
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 2 ** 20;
  console.log(JSON.stringify({ ...times, peak }));
} else {
  const size = Number(options.examples);
  const scratch = mkdtempSync(join(tmpdir(), "alidade-bench-import-"));
  try {
    const folder = options.keep ?? join(scratch, "dynamics");
    if (!existsSync(join(folder, `dynamics_epoch_${epochs - 1}.jsonl`))) await generate(folder, size);
    const memory = Math.round(totalmem() / 2 ** 30);
    console.log(
      `${cpus()[0]?.model}, ${availableParallelism()} cores, ${memory} GB, Node ${process.version}`,
    );
    console.log(`${size} examples x ${epochs} epochs x ${width} logits, median of ${options.runs} runs`);
    const results = {};
    for (const step of Object.keys(steps)) {
      const runs = Array.from({ length: step === "naive" ? 1 : Number(options.runs) }, () =>
        measure(step, folder, scratch),
      );
      results[step] = Object.fromEntries(
        Object.keys(runs[0]).map((key) => [key, median(runs.map((run) => run[key]))]),
      );
    }
    const show = (name, ms, peak) =>
      console.log(
        `${name.padEnd(44)} ${(ms / 1000).toFixed(2).padStart(6)} s${peak ? `  peak ${peak.toFixed(2)} GB` : ""}`,
      );
    show("JSONL to run folder with map", results.whole.all, results.whole.peak);
    show("  of it: import", results.whole.import);
    show("  of it: map", results.whole.map);
    show("parse, join, derive alone", results.reading.all, results.reading.peak);
    show("write the dynamics' Parquet alone", results.writing.all);
    show("plain DuckDB: read_json, GROUP BY", results.duckdb.all, results.duckdb.peak);
    show("naive: readline, JSON.parse, Map", results.naive.all, results.naive.peak);
    console.log(
      `naive / alidade: ${(results.naive.all / results.whole.all).toFixed(1)}, ` +
        `DuckDB / alidade: ${(results.duckdb.all / results.whole.all).toFixed(1)}`,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
