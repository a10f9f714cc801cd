// Coordinates from aligned Parquet: how long they take beside a mere scan of the same columns, and in how much memory.
//
//   npm run build && node bench/map.mjs [examples in millions ...] [--logits] [--keep]
//
// Default: 1 and 10 million examples x 6 epochs; `100` is 14 GB of scratch files. Every size has processes of its own. Scan
// and coordinates alternate; the figures are medians. Writing map.parquet is measured apart.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, statSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fileLiteral, literal, withDatabase } from "../dist/core/duckdb.js";
import { coordinates } from "../dist/map/coordinates.js";
import { planMap } from "../dist/map/plan-map.js";
import { inParallel, writeMap } from "../dist/map/write-map.js";
import { layout, partRows } from "../dist/run/layout.js";
import { Run } from "../dist/run/reader.js";

const epochs = 6;
const rounds = 5;
const threads = cpus().length;
const observed = ["gold_probability", "margin", "loss", "entropy"];

/** @param {string} folder @param {number} size @param {boolean} logits */
function runOf(folder, size, logits) {
  const columns = ["gold_probability", "predicted", "margin", "loss", "entropy", "el2n"];
  const dataset = {
    name: "generated",
    size,
    input: "text",
    labelNames: ["a", "b", "c"],
    roles: {},
    sources: [],
  };
  return new Run(folder, {
    ...{ format: 1, alidade: "bench", dataset, trainer: null, imported: null, protocol: "unknown" },
    ...{
      epochs: { planned: epochs, finished: epochs },
      logits: logits ? "all" : "none",
      tests: {},
      trainLoss: [],
    },
    ...{ columns: logits ? [...columns, "logits"] : columns, checksums: {} },
    times: { began: "", updated: "", seconds: 0 },
  });
}

/** Seeded by the row's hash: the same files on every machine. */
async function generate(folder, size, logits) {
  await withDatabase({}, async (database) => {
    const copy = (sql, path) =>
      database.run(
        `COPY (${sql}) TO ${literal(path)} (FORMAT parquet, COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 1, ROW_GROUP_SIZE 122880)`,
      );
    mkdirSync(folder, { recursive: true });
    await copy(
      `SELECT i::INTEGER AS "row", 'example-' || i AS id, (['a', 'b', 'c'])[1 + i % 3] AS label FROM range(${size}) t(i)`,
      layout.examples(folder),
    );
    for (let epoch = 0; epoch < epochs; epoch++) {
      mkdirSync(layout.epoch(folder, epoch), { recursive: true });
      for (let part = 0; part * partRows < size; part++) {
        const rows = `range(${part * partRows}, ${Math.min(size, (part + 1) * partRows)}) t(i)`;
        const vector = logits ? ", [ln(p), ln(0.6 * (1 - p)), ln(0.4 * (1 - p))]::FLOAT[3] AS logits" : "";
        await copy(
          `SELECT i::INTEGER AS "row", p::FLOAT AS gold_probability, (p < 0.5)::INTEGER AS predicted, ` +
            `(ln(p) - ln(1 - p))::FLOAT AS margin, (-ln(p))::FLOAT AS loss, ` +
            `(-p * ln(p) - (1 - p) * ln(1 - p))::FLOAT AS entropy, (1.2 * (1 - p))::FLOAT AS el2n${vector} ` +
            `FROM (SELECT i, 0.001 + 0.998 * ((hash(i * ${epochs} + ${epoch}) % 1000003) / 1000003.0) AS p FROM ${rows})`,
          layout.part(folder, epoch, part),
        );
      }
    }
  });
}

async function scan(run, logits) {
  await withDatabase({ threads }, async (database) => {
    await database.rows(
      `SELECT sum("row"), max(id), max(label) FROM read_parquet(${fileLiteral(layout.examples(run.folder))})`,
    );
    for (let epoch = 0; epoch < epochs; epoch++) {
      const columns = ["row", ...observed, ...(epoch === 2 ? ["el2n"] : [])].map(
        (column) => `sum("${column}")`,
      );
      const vector = logits ? [1, 2, 3].map((k) => `sum(logits[${k}])`) : [];
      const files = run.epochFiles(epoch).map(fileLiteral).join(", ");
      await database.rows(`SELECT ${[...columns, ...vector].join(", ")} FROM read_parquet([${files}])`);
    }
  });
}

async function compute(run) {
  const plan = await planMap(run, {});
  const sums = ["max(id)", "max(label)", `sum("row")`];
  for (const { name, type } of coordinates)
    sums.push(type === "DOUBLE" || type === "INTEGER" ? `sum(${name})` : `max(${name})`);
  await inParallel(plan.slices, { threads }, plan.open, async (database, { sql }) => {
    await database.rows(`SELECT ${sums.join(", ")} FROM (${sql})`);
  });
}

async function timed(work) {
  const [began, used] = [performance.now(), process.cpuUsage()];
  await work();
  const cpu = process.cpuUsage(used);
  return { wall: (performance.now() - began) / 1000, cpu: (cpu.user + cpu.system) / 1e6 };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const peak = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;

async function child(mode, folder, size, logits) {
  const run = runOf(folder, size, logits);
  if (mode === "compute") {
    const [scans, maps] = [[], []];
    for (let round = 0; round < (size > 2e7 ? 1 : rounds); round++) {
      scans.push(await timed(() => scan(run, logits)));
      maps.push(await timed(() => compute(run)));
    }
    const of = (times) => ({
      wall: median(times.map(({ wall }) => wall)),
      cpu: median(times.map(({ cpu }) => cpu)),
    });
    return { scan: of(scans), map: of(maps), peak: peak() };
  }
  const target = layout.map(folder);
  const plan = await planMap(run, {});
  const time = await timed(() => writeMap(plan, target, { threads }));
  return { ...time, peak: peak(), bytes: statSync(target).size };
}

async function main(args) {
  const logits = args.includes("--logits");
  if (args[0] === "--child") {
    const [, mode, folder, size] = args;
    console.log(JSON.stringify(await child(mode, folder, Number(size), logits)));
    return;
  }
  const sizes = args.filter((arg) => /^[\d.]+$/.test(arg)).map((arg) => Number(arg) * 1e6);
  console.log(
    `${cpus()[0]?.model}, ${threads} cores, ${Math.round(totalmem() / 2 ** 30)} GB; Node ${process.version}`,
  );
  console.log(
    `${epochs} epochs, ${coordinates.length} coordinates${logits ? ", three logits" : ""}; median of ${rounds}`,
  );
  for (const size of sizes.length > 0 ? sizes : [1e6, 1e7]) {
    const folder = mkdtempSync(join(tmpdir(), "alidade-bench-map-"));
    try {
      const { bavail, bsize } = statfsSync(folder);
      if (bavail * bsize < size * (logits ? 700 : 500)) throw new Error(`too little space in ${folder}`);
      await generate(folder, size, logits);
      const ask = (mode) => {
        const script = [
          fileURLToPath(import.meta.url),
          "--child",
          mode,
          folder,
          String(size),
          ...(logits ? ["--logits"] : []),
        ];
        const { stdout, status } = spawnSync(process.execPath, script, {
          encoding: "utf8",
          stdio: ["ignore", "pipe", "inherit"],
        });
        if (status !== 0) throw new Error(`${mode} failed`);
        return JSON.parse(stdout);
      };
      const { scan, map, peak: memory } = ask("compute");
      const write = ask("write");
      console.log(
        `${(size / 1e6).toLocaleString("en")} million: scan ${scan.wall.toFixed(2)} s (cpu ${scan.cpu.toFixed(2)}), ` +
          `coordinates ${map.wall.toFixed(2)} s (cpu ${map.cpu.toFixed(2)}), ratio ${(map.wall / scan.wall).toFixed(2)} ` +
          `(cpu ${(map.cpu / scan.cpu).toFixed(2)}), peak ${Math.round(memory)} MB; ` +
          `map.parquet written in ${write.wall.toFixed(2)} s, ${(write.bytes / 2 ** 20).toFixed(0)} MB, peak ${Math.round(write.peak)} MB`,
      );
    } finally {
      if (!args.includes("--keep")) rmSync(folder, { recursive: true, force: true });
    }
  }
}

await main(process.argv.slice(2));
