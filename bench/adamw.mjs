/**
 * One update of AdamW (clipping by the global norm, no decay) beside the same two loops in plain JavaScript, taking turns in one process: processor milliseconds,
 * the median. Parameters and gradients are made, as many as all-MiniLM-L6-v2's layers have.
 *
 * Run: npm run build && node bench/adamw.mjs [--size 10600000] [--runs 9]
 */

import { parseArgs } from "node:util";
import { Random } from "../dist/core/random.js";
import { adamw } from "../dist/autograd/optimizers/recipes.js";
import { clipByGlobalNorm } from "../dist/autograd/optimizers/clip.js";
import { Optimizer } from "../dist/autograd/optimizers/optimizer.js";
import { chain } from "../dist/autograd/optimizers/transform.js";
import { machine } from "./measure.mjs";

const { values } = parseArgs({
  options: { size: { type: "string", default: "10600000" }, runs: { type: "string", default: "9" } },
});
const tensors = 60;
const length = Math.floor(Number(values.size) / tensors);
const random = new Random(1);
const made = () =>
  Array.from({ length: tensors }, () => Float32Array.from({ length }, () => random.unit() - 0.5));
const [parameters, gradients] = [made(), made()];
const moments = [made().map((one) => one.fill(0)), made().map((one) => one.fill(0))];
const optimizer = new Optimizer(
  chain(clipByGlobalNorm(1), adamw(1e-4, { decay: 0 })),
  parameters.map((own, i) => ({ name: String(i), values: own, decays: false })),
);

console.log(`${machine()}\n${tensors * length} parameters, median of ${values.runs}`);
const times = { alidade: [], plain: [] };
for (let run = 1; run <= Number(values.runs); run++) {
  // An update uses its gradients up.
  const [own, other] = [gradients, gradients].map((all) => all.map((one) => one.slice()));
  const given = new Map(own.map((one, i) => [String(i), { values: one }]));
  times.alidade.push(cpu(() => optimizer.update(given)));
  times.plain.push(
    cpu(() => other.forEach((one, i) => plainly(parameters[i], one, moments[0][i], moments[1][i], run))),
  );
}
const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
const [ours, plain] = [median(times.alidade), median(times.plain)];
console.log(
  `alidade ${ours.toFixed(1)} ms, plain loops ${plain.toFixed(1)} ms: ${(plain / ours).toFixed(2)} times as fast`,
);

function cpu(work) {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function plainly(parameter, update, mean, square, count) {
  const [meanFactor, squareFactor] = [1 / (1 - 0.9 ** count), 1 / Math.sqrt(1 - 0.999 ** count)];
  let squares = 0;
  for (let i = 0; i < update.length; i++) squares += update[i] * update[i];
  const scale = Math.min(1, 1 / (Math.sqrt(squares) + 1e-6));
  for (let i = 0; i < update.length; i++) {
    const gradient = scale * update[i];
    const m = 0.9 * mean[i] + 0.1 * gradient;
    const s = 0.999 * square[i] + 0.001 * gradient * gradient;
    mean[i] = m;
    square[i] = s;
    parameter[i] -= (1e-4 * m * meanFactor) / (Math.sqrt(s) * squareFactor + 1e-8);
  }
}
