/** Optimizers against the definitions written down plainly, number by number. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scaleByAdam } from "../../src/autograd/optimizers/adam.js";
import { clipByGlobalNorm } from "../../src/autograd/optimizers/clip.js";
import { addDecayedWeights } from "../../src/autograd/optimizers/decay.js";
import { trace } from "../../src/autograd/optimizers/momentum.js";
import { Optimizer, type ParameterGradient, type Trained } from "../../src/autograd/optimizers/optimizer.js";
import { adamw, sgd } from "../../src/autograd/optimizers/recipes.js";
import { linearRate, scaleByLearningRate } from "../../src/autograd/optimizers/schedule.js";
import { chain, type Transform } from "../../src/autograd/optimizers/transform.js";
import { Random } from "../../src/core/random.js";

const updates = 4;

interface Problem {
  readonly parameters: readonly Trained[];
  /** Of each update, by parameter. */
  readonly gradients: readonly (readonly Float32Array[])[];
}

/** Some parameters of random lengths; the first decays, the second does not. */
const problems = fc
  .record({
    seed: fc.nat(1e6),
    lengths: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 3 }),
  })
  .map(({ seed, lengths }): Problem => {
    const random = new Random(seed);
    const normal = (length: number) => Float32Array.from({ length }, () => random.normal());
    return {
      parameters: lengths.map((length, at) => ({
        name: `p${at}`,
        values: normal(length),
        decays: at !== 1,
      })),
      gradients: Array.from({ length: updates }, () => lengths.map(normal)),
    };
  });

function copyOf(parameters: readonly Trained[]): Trained[] {
  return parameters.map((one) => ({ ...one, values: one.values.slice() }));
}

function gradientsOf(parameters: readonly Trained[], arrays: readonly Float32Array[]) {
  return new Map<string, ParameterGradient>(
    parameters.map(({ name }, at) => [name, { values: arrays[at]!.slice() }]),
  );
}

/** The parameters after all updates. */
function train(transform: Transform, problem: Problem, stretch?: number): number[][] {
  const parameters = copyOf(problem.parameters);
  const optimizer = new Optimizer(transform, parameters, stretch);
  for (const arrays of problem.gradients) optimizer.update(gradientsOf(parameters, arrays));
  return parameters.map(({ values }) => Array.from(values));
}

/** What one number becomes by its gradients. `k` counts updates from 0. */
type Naive = (
  gradients: readonly number[],
  start: number,
  about: { readonly decays: boolean; readonly norms: readonly number[] },
) => number;

function naively(rule: Naive, { parameters, gradients }: Problem): number[][] {
  const norms = gradients.map((all) =>
    Math.sqrt(all.flatMap((one) => [...one]).reduce((s, g) => s + g * g, 0)),
  );
  return parameters.map(({ values, decays }, p) =>
    Array.from(values, (start, i) =>
      rule(
        gradients.map((all) => all[p]![i]!),
        start,
        { decays, norms },
      ),
    ),
  );
}

/** Moments and parameters are kept in 32 bits, a relative error of 6e-8 each update; numbers here are of order 1. */
function expectClose(found: readonly number[][], expected: readonly number[][]): void {
  expect(found.map((one) => one.length)).toEqual(expected.map((one) => one.length));
  found.forEach((one, p) =>
    one.forEach((value, i) => expect(Math.abs(value - expected[p]![i]!)).toBeLessThan(2e-6)),
  );
}

const rules: Record<string, { readonly transform: Transform; readonly naive: Naive }> = {
  "sgd: parameter -= rate gradient": {
    transform: sgd(0.1),
    naive: (gradients, start) => gradients.reduce((x, g) => x - 0.1 * g, start),
  },
  "sgd with momentum: velocity = 0.9 velocity + gradient, parameter -= rate velocity": {
    transform: sgd(0.1, { momentum: 0.9 }),
    naive(gradients, start) {
      let [x, velocity] = [start, 0];
      for (const g of gradients) {
        velocity = 0.9 * velocity + g;
        x -= 0.1 * velocity;
      }
      return x;
    },
  },
  "adamw: bias-corrected moments; decay by the rate, not through the moments, and not where decays is false":
    {
      transform: adamw((before) => 0.1 / (1 + before), {
        beta1: 0.8,
        beta2: 0.95,
        epsilon: 1e-3,
        decay: 0.2,
      }),
      naive(gradients, start, { decays }) {
        let [x, m, v] = [start, 0, 0];
        gradients.forEach((g, k) => {
          const rate = 0.1 / (1 + k);
          x -= decays ? rate * 0.2 * x : 0;
          m = 0.8 * m + 0.2 * g;
          v = 0.95 * v + 0.05 * g * g;
          x -= (rate * (m / (1 - 0.8 ** (k + 1)))) / (Math.sqrt(v / (1 - 0.95 ** (k + 1))) + 1e-3);
        });
        return x;
      },
    },
  "clipping: all gradients by one factor, where their common norm is above the most": {
    transform: chain(clipByGlobalNorm(4), scaleByLearningRate(0.1)),
    naive: (gradients, start, { norms }) =>
      gradients.reduce((x, g, k) => x - 0.1 * g * Math.min(1, 4 / (norms[k]! + 1e-6)), start),
  },
};

describe("an optimizer", () => {
  for (const [name, { transform, naive }] of Object.entries(rules)) {
    it(name, () => {
      fc.assert(
        fc.property(problems, (problem) => {
          expectClose(train(transform, problem), naively(naive, problem));
        }),
        { numRuns: 30 },
      );
    });
  }

  const whole = chain(clipByGlobalNorm(1), trace(0.5), adamw(0.1));

  it("gives the same whatever stretches it works in", () => {
    fc.assert(
      fc.property(problems, fc.integer({ min: 1, max: 50 }), (problem, stretch) => {
        expect(train(whole, problem, stretch)).toEqual(train(whole, problem));
      }),
      { numRuns: 20 },
    );
  });

  it("goes on from its state as if it had not stopped", () => {
    fc.assert(
      fc.property(problems, ({ parameters, gradients }) => {
        const straight = train(whole, { parameters, gradients });
        const values = copyOf(parameters);
        const first = new Optimizer(whole, values);
        for (const arrays of gradients.slice(0, 2)) first.update(gradientsOf(values, arrays));
        const second = new Optimizer(whole, values);
        second.restore(structuredClone(first.state));
        expect(second.count).toBe(2);
        for (const arrays of gradients.slice(2)) second.update(gradientsOf(values, arrays));
        expect(values.map((one) => Array.from(one.values))).toEqual(straight);
      }),
      { numRuns: 10 },
    );
  });

  it("refuses a state without this parameter's arrays", () => {
    const parameters = [{ name: "w", values: new Float32Array(3), decays: true }];
    const other = new Optimizer(adamw(0.1), [{ name: "w", values: new Float32Array(2), decays: true }]);
    expect(() => new Optimizer(adamw(0.1), parameters).restore(other.state)).toThrow(
      'optimizer state: does not have the mean of this parameter, "w"',
    );
  });

  it("leaves a parameter without a gradient alone: no decay, no moments", () => {
    const parameters = ["a", "b"].map((name) => ({ name, values: Float32Array.of(1, 2), decays: true }));
    const optimizer = new Optimizer(adamw(0.1), parameters);
    optimizer.update(new Map([["a", { values: Float32Array.of(1, 1) }]]));
    expect(Array.from(parameters[1]!.values)).toEqual([1, 2]);
    expect(Array.from(optimizer.state.kept["b"]!["mean"]!)).toEqual([0, 0]);
  });

  it("stops before it spoils anything where clipping meets gradients that are no finite numbers", () => {
    const parameters = [{ name: "w", values: Float32Array.of(1, 2), decays: true }];
    const optimizer = new Optimizer(chain(clipByGlobalNorm(1), adamw(0.1)), parameters);
    const update = (x: number) => optimizer.update(new Map([["w", { values: Float32Array.of(x, 1) }]]));
    update(0.5);
    const before = Array.from(parameters[0]!.values);
    expect(() => update(Infinity)).toThrow("update 1: the gradients' norm is no finite number, Infinity");
    expect(Array.from(parameters[0]!.values)).toEqual(before);
    expect(optimizer.count).toBe(1);
  });
});

/** Moves by its gradient, so that what a chain leaves of the gradient shows. */
const same = (a: Transform, b: Transform, problem: Problem) => {
  expect(a.keeps).toEqual(b.keeps);
  expect(train(a, problem)).toEqual(train(b, problem));
};

describe("chain", () => {
  const parts = [clipByGlobalNorm(2), scaleByAdam(), addDecayedWeights(0.1)] as const;

  it("is associative, has the empty chain as its unit, and keeps what its steps keep", () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const [a, b, c] = parts;
        same(chain(chain(a, b), c), chain(a, b, c), problem);
        same(chain(a, chain(b, c)), chain(a, b, c), problem);
        same(chain(chain(), b), b, problem);
        same(chain(b, chain()), b, problem);
      }),
      { numRuns: 10 },
    );
  });

  it("runs its steps in order: decay before Adam is not decoupled", () => {
    const problem = fc.sample(problems, { numRuns: 1, seed: 1 })[0]!;
    const [, adam, decay] = parts;
    expect(train(chain(adam, decay), problem)).not.toEqual(train(chain(decay, adam), problem));
  });

  it("refuses two steps that would share an array", () => {
    expect(() => chain(trace(0.9), trace(0.5))).toThrow(
      'chain: two steps keep an array of one name, "velocity"',
    );
  });
});

describe("linearRate", () => {
  /** get_linear_schedule_with_warmup of transformers, word for word. */
  const theirs = (step: number, warmup: number, total: number) =>
    step < warmup ? step / Math.max(1, warmup) : Math.max(0, (total - step) / Math.max(1, total - warmup));

  it("is transformers' linear schedule with warm-up", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 0, max: 60 }),
        (total, warmup, step) => {
          const rate = linearRate({ peak: 2, total, warmup });
          expect(rate(step)).toBeCloseTo(2 * theirs(step, warmup, total), 12);
        },
      ),
    );
  });

  it("begins at 0 under warm-up, reaches its peak where that ends, and 0 at the end", () => {
    const rate = linearRate({ peak: 1, total: 10, warmup: 2 });
    expect([0, 1, 2, 6, 10, 11].map(rate)).toEqual([0, 0.5, 1, 0.5, 0, 0]);
  });
});

describe("rows of a table", () => {
  it("are updated alone, moments and decay too; the count is that of all updates", () => {
    const width = 3;
    const random = new Random(5);
    const normal = (length: number) => Float32Array.from({ length }, () => random.normal());
    const table = { name: "table", values: normal(5 * width), decays: true };
    const expected = Array.from(table.values);
    const options = { beta1: 0.8, beta2: 0.9, epsilon: 1e-3, decay: 0.1 };
    const optimizer = new Optimizer(adamw(0.1, options), [table]);
    const moments = expected.map(() => [0, 0] as [number, number]);
    [[4, 0], [0], [], [2, 4, 1]].forEach((rows, k) => {
      const values = normal(rows.length * width);
      const gradient = values.slice();
      optimizer.update(new Map([["table", { values, rows: Int32Array.from(rows) }]]));
      rows.forEach((row, at) => {
        for (let j = 0; j < width; j++) {
          const i = row * width + j;
          const g = gradient[at * width + j]!;
          const [m, v] = moments[i]!;
          moments[i] = [0.8 * m + 0.2 * g, 0.9 * v + 0.1 * g * g];
          const mean = moments[i][0] / (1 - 0.8 ** (k + 1));
          const size = Math.sqrt(moments[i][1] / (1 - 0.9 ** (k + 1))) + 1e-3;
          expected[i]! -= 0.1 * (mean / size + 0.1 * expected[i]!);
        }
      });
    });
    expectClose([Array.from(table.values)], [expected]);
  });
});

it("takes rows and stretches of any length, and touches nothing else", () => {
  const random = new Random(4);
  for (const length of [1, 3, 4, 8191, 8192, 8193, 20_001]) {
    const parameters = [
      { name: "p", values: Float32Array.from({ length }, () => random.normal()), decays: true },
    ];
    const gradients = Array.from({ length: updates }, () => [
      Float32Array.from({ length }, () => random.normal()),
    ]);
    const { transform, naive } = Object.entries(rules).find(([name]) => name.startsWith("adamw"))![1];
    expectClose(
      train(transform, { parameters, gradients }, 30_000),
      naively(naive, { parameters, gradients }),
    );
  }
});
