// The map's figure: how long it takes to draw, as SVG, PNG and PDF, beside the naive way: a circle for each example.
//
//   npm run build && node bench/plot.mjs [examples ...]
//
// Default: 10,000, 1 million and 10 million examples. Every size and way has a process of its own. The map is made up (seeded) and
// not part of the times; the figures are medians. The naive way draws SVG up to a million examples, PNG and PDF up to 100,000: beyond, it takes
// minutes and gigabytes.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { Random } from "../dist/core/random.js";
import { plotMap } from "../dist/plot/map-figure.js";
import { renderPdf } from "../dist/plot/render-pdf.js";
import { renderPng } from "../dist/plot/render-png.js";

const rounds = 5;
const epochs = 6;
const naiveMost = { svg: 1_000_000, png: 100_000, pdf: 100_000 };

/** Three kinds of examples: learned at once, in between, never. @param {number} size */
function madeUpMap(size) {
  const random = new Random(1);
  const columns = () => new Float64Array(size);
  const [confidence, variability, correctness, correctEpochs] = [columns(), columns(), columns(), columns()];
  const regions = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    const kind = random.unit();
    const start = kind < 0.6 ? 2.5 : kind < 0.87 ? 0 : -3;
    let [sum, squares, correct] = [0, 0, 0];
    for (let epoch = 0; epoch < epochs; epoch++) {
      const noise = 3 * (random.unit() + random.unit() - 1);
      const p = 1 / (1 + Math.exp(-(start + 0.5 * epoch * (kind < 0.87 ? 1 : 0.1) + noise)));
      sum += p;
      squares += p * p;
      if (p > 0.5) correct++;
    }
    confidence[i] = sum / epochs;
    variability[i] = Math.sqrt(Math.max(0, squares / epochs - (sum / epochs) ** 2));
    correctness[i] = correct / epochs;
    correctEpochs[i] = correct;
    regions[i] = confidence[i] < 0.5 && correctness[i] <= 0.5 ? 2 : variability[i] >= 0.2 ? 1 : 0;
  }
  // The figure of the map reads neither ids nor labels.
  return { size, ids: [], labels: [], confidence, variability, correctness, correctEpochs, epochs, regions };
}

/** @param {ReturnType<typeof madeUpMap>} map */
function naiveSvg({ size, confidence, variability, correctness }) {
  const colours = ["#7d0c1a", "#b3231f", "#dc5420", "#c99a12", "#4da3b3", "#2874ba", "#16377d"];
  let circles = "";
  for (let i = 0; i < size; i++) {
    const x = (60 + 1000 * variability[i]).toFixed(2);
    const y = (40 + 460 * (1 - confidence[i])).toFixed(2);
    circles += `<circle cx="${x}" cy="${y}" r="2" fill="${colours[Math.round(6 * correctness[i])]}" fill-opacity="0.5"/>\n`;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="540" viewBox="0 0 600 540">${circles}</svg>`;
}

/** @param {number[]} values */
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
const peakMegabytes = () =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;

/** In a process of its own: prints one line of JSON. */
async function measure(way, format, size) {
  const map = madeUpMap(size);
  const before = peakMegabytes();
  const draw = way === "alidade" ? () => plotMap(map, { title: "bench" }) : () => naiveSvg(map);
  const render = { svg: async (svg) => svg, png: (svg) => renderPng(svg), pdf: (svg) => renderPdf(svg) }[
    format
  ];
  await render(draw());
  const times = [];
  let length = 0;
  for (let round = 0; round < (way === "naive" && size > 10_000 ? 3 : rounds); round++) {
    const start = performance.now();
    length = (await render(draw())).length;
    times.push(performance.now() - start);
  }
  console.log(JSON.stringify({ ms: median(times), bytes: length, before, peak: peakMegabytes() }));
}

function inProcess(way, format, size) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--max-old-space-size=12000", fileURLToPath(import.meta.url), "--measure", way, format, String(size)],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`${way} ${format} ${size}: ${stderr}`);
  return JSON.parse(stdout);
}

const [first, ...rest] = process.argv.slice(2);
if (first === "--measure") {
  const [way = "", format = "", size = ""] = rest;
  await measure(way, format, Number(size));
} else {
  const sizes = first === undefined ? [10_000, 1_000_000, 10_000_000] : [first, ...rest].map(Number);
  console.log(
    `${cpus()[0]?.model}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.version}; medians of ${rounds}`,
  );
  console.log(
    "examples   format      ms       KB   peak MB (map alone)      naive ms       KB   naive / alidade",
  );
  for (const size of sizes) {
    for (const format of ["svg", "png", "pdf"]) {
      const own = inProcess("alidade", format, size);
      const naive = size <= naiveMost[format] ? inProcess("naive", format, size) : null;
      const cells = [
        String(size).padEnd(10),
        format.padEnd(6),
        own.ms.toFixed(0).padStart(7),
        (own.bytes / 1024).toFixed(0).padStart(8),
        `${own.peak.toFixed(0)} (${own.before.toFixed(0)})`.padStart(15),
        naive ? naive.ms.toFixed(0).padStart(18) : "-".padStart(18),
        naive ? (naive.bytes / 1024).toFixed(0).padStart(8) : "-".padStart(8),
        naive ? (naive.ms / own.ms).toFixed(1).padStart(10) : "-".padStart(10),
      ];
      console.log(cells.join(" "));
    }
  }
}
