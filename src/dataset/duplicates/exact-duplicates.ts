/** Exact duplicates: examples whose texts are the same, case and white space aside. */

import type { Dataset, Input } from "../dataset.js";

export interface Duplicates {
  /** For each row the first row with the same text; null where the input is features. */
  readonly first: Int32Array | null;
  /** Examples whose text stands in an earlier row. */
  readonly repeated: number;
  /** Examples, first ones included, whose text stands with different labels. */
  readonly conflicting: number;
}

/** Finds examples with the same text. Features have none: nothing is repeated there. */
export function findDuplicates(dataset: Dataset): Duplicates {
  const keyOf = textKey(dataset.input);
  if (keyOf === null) return { first: null, repeated: 0, conflicting: 0 };
  const first = new Int32Array(dataset.size);
  const seen = new Map<string, number>();
  const conflict = new Set<number>();
  let repeated = 0;
  for (let row = 0; row < dataset.size; row++) {
    const key = keyOf(row);
    const earlier = seen.get(key);
    first[row] = earlier ?? row;
    if (earlier === undefined) seen.set(key, row);
    else {
      repeated++;
      if (dataset.gold[row] !== dataset.gold[earlier]) conflict.add(earlier);
    }
  }
  let conflicting = 0;
  for (const at of first) if (conflict.has(at)) conflicting++;
  return { first, repeated, conflicting };
}

/** How many of the test set's examples have a text that stands in the training set. */
export function countShared(train: Dataset, test: Dataset): number {
  const trainKey = textKey(train.input);
  const testKey = textKey(test.input);
  if (trainKey === null || testKey === null || train.input.kind !== test.input.kind) return 0;
  const seen = new Set<string>();
  for (let row = 0; row < train.size; row++) seen.add(trainKey(row));
  let shared = 0;
  for (let row = 0; row < test.size; row++) if (seen.has(testKey(row))) shared++;
  return shared;
}

/** A text with case and white space aside. */
export function normalise(text: string): string {
  return text.toLowerCase().replace(/\s+/g, " ").trim();
}

function textKey(input: Input): ((row: number) => string) | null {
  switch (input.kind) {
    case "text":
      return (row) => normalise(input.text[row] ?? "");
    case "pair":
      return (row) => `${normalise(input.text[row] ?? "")}\u0000${normalise(input.pair[row] ?? "")}`;
    case "choices":
      return (row) => [input.text[row] ?? "", ...(input.choices[row] ?? [])].map(normalise).join("\u0000");
    case "features":
      return null;
  }
}
