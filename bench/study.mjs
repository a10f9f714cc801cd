/**
 * Studies: what running one costs beyond its trainings, and that kills cost nothing that was finished.
 *
 *   node bench/study.mjs [--seeds 5] [--out <folder>]     the arms of a sweep (ambiguous and random at 50, 33, 25, 17, 10, 5, 1 %, and all)
 *                                                         on SST-2, tested on its dev set and a Blitzer domain, one worker
 *   node bench/study.mjs --kills 20                       kill -9 of the study at random moments, then the table against one that was not killed
 *
 * Overhead is wall time less what the worker reads, trains (features of texts, and of maps the writing of their runs, included) and tests;
 * what remains is starting, planning, and whatever of coordinates, selections and writing the worker waits for. The data is read from
 * ../shared/data.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readResults } from "../dist/study/folder/results-table.js";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "0" },
    seeds: { type: "string", default: "5" },
    jobs: { type: "string", default: "1" },
    out: { type: "string" },
  },
});
const kills = Number(values.kills);
const root = fileURLToPath(new URL("..", import.meta.url));
const shared = join(root, "..", "shared", "data");
const cli = join(root, "dist", "cli", "main.js");
const scratch = values.out ?? mkdtempSync(join(tmpdir(), "alidade-bench-study-"));
mkdirSync(scratch, { recursive: true });

const sst2 = `data: ${shared}/sst2/train.tsv.gz
tests:
  dev: { kind: id, file: ${shared}/sst2/dev.tsv }
  books: { kind: ood, file: ${shared}/blitzer_sentiment/books.jsonl.gz }
seeds: ${values.seeds}
arms:
  - all
  - { by: [ambiguous, random], fraction: [0.5, 0.33, 0.25, 0.17, 0.1, 0.05, 0.01] }
`;
const cad = `data: ${root}examples/cad-sentiment/orig-train.tsv.gz
tests:
  id: { kind: id, file: ${root}examples/cad-sentiment/orig-test.tsv }
  new: { kind: ood, file: ${root}examples/cad-sentiment/new-test.tsv }
trainer: { name: ngram, options: { epochs: 3 } }
seeds: 3
arms:
  - all
  - { by: [ambiguous, random], fraction: [0.5, 0.33, 0.25, 0.17, 0.1, 0.05] }
`;

const yaml = join(scratch, "sweep.yaml");
writeFileSync(yaml, kills > 0 ? cad : sst2);

function start(out) {
  const child = spawn(process.execPath, [cli, "study", yaml, "-o", out, "--jobs", values.jobs, "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (said += text));
  return { child, ended: once(child, "close"), said: () => said };
}

function records(out) {
  const found = new Map();
  for (const kind of ["maps", "selections", "cells"]) {
    if (!existsSync(join(out, kind))) continue;
    for (const name of readdirSync(join(out, kind)).filter((file) => file.endsWith(".json"))) {
      found.set(`${kind}/${name}`, readFileSync(join(out, kind, name), "utf8"));
    }
  }
  return found;
}

async function table(out) {
  const rows = await readResults(out);
  for (const row of rows) for (const name of ["seconds", "mapSeconds", "started", "host"]) delete row[name];
  return JSON.stringify(rows);
}

async function overhead() {
  const out = join(scratch, "sweep");
  rmSync(out, { recursive: true, force: true });
  const began = performance.now();
  const { ended, said } = start(out);
  const [code] = await ended;
  const wall = (performance.now() - began) / 1000;
  const all = [...records(out).entries()].map(([path, text]) => [path, JSON.parse(text)]);
  const sum = (of) => all.reduce((total, [path, record]) => total + of(path, record), 0);
  const cells = sum((path, { seconds, testSeconds }) =>
    path.startsWith("cells") ? seconds + testSeconds : 0,
  );
  const maps = sum((path, { trainSeconds }) => (path.startsWith("maps") ? trainSeconds : 0));
  const selections = sum((path, { seconds }) => (path.startsWith("selections") ? seconds : 0));
  const building = sum((path, { seconds, trainSeconds }) =>
    path.startsWith("maps") ? seconds - trainSeconds : 0,
  );
  const { reading: readSeconds } = JSON.parse(said()).times;
  const rest = wall - cells - maps - readSeconds;
  console.log(`exit ${code}; ${all.length} steps in ${wall.toFixed(1)} s at --jobs ${values.jobs}`);
  console.log(
    `reading ${readSeconds.toFixed(1)} s, maps' training ${maps.toFixed(1)} s, cells' training and testing ${cells.toFixed(1)} s`,
  );
  console.log(
    `beyond: ${rest.toFixed(2)} s, ${((100 * rest) / wall).toFixed(2)} % of the wall time (computing maps ${building.toFixed(2)} s, selecting ${selections.toFixed(2)} s)`,
  );
}

async function killing() {
  const straight = join(scratch, "straight");
  const began = performance.now();
  await start(straight).ended;
  const whole = performance.now() - began;
  const out = join(scratch, "killed");
  let finished = new Map();
  let twice = 0;
  let lost = 0;
  let done = 0;
  let rounds = 0;
  while (done < kills) {
    // Where a study ends before its kills are used up, another begins.
    const { child, ended } = start(out);
    rounds++;
    const timer = setTimeout(() => child.kill("SIGKILL"), 300 + Math.random() * whole * 0.25);
    const [code] = await ended;
    clearTimeout(timer);
    if (code === null) done++;
    // What a killed study's worker was doing ends by itself.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const now = records(out);
    for (const [path, text] of finished) {
      if (!now.has(path)) lost++;
      else if (now.get(path) !== text) twice++;
    }
    finished = now;
    if (code === 0 && done < kills) {
      if ((await table(out)) !== (await table(straight))) lost++;
      rmSync(out, { recursive: true, force: true });
      finished = new Map();
    }
  }
  await start(out).ended;
  const same = (await table(out)) === (await table(straight));
  console.log(
    `${done} kills in ${rounds} starts: ${twice} finished steps done twice, ${lost} lost, table ${same ? "identical" : "DIFFERENT"}`,
  );
  if (!same || twice > 0 || lost > 0) process.exitCode = 1;
}

await (kills > 0 ? killing() : overhead());
if (values.out === undefined) rmSync(scratch, { recursive: true, force: true });
