import { describe, expect, it } from "vitest";
import { compile } from "../../src/autograd/compile.js";
import { softmaxCrossEntropy } from "../../src/autograd/losses.js";
import type { Model, Parameter } from "../../src/autograd/model.js";
import * as ops from "../../src/autograd/ops.js";
import { clipByGlobalNorm } from "../../src/autograd/optimizers/clip.js";
import { adamw, sgd } from "../../src/autograd/optimizers/recipes.js";
import { chain } from "../../src/autograd/optimizers/transform.js";
import { Random } from "../../src/core/random.js";
import { runtime } from "./check-gradient.js";
import { modelOf, valuesOf, words, wordsBatch, wordsModel } from "./model-of.js";

const random = new Random(1);
const normal = (length: number, size = 1) => Float32Array.from({ length }, () => size * random.normal());

/** Whether two numbers have one sign: no linear model can tell. */
function problem(count: number) {
  const x = normal(2 * count);
  const label = Int32Array.from({ length: count }, (_, i) => (x[2 * i]! * x[2 * i + 1]! > 0 ? 1 : 0));
  return { x, label };
}

function network(dropout = 0) {
  return {
    parameters: {
      "hidden.weight": { shape: [16, 2], values: normal(32) },
      "hidden.bias": { shape: [16], values: normal(16), decays: false },
      "out.weight": { shape: [2, 16], values: normal(32, 0.3) },
      "out.bias": { shape: [2], values: new Float32Array(2), decays: false },
    },
    inputs: {
      x: { type: "float32", shape: ["batch", 2] },
      label: { type: "int32", shape: ["batch"] },
    },
    trace({
      inputs,
      parameters,
    }: Parameters<
      Parameters<
        typeof compile<"x" | "label", "hidden.weight" | "hidden.bias" | "out.weight" | "out.bias", "logits">
      >[0]["trace"]
    >[0]) {
      const hidden = ops.relu(ops.linear(inputs.x, parameters["hidden.weight"], parameters["hidden.bias"]));
      const logits = ops.linear(
        ops.dropout(hidden, dropout),
        parameters["out.weight"],
        parameters["out.bias"],
      );
      return { loss: ops.mean(softmaxCrossEntropy(logits, inputs.label)), outputs: { logits } };
    },
  } as const;
}

describe("a compiled model", () => {
  it("learns what no linear model can", async () => {
    const model = compile(network(), runtime, { optimizer: adamw(0.05) });
    for (let step = 0; step < 200; step++) await model.step(problem(64));
    const { x, label } = problem(500);
    const { logits } = await model.predict({ x }, ["logits"]);
    const right = label.filter((gold, i) => logits[2 * i + gold]! > logits[2 * i + 1 - gold]!).length;
    await model.close();
    expect(right / label.length).toBeGreaterThan(0.95);
  });
});

describe("steps", () => {
  it("on parts of a batch, each with its share, are one step on the whole", async () => {
    const whole = wordsModel(1);
    const parted = wordsModel(1);
    const optimizer = chain(clipByGlobalNorm(0.5), adamw(0.1));
    const one = compile(whole, runtime, { optimizer });
    const other = compile(parted, runtime, { optimizer });
    for (let step = 0; step < 3; step++) {
      const batch = wordsBatch(step, 5);
      const { loss } = await one.step(batch);
      let sum = 0;
      for (const [from, to] of [
        [0, 2],
        [2, 3],
        [3, 5],
      ] as const) {
        const { length } = words;
        const part = {
          tokens: batch.tokens.map((ids) => ids.slice(from * length, to * length)),
          target: batch.target.slice(2 * from, 2 * to),
        };
        sum += ((await other.accumulate(part, (to - from) / 5)).loss * (to - from)) / 5;
      }
      other.update();
      expect(Math.abs(sum - loss)).toBeLessThan(1e-5);
    }
    for (const [name, values] of Object.entries(valuesOf(whole))) {
      // Sums in another order; Adam divides by the gradient's size, which magnifies the rounding of small ones.
      valuesOf(parted)[name]!.forEach((x, at) => expect(Math.abs(x - values[at]!)).toBeLessThan(1e-4));
    }
    await one.close();
    await other.close();
  });

  it("take batches of any size, each giving what it gives alone", async () => {
    const compiled = compile(wordsModel(3), runtime);
    const all = wordsBatch(4, 7);
    const { y } = await compiled.predict({ tokens: all.tokens }, ["y"]).catch(() => ({ y: null }));
    expect(y).toBeNull(); // [batch, length] alone leaves both open.
    for (const count of [7, 1, 3]) {
      const tokens = all.tokens.map((ids) => ids.slice(0, count * words.length));
      const { y } = await compiled.predict({ tokens }, ["y"], { batch: count });
      const { y: first } = await compiled.predict(
        { tokens: all.tokens.map((ids) => ids.slice(0, words.length)) },
        ["y"],
        { batch: 1 },
      );
      expect(y.length).toBe(2 * count);
      expect(y[0]).toBeCloseTo(first[0]!, 5);
    }
    for (const [count, length] of [
      [2, 4],
      [5, 1],
      [1, 3],
    ] as const)
      expect((await compiled.step(wordsBatch(1, count, length))).outputs.y.length).toBe(2 * count);
    await compiled.close();
  });

  it("drop by masks that a resumed training has too", async () => {
    const model = wordsModel(1, { dropout: 0.5 });
    const optimizer = adamw(0.05);
    const straight = compile(model, runtime, { optimizer, seed: 4 });
    for (let step = 0; step < 3; step++) await straight.step(wordsBatch(step, 3));
    const halfway = valuesOf(model);
    const state = structuredClone(straight.state);
    expect(state.passes).toBe(3);
    for (let step = 3; step < 6; step++) await straight.step(wordsBatch(step, 3));
    await straight.close();

    const again = wordsModel(1, { dropout: 0.5 });
    for (const [name, { values }] of Object.entries(again.parameters)) values.set(halfway[name]!);
    const resumed = compile(again, runtime, { optimizer, seed: 4 });
    resumed.restore(state);
    for (let step = 3; step < 6; step++) await resumed.step(wordsBatch(step, 3));
    await resumed.close();
    expect(valuesOf(again)).toEqual(valuesOf(model));

    const other = wordsModel(1, { dropout: 0.5 });
    const seeded = compile(other, runtime, { optimizer, seed: 5 });
    for (let step = 0; step < 6; step++) await seeded.step(wordsBatch(step, 3));
    await seeded.close();
    expect(valuesOf(other)).not.toEqual(valuesOf(model));
  });

  it("drop nothing when predicting", async () => {
    const dropping = compile(wordsModel(1, { dropout: 0.5 }), runtime);
    const plain = compile(wordsModel(1), runtime);
    const { tokens } = wordsBatch(1, 3);
    const predictions = [];
    for (const one of [dropping, plain, dropping])
      predictions.push(Array.from((await one.predict({ tokens }, ["y"], { batch: 3 })).y));
    expect(predictions[0]).toEqual(predictions[1]);
    expect(predictions[2]).toEqual(predictions[1]);
    await dropping.close();
    await plain.close();
  });

  it("leave alone what the loss does not depend on: neither decay nor an earlier update moves it", async () => {
    const unread = { shape: [2], values: Float32Array.of(3, 4) };
    const compiled = compile(
      modelOf(Float32Array.of(1, 2), (w, x) => ops.multiply(w, x), { unread }),
      runtime,
      { optimizer: adamw(0.1, { decay: 0.5 }) },
    );
    for (let step = 0; step < 3; step++) await compiled.step({ x: Float32Array.of(1, 2) });
    expect(Array.from(unread.values)).toEqual([3, 4]);
    expect([...(await compiled.gradients({ x: Float32Array.of(1, 2) })).gradients.keys()]).toEqual(["w"]);
    await compiled.close();
  });

  it("stop at a loss that is no finite number, with everything as it was", async () => {
    const model = modelOf(Float32Array.of(1, 2), (w, x) => ops.log(ops.multiply(w, x)));
    const compiled = compile(model, runtime, { optimizer: sgd(0.1, { momentum: 0.9 }) });
    await compiled.step({ x: Float32Array.of(1, 1) });
    const before = valuesOf(model);
    await compiled.accumulate({ x: Float32Array.of(2, 2) }, 0.5);
    await expect(compiled.accumulate({ x: Float32Array.of(-1, 1) }, 0.5)).rejects.toThrow(
      "update 1: the loss is no finite number, NaN; try a smaller learning rate",
    );
    expect(valuesOf(model)).toEqual(before);
    expect(() => compiled.update()).toThrow("no gradient to update by");
    await compiled.step({ x: Float32Array.of(1, 1) });
    expect(compiled.state.count).toBe(2);
    await compiled.close();
  });
});

describe("outputs", () => {
  it("may have any names, those of the library's own graphs too", async () => {
    const { x } = { x: Float32Array.of(3, 4) };
    const model = modelOf(Float32Array.of(1, 2), (w, one) => ops.multiply(w, one));
    const compiled = compile(
      {
        ...model,
        trace(scope) {
          const { loss, outputs } = model.trace(scope);
          return {
            loss,
            outputs: { training: outputs.out, gradients: ops.negate(outputs.out), loss: outputs.out },
          };
        },
      },
      runtime,
    );
    await compiled.gradients({ x });
    await compiled.step({ x });
    model.parameters["w"]!.values.set([1, 2]);
    expect(Array.from((await compiled.predict({ x }, ["training"])).training)).toEqual([3, 8]);
    expect(Array.from((await compiled.predict({ x }, ["gradients"])).gradients)).toEqual([-3, -8]);
    expect(Array.from((await compiled.predict({ x }, ["loss"])).loss)).toEqual([3, 8]);
    await compiled.close();
  });
});

describe("what does not fit is refused in one line:", () => {
  const good = () => wordsModel(1);
  const batch = wordsBatch(1, 2);
  type Loose = Parameters<ReturnType<typeof compile>["step"]>[0];
  const wrongBatches: [string, Loose, string][] = [
    [
      "an unknown input",
      { ...batch, tokns: batch.target },
      'batch: the model has no such input, "tokns"; did you mean tokens?',
    ],
    ["a missing input", { tokens: batch.tokens }, 'batch: lacks an input, "target"'],
    [
      "an array of another kind",
      { ...batch, target: Int32Array.of(1, 2) },
      "batch input target: must be a float32 array",
    ],
    [
      "one table's ids for two",
      { ...batch, tokens: [batch.tokens[0]!] },
      "batch input tokens: must be 2 int32 arrays",
    ],
    [
      "arrays of two batch sizes",
      { ...batch, target: new Float32Array(6) },
      "batch: arrays do not fit one another, or leave a size open: tokens [batch, length] has 8, target [batch, 2] has 6; say open sizes beside the batch: { length: 12 }",
    ],
    [
      "ids of two lengths",
      { ...batch, tokens: [batch.tokens[0]!, Int32Array.of(1)] },
      "batch: arrays do not fit",
    ],
  ];
  it.each(wrongBatches)("%s", async (_, wrong, message) => {
    const compiled = compile(good() as Model, runtime);
    await expect(compiled.step(wrong)).rejects.toThrow(message);
    await compiled.close();
  });

  it("an output that is not there", async () => {
    const compiled = compile(good() as Model, runtime);
    await expect(compiled.predict({ tokens: batch.tokens }, ["z"], { batch: 2 })).rejects.toThrow(
      'predict: the model has no such output, "z"',
    );
  });

  it("a parameter whose array is of another length", () => {
    const { parameters, ...rest } = good();
    const wrong = { ...parameters, bias: { shape: [3], values: new Float32Array(2) } };
    expect(() => compile({ ...rest, parameters: wrong }, runtime)).toThrow(
      "parameter bias: shape [3] has 3 elements, not, 2",
    );
  });

  it("a lookup in what is no table, or in tables of two widths", async () => {
    const step = (parameters: Record<string, Parameter>) =>
      compile({ ...good(), parameters: { ...good().parameters, ...parameters } }, runtime).step(batch);
    await expect(step({ position: { shape: [4], values: new Float32Array(4) } })).rejects.toThrow(
      'input tokens: looks up what is no parameter [rows, width], "position"',
    );
    await expect(step({ position: { shape: [4, 2], values: new Float32Array(8) } })).rejects.toThrow(
      'input tokens: tables of one width are added up, "3, 2"',
    );
  });

  it("a table that trains inside the graph as well", async () => {
    const model = good();
    const tied: Model = {
      ...model,
      trace(scope) {
        const { loss, outputs } = model.trace(scope);
        return { loss: ops.add(loss, ops.mean(scope.parameters["word"]!)), outputs };
      },
    };
    await expect(compile(tied, runtime).step(batch)).rejects.toThrow(
      "parameter word: trains both by lookups and inside the graph",
    );
  });

  it("a loss that is more than one number", async () => {
    const model = good();
    const wrong: Model = {
      ...model,
      trace(scope) {
        const { outputs } = model.trace(scope);
        return { loss: outputs.y, outputs };
      },
    };
    await expect(compile(wrong, runtime).step(batch)).rejects.toThrow(
      /^gradients: the loss must be one number: .*\[batch, 2\]/,
    );
  });
});
