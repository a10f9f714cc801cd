/** Forward pass, gradients and updates against what PyTorch and transformers computed: see test/fixtures/encoder/make.py. */

import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compile, type Compiled } from "../../../src/autograd/compile.js";
import { clipByGlobalNorm } from "../../../src/autograd/optimizers/clip.js";
import { adamw } from "../../../src/autograd/optimizers/recipes.js";
import { chain } from "../../../src/autograd/optimizers/transform.js";
import { families, type EncoderConfig, type Family } from "../../../src/train/encoder/checkpoint/config.js";
import { headPlan, type Task } from "../../../src/train/encoder/checkpoint/head.js";
import { loadCheckpoint } from "../../../src/train/encoder/checkpoint/load.js";
import { encoderNames, headNames } from "../../../src/train/encoder/checkpoint/names.js";
import { openTensors } from "../../../src/train/safetensors/read.js";
import { headShapes } from "../../../src/train/encoder/checkpoint/shapes.js";
import {
  encoderModel,
  lowerModel,
  upperModel,
  type ModelOutput,
} from "../../../src/train/encoder/model/encoder-model.js";
import { frozenBy } from "../../../src/train/encoder/model/freeze.js";
import { ortRuntime } from "../../../src/train/ort-runtime.js";
import { checkpointFolder, numbersOf } from "./fixtures.js";

const runtime = await ortRuntime({ threads: 1 });

type Rows = readonly (readonly number[])[];

interface TokenRows {
  readonly ids: Rows;
  readonly types: Rows;
  readonly mask: Rows;
}

/** Our names by transformers'. */
function ownNames(config: EncoderConfig, task: Task): Map<string, string> {
  return new Map([...encoderNames(config), ...headNames(config, task)].map(([own, theirs]) => [theirs, own]));
}

/** The fixture's model without dropout, as PyTorch's eval mode has it. */
async function modelOf(family: Family, task: Task = "classification") {
  const folder = checkpointFolder(family);
  const { config: own, parameters, head } = await loadCheckpoint(folder, "classification");
  const config = { ...own, hiddenDropout: 0, attentionDropout: 0, classifierDropout: 0 };
  const weights = new Map([...parameters, ...head.parameters]);
  if (task === "choice") {
    const file = await openTensors(join(folder, "choice.safetensors"));
    for (const [own, theirs] of headNames(config, task)) {
      weights.set(own, { shape: headShapes(config, 1).get(own)!, data: await file.read(theirs) });
    }
    await file.close();
  }
  const plan = {
    config,
    head: headPlan(config, task),
    choices: task === "choice" ? 2 : 1,
    labelSmoothing: 0,
    frozen: () => false,
    denseEmbeddings: true,
  };
  return { config, plan, weights, model: encoderModel(plan, weights) };
}

function batchOf(
  { ids, types, mask }: TokenRows,
  { positionOffset, tokenTypes }: EncoderConfig,
  labels?: readonly number[],
) {
  const positions = ids.flatMap((row) => row.map((_, at) => at + positionOffset));
  return {
    tokens: [
      Int32Array.from(ids.flat()),
      Int32Array.from(positions),
      ...(tokenTypes > 0 ? [Int32Array.from(types.flat())] : []),
    ],
    mask: Float32Array.from(mask.flat()),
    ...(labels === undefined ? {} : { label: Int32Array.from(labels) }),
  };
}

function largestDifference(a: Float32Array, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, x, at) => Math.max(most, Math.abs(x - b[at]!)), 0);
}

describe.each(families)("%s", (family) => {
  it("gives the logits and states that transformers gives", async () => {
    const { config, model } = await modelOf(family);
    const compiled = compile(model, runtime);
    for (const input of Object.values(numbersOf(family).inputs)) {
      const { logits, embedding } = await compiled.predict(batchOf(input, config), ["logits", "embedding"], {
        batch: input.ids.length,
      });
      expect(largestDifference(logits, input.logits.flat())).toBeLessThan(1e-4);
      expect(largestDifference(embedding, input.states.flat())).toBeLessThan(1e-4);
    }
    await compiled.close();
  });

  it("gives the gradients of the first step that PyTorch gives", async () => {
    const { config, model } = await modelOf(family);
    const { training, inputs } = numbersOf(family);
    const [step] = training.steps;
    const compiled = compile(model, runtime);
    const { loss, gradients } = await compiled.gradients(batchOf(inputs[step!.input], config, step!.labels));
    await compiled.close();
    expect(Math.abs(loss - step!.loss)).toBeLessThan(1e-4);
    const file = await openTensors(join(checkpointFolder(family), "training.safetensors"));
    const own = ownNames(config, "classification");
    let compared = 0;
    for (const name of file.entries.keys()) {
      if (!name.startsWith("gradient.")) continue;
      const gradient = gradients.get(own.get(name.slice("gradient.".length))!);
      const expected = await file.read(name);
      const size = Math.max(...expected.map(Math.abs));
      expect(largestDifference(gradient!, expected), name).toBeLessThan(Math.max(1e-6, 1e-3 * size));
      compared++;
    }
    await file.close();
    expect(compared).toBe(gradients.size);
  });

  it.each([1, 2])("is the same in two parts, %d layers in the first", async (depth) => {
    const { config, plan, weights, model } = await modelOf(family);
    const { training, inputs } = numbersOf(family);
    const [step] = training.steps;
    const { label, ...read } = batchOf(inputs[step!.input], config, step!.labels);
    const sizes = { batch: step!.labels.length };
    const whole = compile(model, runtime);
    const frozen = { ...plan, frozen: frozenBy(`layers:${depth}`, config.layers) };
    const lower = compile(lowerModel(frozen, weights, depth), runtime);
    const upper = compile(upperModel(frozen, weights, depth), runtime);
    const { states } = await lower.predict(read, ["states"], { sequences: step!.labels.length });
    const batch = { states, ...(depth === config.layers ? {} : { mask: read.mask }) };
    const { logits } = await upper.predict(batch, ["logits"], sizes);
    expect(largestDifference(logits, inputs[step!.input].logits.flat())).toBeLessThan(1e-4);
    const expected = await whole.gradients({ ...read, label });
    const { loss, gradients } = await upper.gradients({ ...batch, label }, sizes);
    expect(Math.abs(loss - expected.loss)).toBeLessThan(1e-6);
    expect([...gradients.keys()].sort()).toEqual(
      [...expected.gradients.keys()].filter((name) => !frozen.frozen(name)).sort(),
    );
    // The same sums in 32 bits, in another order where the runtime fuses otherwise.
    for (const [name, gradient] of gradients)
      expect(largestDifference(gradient, expected.gradients.get(name)!), name).toBeLessThan(1e-5);
    await Promise.all([whole, lower, upper].map((one) => one.close()));
  });

  it("moves every parameter as three steps of AdamW in PyTorch do", async () => {
    const { config, model, weights } = await modelOf(family);
    const { training, inputs } = numbersOf(family);
    const before = new Map([...weights].map(([name, { data }]) => [name, data.slice()]));
    const { rate, epsilon, betas, decay, clip } = training;
    const [beta1, beta2] = betas;
    const compiled: Compiled<string, ModelOutput> = compile(model, runtime, {
      optimizer: chain(clipByGlobalNorm(clip), adamw(rate, { beta1, beta2, epsilon, decay })),
    });
    for (const step of training.steps) {
      const { loss } = await compiled.step(batchOf(inputs[step.input], config, step.labels));
      expect(Math.abs(loss - step.loss)).toBeLessThan(1e-4);
    }
    await compiled.close();
    const file = await openTensors(join(checkpointFolder(family), "training.safetensors"));
    const own = ownNames(config, "classification");
    for (const name of file.entries.keys()) {
      if (!name.startsWith("after.")) continue;
      const ours = own.get(name.slice("after.".length));
      // A bias of the keys adds one number to all scores of a query: no softmax sees it, its gradient is rounding and no more.
      if (ours === undefined || ours.endsWith("key.bias")) continue;
      const after = await file.read(name);
      const moved = largestDifference(before.get(ours)!, after);
      expect(largestDifference(weights.get(ours)!.data, after), ours).toBeLessThan(0.01 * moved);
    }
    await file.close();
  });

  it("scores choices as transformers does", async () => {
    const { config, model } = await modelOf(family, "choice");
    const { choice } = numbersOf(family);
    const flat = { ids: choice.ids.flat(), types: choice.types.flat(), mask: choice.mask.flat() };
    const compiled = compile(model, runtime);
    const batch = {
      ...batchOf(flat, config, choice.labels),
      choiceBias: new Float32Array(2 * choice.labels.length),
    };
    const { logits } = await compiled.predict(batch, ["logits"]);
    expect(largestDifference(logits, choice.logits.flat())).toBeLessThan(1e-4);
    expect(Math.abs((await compiled.gradients(batch)).loss - choice.loss)).toBeLessThan(1e-4);
    await compiled.close();
  });
});
