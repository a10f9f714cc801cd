/**
 * Two large maps compared: how long, and in how much memory, beside the plain query that one writes first.
 *
 * Two runs of the n-gram trainer on banking77 (examples/) that differ in their seed; the map of each is repeated, with ids of its own for every copy, up to --size examples.
 * alidade: `compareMaps`: correlations of three coordinates and of their ranks, as by default of more than a million; regions, overlaps of three selections, shift; no single movers.
 * correlations: DuckDB joins the two files by id and correlates confidence, variability and correctness: nothing of ranks, regions, selections.
 * ranks too: the same query with rank() of the three in either map (equals get the first of their ranks, not the mean), correlated as well. --no-ranks leaves it out: it sorts 60
 *   million numbers at the default size.
 *
 * Run: npm run build && node bench/compare.mjs [--size 10000000] [--runs 3] [--no-ranks] [--folder FOLDER, kept]
 */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { fileLiteral, literal, withDatabase } from "../dist/core/duckdb.js";
import { buildMap, compareMaps, readDataset, train } from "../dist/index.js";
import { descriptionOption, readDescription } from "../dist/map/map-description.js";
import { layout } from "../dist/run/layout.js";
import { machine, medianRun, report } from "./measure.mjs";

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "10000000" },
    runs: { type: "string", default: "3" },
    ranks: { type: "boolean", default: true },
    folder: { type: "string" },
    job: { type: "string" },
  },
  allowNegative: true,
});
const size = Number(values.size);
const columns = ["confidence", "variability", "correctness"];

if (values.job) {
  const { way, folders, scratch } = JSON.parse(values.job);
  const ways = {
    alidade: () => ours(folders),
    correlations: () => query(folders, scratch, false),
    "ranks too": () => query(folders, scratch, true),
  };
  await report(ways[way]);
} else {
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), "alidade-compare-"));
  try {
    await main(folder);
  } finally {
    if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

async function main(folder) {
  const folders = [];
  for (const seed of [0, 1]) folders.push(await makeRun(folder, seed));
  console.log(`${machine()}\n\ntwo maps of ${size} examples; median of ${values.runs}\n`);
  console.log("| | seconds | processor seconds | peak MB | correlations | of ranks |");
  console.log("| --- | --- | --- | --- | --- | --- |");
  const measured = {};
  for (const way of ["alidade", "correlations", ...(values.ranks ? ["ranks too"] : [])]) {
    const job = JSON.stringify({ way, folders, scratch: join(folder, "scratch") });
    const run = medianRun(
      fileURLToPath(import.meta.url),
      ["--size", values.size, "--job", job],
      Number(values.runs),
    );
    measured[way] = run;
    const { pearson, spearman } = run.result;
    const shown = (numbers) => numbers.map((value) => value.toFixed(4)).join(" ");
    console.log(
      `| ${way} | ${run.seconds.toFixed(1)} | ${run.cpu.toFixed(1)} | ${run.peak.toFixed(0)} | ${shown(pearson)} | ${shown(spearman)} |`,
    );
  }
  const ratios = Object.entries(measured).flatMap(([way, { cpu }]) =>
    way === "alidade" ? [] : [`${(measured.alidade.cpu / cpu).toFixed(2)} of \`${way}\``],
  );
  console.log(`\nprocessor seconds of alidade: ${ratios.join(", ")}`);
}

async function ours(folders) {
  const { pairs } = await compareMaps(folders, { limit: 0, coordinates: columns });
  const { coordinates } = pairs[0];
  const of = (what) => columns.map((name) => coordinates.find((one) => one.name === name)[what]);
  return { pearson: of("pearson"), spearman: of("spearman") };
}

async function query(folders, scratch, ranks) {
  const [a, b] = folders.map((folder) => {
    const ranked = columns.map((name) => `rank() OVER (ORDER BY ${name}) AS ${name}_rank`);
    const selected = ["id", ...columns, ...(ranks ? ranked : [])].join(", ");
    return `(SELECT ${selected} FROM read_parquet(${fileLiteral(layout.map(folder))}))`;
  });
  const names = [...columns, ...(ranks ? columns.map((name) => `${name}_rank`) : [])];
  const [line] = await withDatabase({ temporaryFolder: scratch }, (database) =>
    database.rows(
      `SELECT ${names.map((name) => `corr(a.${name}, b.${name}) AS ${name}`).join(", ")} FROM ${a} a JOIN ${b} b USING (id)`,
    ),
  );
  const numbers = names.map((name) => line[name]);
  return { pearson: numbers.slice(0, columns.length), spearman: numbers.slice(columns.length) };
}

/** A run with a map of `size` examples; of the rest of a run it has what a comparison reads. */
async function makeRun(folder, seed) {
  const [small, large] = ["small", "large"].map((kind) => join(folder, `${kind}-${seed}`));
  const path = fileURLToPath(new URL("../examples/banking77/train.csv", import.meta.url));
  const dataset = await readDataset(path);
  await train(dataset, { out: small, seed, overwrite: true });
  await buildMap(small);
  dataset.close();
  mkdirSync(large, { recursive: true });
  await withDatabase({ temporaryFolder: join(folder, "scratch") }, async (database) => {
    const description = await readDescription(database, layout.map(small));
    const one = description.size;
    const copies = Math.ceil(size / one);
    await database.run(
      `COPY (SELECT * EXCLUDE (copy) REPLACE ((copy * ${one} + "row")::INTEGER AS "row", copy || '-' || id AS id) ` +
        `FROM range(${copies}) t(copy), read_parquet(${fileLiteral(layout.map(small))}) ` +
        `WHERE copy * ${one} + "row" < ${size} ORDER BY copy, "row") TO ${literal(layout.map(large))} ` +
        `(FORMAT parquet, COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 1000, ${descriptionOption({ ...description, size })})`,
    );
  });
  const manifest = JSON.parse(readFileSync(layout.manifest(small), "utf8"));
  manifest.dataset.size = size;
  manifest.checksums = {};
  manifest.epochs.finished = 0;
  manifest.trainLoss = [];
  writeFileSync(layout.manifest(large), JSON.stringify(manifest));
  return large;
}
