/** One size of bench/encoder.mjs, as a process of its own: its peak memory is that of training alone. Prints a line of JSON. */

import { parseConfig } from "../dist/train/encoder/checkpoint/config.js";
import { headPlan } from "../dist/train/encoder/checkpoint/head.js";
import { encoderShapes, headShapes } from "../dist/train/encoder/checkpoint/shapes.js";
import { encoderModel } from "../dist/train/encoder/model/encoder-model.js";
import { ortRuntime } from "../dist/train/ort-runtime.js";
import { adamw, chain, clipByGlobalNorm, compile, encode, Graph, ops } from "../dist/autograd/public.js";
import { Random } from "../dist/core/random.js";

const { layers, width, batch, length, dropout, steps, threads } = JSON.parse(process.argv[2]);
const random = new Random(1);
const config = parseConfig(
  {
    model_type: "bert",
    hidden_size: width,
    num_hidden_layers: layers,
    num_attention_heads: width / (width === 768 ? 64 : 32),
    intermediate_size: 4 * width,
    hidden_dropout_prob: dropout,
    attention_probs_dropout_prob: dropout,
  },
  "bench",
);
const weights = new Map();
for (const [name, shape] of [...encoderShapes(config), ...headShapes(config, 3)]) {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  if (name.endsWith(".scale")) data.fill(1);
  else if (!/\.(bias|shift)$/.test(name))
    for (let i = 0; i < data.length; i++) data[i] = 0.02 * random.normal();
  weights.set(name, { shape, data });
}
const plan = {
  config,
  head: headPlan(config, "classification"),
  choices: 1,
  labelSmoothing: 0,
  frozen: () => false,
  denseEmbeddings: false,
};
const runtime = await ortRuntime({ threads });
const model = compile(encoderModel(plan, weights), runtime, {
  optimizer: chain(clipByGlobalNorm(1), adamw(2e-5)),
});
const tokens = batch * length;
const positions = Int32Array.from({ length: tokens }, (_, i) => i % length);
const mask = new Float32Array(tokens).fill(1);
const label = Int32Array.from({ length: batch }, (_, i) => i % 3);
const timed = { graph: [], update: [] };
let cpu = 0;
for (let step = 0; step < steps + 2; step++) {
  const ids = Int32Array.from({ length: tokens }, () => 1000 + random.below(29_000));
  const before = process.cpuUsage();
  const start = performance.now();
  await model.accumulate({ tokens: [ids, positions, new Int32Array(tokens)], mask, label }, 1);
  const middle = performance.now();
  model.update();
  // The first two steps make what the others use again.
  if (step < 2) continue;
  timed.graph.push(middle - start);
  timed.update.push(performance.now() - middle);
  const used = process.cpuUsage(before);
  cpu += (used.user + used.system) / 1000 / steps;
}
await model.close();
const peak = process.resourceUsage().maxRSS / 1024;

/** A product of the model's size alone, as the runtime computes it. */
async function productRate() {
  const graph = new Graph();
  const product = ops.matmul(
    graph.input("a", "float32", [tokens, width]),
    graph.input("b", "float32", [width, 4 * width]),
  );
  const program = await runtime.load(encode(graph, { product }).bytes);
  const value = (shape) => ({
    type: "float32",
    shape,
    data: Float32Array.from({ length: shape[0] * shape[1] }, () => random.normal()),
  });
  const inputs = { a: value([tokens, width]), b: value([width, 4 * width]) };
  const output = { type: "float32", shape: [tokens, 4 * width], data: new Float32Array(tokens * 4 * width) };
  const times = [];
  for (let run = 0; run < 22; run++) {
    const start = performance.now();
    await program.run(inputs, { product: output });
    if (run >= 2) times.push(performance.now() - start);
  }
  await program.close();
  return (2 * tokens * width * 4 * width) / median(times) / 1e6;
}

/** Products of one step, forward and backward: of the last layer only what the head reads. */
function operations() {
  const whole = 12 * width * width * tokens + 2 * tokens * length * width;
  const last = 2 * width * width * tokens + 10 * width * width * batch + 2 * tokens * width;
  return 3 * 2 * ((layers - 1) * whole + last);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

const graph = median(timed.graph);
const update = median(timed.update);
console.log(
  JSON.stringify({
    graph,
    update,
    cpu,
    tokensPerSecond: (1000 * tokens) / (graph + update),
    gflops: operations() / graph / 1e6,
    product: await productRate(),
    peak,
  }),
);
