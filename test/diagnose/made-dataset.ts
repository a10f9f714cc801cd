/** A made dataset in memory: ids, labels and texts from a seed. */

import { Random } from "../../src/core/random.js";
import type { Dataset } from "../../src/dataset/dataset.js";

export interface MadeDataset {
  readonly size: number;
  readonly labels: number;
  readonly seed: number;
  /** Largest group; half of the examples stand alone. Default: no groups. */
  readonly groups?: number;
  /** Orders the rows anew. Default: as made. */
  readonly shuffle?: number;
  readonly texts?: (row: number) => string;
}

export function madeDataset({ size, labels, seed, groups, shuffle, texts }: MadeDataset): Dataset {
  const random = new Random(seed);
  const made = Array.from({ length: size }, (_, row) => ({
    id: `id-${row}`,
    label: row < labels ? row : random.below(labels),
    text: texts?.(row) ?? `the text of ${row}`,
    group: groups === undefined || row % 2 === 0 ? null : `g${Math.floor(row / (2 * groups))}`,
  }));
  const order = shuffle === undefined ? made : new Random(shuffle).shuffle(made);
  return {
    name: "made",
    size,
    ids: order.map(({ id }) => id),
    labelNames: Array.from({ length: labels }, (_, label) => `label ${label}`),
    gold: Int32Array.from(order, ({ label }) => label),
    input: { kind: "text", text: order.map(({ text }) => text) },
    groups: groups === undefined ? null : order.map(({ group }) => group),
    votes: null,
    roles: { text: "text", label: "label" },
    sources: [],
    subsetOf: null,
    writeExamples: () => Promise.reject(new Error("no source")),
    close: () => undefined,
  };
}
