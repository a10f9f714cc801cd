/** Small datasets, made from a seed. */

import { Random } from "../../src/core/random.js";
import { literal, withDatabase } from "../../src/core/duckdb.js";
import type { Dataset, Input } from "../../src/dataset/dataset.js";

export interface Made {
  readonly size?: number;
  readonly seed?: number;
  readonly labels?: readonly string[];
  readonly groups?: readonly (string | null)[] | null;
  readonly name?: string;
}

/** A dataset of any input; its examples are written as the readers write them. */
export function datasetOf(input: Input, gold: readonly number[], made: Made = {}): Dataset {
  const { labels = ["no", "yes"], groups = null, name = "made" } = made;
  const ids = gold.map((_, row) => `ex-${row}`);
  return {
    name,
    size: gold.length,
    ids,
    labelNames: labels,
    gold: Int32Array.from(gold),
    input,
    groups,
    votes: null,
    roles: {},
    sources: [],
    subsetOf: null,
    writeExamples: (path) =>
      withDatabase({ threads: 1 }, async (database) => {
        const rows = gold.map(
          (label, row) =>
            `(${row}, ${literal(ids[row] ?? "")}, ${literal(labels[label] ?? "")}, ${groups?.[row] ? literal(groups[row]) : "NULL"}, {'x': ${row}})`,
        );
        await database.run(
          `COPY (SELECT * FROM (VALUES ${rows.join(", ")}) AS t("row", id, label, "group", source)) TO ${literal(path)} (FORMAT parquet)`,
        );
      }),
    close: () => undefined,
  };
}

/** Two numeric columns, one of them with missing values, and a categorical one; noisy but learnable. */
export function featuresDataset(made: Made = {}): Dataset {
  const { size = 240, seed = 1, labels = ["no", "yes"] } = made;
  const random = new Random(seed);
  const gold: number[] = [];
  const x = new Float64Array(size);
  const y = new Float64Array(size);
  const colour: (string | null)[] = [];
  for (let row = 0; row < size; row++) {
    const label = random.below(labels.length);
    gold.push(label);
    x[row] = 10 + label + 0.8 * random.normal();
    y[row] = random.below(10) === 0 ? NaN : 1000 * random.normal() - 400 * label;
    colour.push(random.below(4) > 0 ? `c${label}` : (["c0", "c1", null][random.below(3)] ?? null));
  }
  return datasetOf(
    {
      kind: "features",
      columns: [
        { name: "x", kind: "numeric", values: x },
        { name: "y", kind: "numeric", values: y },
        { name: "colour", kind: "categorical", values: colour },
      ],
    },
    gold,
    made,
  );
}

/** Sentences whose words mostly tell the label. */
export function textDataset(made: Made = {}): Dataset {
  const { size = 200, seed = 1, labels = ["neg", "pos"] } = made;
  const random = new Random(seed);
  const gold = Array.from({ length: size }, () => random.below(labels.length));
  return datasetOf({ kind: "text", text: gold.map((label, row) => sentence(random, label, row)) }, gold, {
    ...made,
    labels,
  });
}

export function pairDataset(made: Made = {}): Dataset {
  const { size = 200, seed = 1, labels = ["neg", "pos"] } = made;
  const random = new Random(seed);
  const gold = Array.from({ length: size }, () => random.below(labels.length));
  const text = gold.map((_, row) => sentence(random, random.below(labels.length), row));
  const pair = gold.map((label, row) => sentence(random, label, row));
  return datasetOf({ kind: "pair", text, pair }, gold, { ...made, labels });
}

/** Rows have two to four choices. */
export function choicesDataset(made: Made = {}): Dataset {
  const { size = 120, seed = 1 } = made;
  const random = new Random(seed);
  const choices: string[][] = [];
  const gold: number[] = [];
  const text: string[] = [];
  for (let row = 0; row < size; row++) {
    const right = random.below(2);
    const count = 2 + random.below(3);
    text.push(`the _ of case ${row % 17} was found`);
    choices.push(
      Array.from({ length: count }, (_, k) => (k === right ? `gold${row % 5}` : `lead${row % 7} ${k}`)),
    );
    gold.push(right);
  }
  return datasetOf({ kind: "choices", text, choices }, gold, { ...made, labels: ["1", "2", "3", "4"] });
}

function sentence(random: Random, label: number, row: number): string {
  const words = Array.from({ length: 6 }, () =>
    random.below(3) > 0 ? `w${label}x${random.below(12)}` : `common${random.below(20)}`,
  );
  return `${words.join(" ")} n${row}`;
}
