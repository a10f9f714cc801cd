import { describe, expect, it } from "vitest";
import { compile } from "../../src/autograd/compile.js";
import { softmaxCrossEntropy } from "../../src/autograd/losses.js";
import * as ops from "../../src/autograd/ops.js";
import { adamw } from "../../src/autograd/optimizers/recipes.js";
import { Random } from "../../src/core/random.js";
import { runtime } from "./check-gradient.js";

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
