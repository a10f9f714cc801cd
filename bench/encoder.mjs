/**
 * One training step (forward, backward, clipping, AdamW) of BERT encoders with random weights, and fine-tuning of a real one on real
 * text, against PyTorch and transformers in the same run where they are installed. Each size is a process of its own; the two
 * programs take turns, so that a ratio holds on a machine that has other work as well.
 *
 * Run: npm run build && node bench/encoder.mjs [--sizes 6x384,4x256,12x768] [--lengths 64,128] [--steps 5] [--turns 3] [--python PATH]
 *      node bench/encoder.mjs --text [--examples 2000]     fine-tunes ../shared/models/all-MiniLM-L6-v2 on SNLI dev
 */

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "6x384,4x256,12x768" },
    lengths: { type: "string", default: "64,128" },
    dropouts: { type: "string", default: "0.1,0" },
    batch: { type: "string", default: "32" },
    steps: { type: "string", default: "5" },
    turns: { type: "string", default: "3" },
    threads: { type: "string", default: String(cpus().length) },
    python: { type: "string", default: "python3" },
    text: { type: "boolean", default: false },
    examples: { type: "string", default: "2000" },
  },
});
const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const threads = Number(values.threads);
const torch = run(values.python, [
  "-c",
  "import torch, transformers; print(torch.__version__, transformers.__version__)",
]);

console.log(
  `${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GB, node ${process.version}, ${threads} threads`,
);
console.log(
  torch === null
    ? "PyTorch or transformers is not installed: no comparison (pip install torch transformers, --python PATH)\n"
    : `PyTorch and transformers ${torch.trim()}\n`,
);
if (values.text) text();
else steps();

function steps() {
  console.log(
    `medians of ${values.turns} turns of ${values.steps} steps; ms of the wall; batch ${values.batch}`,
  );
  console.log(
    "| size | tokens | dropout | graph ms | AdamW ms | step cpu ms | tokens/s | GFLOP/s | a product alone | peak MB | PyTorch ms | cpu ms | peak MB | times as fast | of cpu |",
  );
  console.log(`|${" --- |".repeat(15)}`);
  for (const size of values.sizes.split(",")) {
    const [layers, width] = size.split("x").map(Number);
    for (const length of values.lengths.split(",").map(Number)) {
      for (const dropout of values.dropouts.split(",").map(Number)) {
        const job = {
          layers,
          width,
          batch: Number(values.batch),
          length,
          dropout,
          steps: Number(values.steps),
          threads,
        };
        const ours = [];
        const theirs = [];
        for (let turn = 0; turn < Number(values.turns); turn++) {
          ours.push(json(run(process.execPath, [file("encoder_step.mjs"), JSON.stringify(job)])));
          if (torch !== null)
            theirs.push(json(run(values.python, [file("encoder_step_torch.py"), JSON.stringify(job)])));
        }
        const our = medians(ours);
        const cells = [
          ...[
            size,
            `${values.batch} x ${length}`,
            dropout,
            our.graph.toFixed(0),
            our.update.toFixed(0),
            our.cpu.toFixed(0),
          ],
          ...[
            our.tokensPerSecond.toFixed(0),
            our.gflops.toFixed(0),
            our.product.toFixed(0),
            our.peak.toFixed(0),
          ],
        ];
        if (torch === null) cells.push("-", "-", "-", "-", "-");
        else {
          const their = medians(theirs);
          cells.push(
            ...[their.step.toFixed(0), their.cpu.toFixed(0), their.peak.toFixed(0)],
            ...[(their.step / (our.graph + our.update)).toFixed(2), (their.cpu / our.cpu).toFixed(2)],
          );
        }
        console.log(`| ${cells.join(" | ")} |`);
      }
    }
  }
}

/** One epoch of fine-tuning on the first examples of SNLI dev, whole processes: reading, tokenizing, training, writing the run. */
function text() {
  const model = file("../../shared/models/all-MiniLM-L6-v2");
  const data = file("../../shared/data/snli/dev.jsonl.gz");
  if (!existsSync(model) || !existsSync(data)) {
    console.log("needs ../shared/models/all-MiniLM-L6-v2 and ../shared/data/snli, which are not there");
    return;
  }
  const job = JSON.stringify({ model, data, examples: Number(values.examples), threads });
  const our = json(run(process.execPath, [file("encoder_text.mjs"), job]));
  console.log(
    `SNLI dev, ${our.examples} pairs, batch 32, grouped by length: ${our.rate.toFixed(1)} examples a second, peak ${our.peak.toFixed(0)} MB`,
  );
  if (torch === null) return;
  const their = json(run(values.python, [file("encoder_text_torch.py"), job]));
  console.log(
    `transformers' Trainer, grouped by length: ${their.rate.toFixed(1)} examples a second, peak ${their.peak.toFixed(0)} MB`,
  );
  console.log(`ratio ${(our.rate / their.rate).toFixed(2)}`);
}

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status === 0) return stdout;
  if (args[0] !== "-c") throw new Error(`${command} ${args.join(" ")} failed:\n${stderr}`);
  return null;
}

function json(output) {
  return JSON.parse(output.trim().split("\n").at(-1));
}

function medians(runs) {
  const middle = (key) => runs.map((one) => one[key]).toSorted((a, b) => a - b)[Math.floor(runs.length / 2)];
  return Object.fromEntries(Object.keys(runs[0]).map((key) => [key, middle(key)]));
}
