/** Lookups: lazy updates against a naive oracle, dense ones against the definition, the gradient itself against differences. */

import { describe, expect, it } from "vitest";
import { compile } from "../../src/autograd/compile.js";
import { clipByGlobalNorm } from "../../src/autograd/optimizers/clip.js";
import { adamw } from "../../src/autograd/optimizers/recipes.js";
import { chain } from "../../src/autograd/optimizers/transform.js";
import { runtime } from "./check-gradient.js";
import { valuesOf, words, wordsBatch, wordsModel } from "./model-of.js";

const adam = { rate: 0.05, beta1: 0.8, beta2: 0.9, epsilon: 1e-3, decay: 0.3, clip: 0.5 };

/** AdamW behind clipping, on plain arrays; `moves` says whether a number takes part in an update. */
class NaiveAdamW {
  readonly #moments = new Map<string, [number, number][]>();
  #count = 0;

  update(
    values: Record<string, number[]>,
    gradients: ReadonlyMap<string, Float32Array>,
    moves: (name: string, at: number) => boolean,
  ): void {
    this.#count++;
    const norm = Math.hypot(...[...gradients.values()].flatMap((one) => Array.from(one)));
    const factor = Math.min(1, adam.clip / (norm + 1e-6));
    for (const [name, all] of gradients) {
      const moments = this.#moments.get(name) ?? Array.from(all, () => [0, 0] as [number, number]);
      this.#moments.set(name, moments);
      all.forEach((gradient, at) => {
        if (!moves(name, at)) return;
        const g = factor * gradient;
        const m = adam.beta1 * moments[at]![0] + (1 - adam.beta1) * g;
        const v = adam.beta2 * moments[at]![1] + (1 - adam.beta2) * g * g;
        moments[at] = [m, v];
        const decay = name === "bias" ? 0 : adam.decay * values[name]![at]!;
        const step =
          m /
          (1 - adam.beta1 ** this.#count) /
          (Math.sqrt(v / (1 - adam.beta2 ** this.#count)) + adam.epsilon);
        values[name]![at]! -= adam.rate * (step + decay);
      });
    }
  }
}

describe.each([true, false])("a table whose updates are lazy: %s", (lazy) => {
  it(
    lazy
      ? "moves only the rows that the batch names, their moments and decay too"
      : "moves every row every time",
    async () => {
      const model = wordsModel(1, { lazy });
      const compiled = compile(model, runtime, {
        optimizer: chain(clipByGlobalNorm(adam.clip), adamw(adam.rate, adam)),
      });
      const naive = new NaiveAdamW();
      const expected = valuesOf(model);
      for (let step = 0; step < 4; step++) {
        const batch = wordsBatch(step, 2);
        const { gradients } = await compiled.gradients(batch);
        const touched = new Set(batch.tokens[0]);
        naive.update(
          expected,
          gradients,
          (name, at) => !lazy || name !== "word" || touched.has(Math.floor(at / words.width)),
        );
        await compiled.step(batch);
        const found = valuesOf(model);
        for (const [name, values] of Object.entries(expected)) {
          // 32 bits, and four updates whose errors add up.
          values.forEach((value, at) => expect(Math.abs(found[name]![at]! - value)).toBeLessThan(5e-6));
        }
      }
      const untouched = Array.from({ length: words.rows }, (_, row) => row).filter((row) =>
        [0, 1, 2, 3].every((step) => !wordsBatch(step, 2).tokens[0]!.includes(row)),
      );
      expect(untouched.length).toBeGreaterThan(0);
      const before = wordsModel(1).parameters.word.values;
      for (const row of untouched) {
        const at = row * words.width;
        expect(model.parameters.word.values[at] === before[at]).toBe(lazy);
      }
      await compiled.close();
    },
  );
});

describe("a lookup", () => {
  it("has the gradient of finite differences in each of its tables, a row named twice counting twice", async () => {
    const model = wordsModel(2);
    const compiled = compile(model, runtime);
    const batch = {
      ...wordsBatch(3, 2),
      tokens: [Int32Array.of(1, 1, 5, 1, 0, 5, 2, 1), Int32Array.of(0, 1, 2, 3, 0, 1, 2, 3)],
    };
    const { gradients } = await compiled.gradients(batch);
    for (const table of ["word", "position"] as const) {
      const { values } = model.parameters[table];
      const analytic = gradients.get(table)!;
      expect(analytic.length).toBe(values.length);
      for (let at = 0; at < 2 * words.width; at++) {
        const lossAt = async (moved: number) => {
          const own = values[at]!;
          values[at] = own + moved;
          const { loss } = await compiled.gradients(batch);
          values[at] = own;
          return loss;
        };
        const numeric = ((await lossAt(0.01)) - (await lossAt(-0.01))) / 0.02;
        // As in check-gradient: rounding of a loss of order 1 over a step of 0.02, and the third derivative.
        expect(Math.abs(numeric - analytic[at]!)).toBeLessThan(5e-4);
      }
    }
    await compiled.close();
  });

  it("refuses an id that is no row, which is named", async () => {
    const compiled = compile(wordsModel(1), runtime);
    const batch = { ...wordsBatch(1, 1), tokens: [Int32Array.of(0, 1, 12, 0), Int32Array.of(0, 1, 2, 3)] };
    await expect(compiled.step(batch)).rejects.toThrow("lookup in word: no such row of 12, 12");
    await compiled.close();
  });

  it("of tables that do not train leaves them as they are, and asks for no gradient", async () => {
    const model = wordsModel(1, { trains: false });
    const before = valuesOf(model);
    const compiled = compile(model, runtime, { optimizer: adamw(0.1) });
    const { gradients } = await compiled.gradients(wordsBatch(1, 2));
    expect([...gradients.keys()].toSorted()).toEqual(["bias", "weight"]);
    await compiled.step(wordsBatch(1, 2));
    const after = valuesOf(model);
    expect(after["word"]).toEqual(before["word"]);
    expect(after["position"]).toEqual(before["position"]);
    expect(after["weight"]).not.toEqual(before["weight"]);
    await compiled.close();
  });
});
