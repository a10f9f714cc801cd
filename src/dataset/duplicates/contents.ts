/** What examples are compared by: their texts, case and white space aside, each content once. */

import { UserError } from "../../core/errors.js";
import type { Breather } from "../../core/stop.js";
import type { Dataset, Input } from "../dataset.js";
import { normalise } from "./exact-duplicates.js";

export interface Contents {
  readonly kind: Input["kind"];
  readonly count: number;
  /** Texts of a content, normalised: one; both of a pair; the text and its choices, sorted, of multiple choice. All contents have as many. */
  readonly sides: readonly (readonly string[])[];
  /** Content of each example, for each dataset. */
  readonly of: readonly Int32Array[];
}

/** @throws UserError where a dataset is of features, or of another kind of input than the first */
export async function collectContents(datasets: readonly Dataset[], breather: Breather): Promise<Contents> {
  const numbers = new Map<string, number>();
  const sides: (readonly string[])[] = [];
  const of: Int32Array[] = [];
  for (const dataset of datasets) {
    checkInput(dataset, datasets[0] ?? dataset);
    const own = new Int32Array(dataset.size);
    for (let row = 0; row < dataset.size; row++) {
      if ((row & 1023) === 0) await breather.turn();
      const content = sidesOf(dataset.input, row);
      const key = content.join("\u0000");
      let number = numbers.get(key);
      if (number === undefined) {
        numbers.set(key, (number = sides.length));
        sides.push(content);
      }
      own[row] = number;
    }
    of.push(own);
  }
  return { kind: datasets[0]?.input.kind ?? "text", count: sides.length, sides, of };
}

/** Whether one content comes before another: by their texts, so that the order of the rows plays no part. */
export function before(a: readonly string[], b: readonly string[]): boolean {
  for (let side = 0; side < a.length; side++) {
    if (a[side]! < b[side]!) return true;
    if (a[side]! > b[side]!) return false;
  }
  return false;
}

function sidesOf(input: Input, row: number): string[] {
  switch (input.kind) {
    case "text":
      return [normalise(input.text[row] ?? "")];
    case "pair":
      return [normalise(input.text[row] ?? ""), normalise(input.pair[row] ?? "")];
    case "choices":
      return [
        normalise(input.text[row] ?? ""),
        (input.choices[row] ?? [])
          .map((choice) => normalise(choice))
          .sort()
          .join(" \u0001 "),
      ];
    case "features":
      return [];
  }
}

function checkInput({ input, name }: Dataset, first: Dataset): void {
  if (input.kind === "features") {
    throw new UserError({
      subject: name,
      problem: "near duplicates are found among texts, and its examples are features",
      remedy: "name their text with --text, or a column of groups with --group",
    });
  }
  if (input.kind === first.input.kind) return;
  throw new UserError({
    subject: name,
    problem: `cannot be compared: it has ${described[input.kind]}, and ${first.name} has ${described[first.input.kind]}`,
    remedy: "name the same columns in both",
  });
}

const described: Readonly<Record<Input["kind"], string>> = {
  text: "single texts",
  pair: "pairs of texts",
  choices: "texts with choices",
  features: "features",
};
