import { describe, expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { createDataset } from "../../src/dataset/create-dataset.js";
import type { Dataset } from "../../src/dataset/dataset.js";
import { fitModel } from "../../src/select/fit-model.js";
import { datasetVectors } from "../../src/select/vectors.js";
import { command } from "../../src/train/command/trainer.js";
import { features } from "../../src/train/features/trainer.js";
import { ngram } from "../../src/train/ngram/trainer.js";
import { trainAndTestCommand } from "../train/command/commands.js";
import { choicesDataset } from "../train/datasets.js";

const size = 120;
const random = new Random(3);
const made = Array.from({ length: size }, (_, i) => {
  const label = random.below(2) === 0 ? "no" : "yes";
  const words = Array.from({ length: 7 }, () =>
    random.below(3) > 0 ? `${label}${random.below(9)}` : `all${random.below(20)}`,
  );
  const colour = ["red", "green", "blue"][random.below(3)];
  const x = random.below(9) === 0 ? "" : String(random.normal() + (label === "yes" ? 2 : 0));
  return { id: `ex-${i}`, text: words.join(" "), pair: words.slice(3).join(" "), colour, x, label };
});
const order = new Random(8).permutation(size);
const shuffled = Array.from(order, (row) => made[row] ?? {});
const label = "label";
const kinds = {
  text: { text: "text", label, id: "id" },
  pair: { text: "text", textPair: "pair", label, id: "id" },
  features: { features: ["colour", "x"], label, id: "id" },
} as const;

async function both(kind: keyof typeof kinds): Promise<readonly [Dataset, Dataset]> {
  return [await createDataset(made, kinds[kind]), await createDataset(shuffled, kinds[kind])];
}

function row(values: Float32Array, width: number, at: number): Float32Array {
  return values.slice(at * width, (at + 1) * width);
}

describe("vectors of examples", () => {
  it.each(Object.keys(kinds) as (keyof typeof kinds)[])(
    "have unit length and are the same in every order of the rows: %s",
    async (kind) => {
      const [straight, other] = await both(kind);
      const a = await datasetVectors(straight, { seed: 5, threads: 1 });
      const b = await datasetVectors(other, { seed: 5, threads: 2 });
      expect(a.values.length).toBe(size * a.width);
      for (let i = 0; i < size; i++) {
        const vector = row(a.values, a.width, order[i] ?? 0);
        expect(row(b.values, b.width, i)).toEqual(vector);
        // Rounding each of up to 256 numbers to single precision moves the square by at most 2^-23.
        expect(Math.abs(vector.reduce((sum, x) => sum + x * x, 0) - 1)).toBeLessThan(1e-6);
      }
      straight.close();
      other.close();
    },
  );

  it("are those of the choices together", async () => {
    const { width, values } = await datasetVectors(choicesDataset({ size: 30 }));
    expect(values.length).toBe(30 * width);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  it("keep inner products within the stated error", async () => {
    const [dataset] = await both("text");
    // At a width where hardly two n-grams meet, products are the exact ones to 1 / sqrt(width) = .004.
    const exact = await datasetVectors(dataset, { width: 2 ** 16 });
    const folded = await datasetVectors(dataset, { width: 256 });
    let squares = 0;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) squares += (dot(exact, i, j) - dot(folded, i, j)) ** 2;
    }
    const error = Math.sqrt(squares / ((size * (size - 1)) / 2));
    expect(error).toBeGreaterThan(0.04);
    expect(error).toBeLessThan(0.09);
    dataset.close();
  });

  it("are one and the same for examples without content, and differ by seed", async () => {
    const rows = [{ text: "" }, { text: "" }, { text: "a word" }].map((r) => ({ ...r, label: "x" }));
    const dataset = await createDataset([...rows, { text: "b", label: "y" }], { text: "text", label });
    const { values, width } = await datasetVectors(dataset);
    expect(row(values, width, 0)).toEqual(row(values, width, 1));
    expect((await datasetVectors(dataset, { seed: 1 })).values).not.toEqual(values);
    dataset.close();
  });

  it("of few columns are the encoded columns, scaled", async () => {
    const dataset = await createDataset(
      [
        { a: "1", b: "u", label: "x" },
        { a: "3", b: "v", label: "y" },
      ],
      { features: ["a", "b"], label },
    );
    const { width, values } = await datasetVectors(dataset);
    expect(width).toBe(3);
    const half = Math.SQRT1_2;
    for (const [i, value] of [-half, half, 0, half, 0, half].entries())
      expect(values[i]).toBeCloseTo(value, 6);
    dataset.close();
  });
});

function dot({ width, values }: { width: number; values: Float32Array }, i: number, j: number): number {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += (values[i * width + k] ?? 0) * (values[j * width + k] ?? 0);
  return sum;
}

describe("a model of some examples", () => {
  it.each([
    ["text", ngram],
    ["features", features],
  ] as const)("gives everyone's probabilities, whatever the order of the rows: %s", async (kind, trainer) => {
    const [straight, other] = await both(kind);
    const rows = Int32Array.from({ length: 60 }, (_, i) => 2 * i);
    const at = (wanted: number): number => order.indexOf(wanted);
    const request = { trainer, seed: 4, options: { epochs: 4 } };
    const a = await fitModel({ ...request, dataset: straight, rows });
    const b = await fitModel({ ...request, dataset: other, rows: rows.map(at).reverse() });
    expect(a.labels).toBe(2);
    let right = 0;
    for (let i = 0; i < size; i++) {
      const [no = 0, yes = 0] = row(a.values, 2, i);
      expect(no + yes).toBeCloseTo(1, 6);
      if (Number(yes > no) === straight.gold[i]) right++;
      expect(row(b.values, 2, at(i))).toEqual(row(a.values, 2, i));
    }
    // Labels are in the words and in the numbers: far above half.
    expect(right / size).toBeGreaterThan(0.75);
    straight.close();
    other.close();
  });

  it("a program is told beforehand of all that it will be asked about", async () => {
    const [dataset] = await both("text");
    const rows = Int32Array.from({ length: 60 }, (_, i) => 2 * i);
    const options = { epochs: 4, command: trainAndTestCommand };
    const { labels, values } = await fitModel({ dataset, trainer: command, options, rows, seed: 4 });
    let right = 0;
    for (let i = 0; i < size; i++) {
      const [no = 0, yes = 0] = row(values, labels, i);
      if (Number(yes > no) === dataset.gold[i]) right++;
    }
    expect(right / size).toBeGreaterThan(0.75);
    dataset.close();
  });

  it("fills examples of few choices with zeros", async () => {
    const { input, ...rest } = choicesDataset({ size: 40 });
    if (input.kind !== "choices") throw new Error("not choices");
    const dataset = await createDataset(
      input.text.map((sentence, i) => ({
        sentence,
        choices: input.choices[i],
        label: String((rest.gold[i] ?? 0) + 1),
      })),
      { text: "sentence", choices: ["choices"], label },
    );
    const { labels, values } = await fitModel({
      dataset,
      trainer: ngram,
      rows: Int32Array.from({ length: 30 }, (_, i) => i),
      seed: 0,
    });
    expect(labels).toBe(4);
    input.choices.forEach((choices, i) => {
      const probabilities = row(values, labels, i);
      expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
      expect(probabilities.slice(choices.length).every((p) => p === 0)).toBe(true);
    });
    dataset.close();
  });

  it("refuses a trainer that reads something else", async () => {
    const [dataset] = await both("text");
    const rows = Int32Array.of(0, 1);
    await expect(fitModel({ dataset, trainer: features, rows, seed: 0 })).rejects.toThrow(
      /the features trainer does not read text; choose another trainer/,
    );
    dataset.close();
  });
});
