/**
 * Which examples go into which batch: plain data, decided before anything runs. Batches of like length need little padding, so an
 * epoch's random order is cut into mega-batches of 50 batches, each is sorted by length, and the batches are shuffled again (Trainer of
 * `transformers` does the same with `group_by_length`, but for the last step: there each mega-batch goes from long to short).
 */

import { deriveSeed, Random } from "../../../core/random.js";

export interface Batch {
  /** Examples of the dataset. */
  readonly rows: Int32Array;
  /** Tokens that every sequence is padded to: the longest one's, rounded up. */
  readonly length: number;
}

export interface BatchOptions {
  /** Examples of a batch; the last one may have fewer. */
  readonly size: number;
  /** Lengths are rounded up to a multiple of it, so that few different ones occur. Default: 1, no rounding. */
  readonly multiple?: number | undefined;
  /** What rounding never exceeds. Default: no limit. */
  readonly longest?: number | undefined;
}

export interface EpochOptions extends BatchOptions {
  readonly seed: number;
  /** 0-based: every epoch has an order of its own. */
  readonly epoch: number;
  /** false: an order that does not look at lengths. Default: true. */
  readonly group?: boolean | undefined;
}

const megaBatch = 50;

/** The batches of a training epoch. @param lengths tokens of each example, longest sequence */
export function epochBatches(lengths: Int32Array, options: EpochOptions): Batch[] {
  const random = new Random(deriveSeed(options.seed, `batches of epoch ${options.epoch}`));
  const order = random.permutation(lengths.length);
  if (options.group === false) return cut(order, lengths, options);
  const mega = megaBatch * options.size;
  for (let from = 0; from < order.length; from += mega)
    // Equal lengths stay in the order of chance: by their rows, a file sorted by label would give batches of one label.
    order.subarray(from, from + mega).sort((a, b) => lengths[b]! - lengths[a]!);
  return random.shuffle(cut(order, lengths, options));
}

/** Batches for prediction: from the longest example (so that memory runs out at once, if at all) to the shortest. */
export function predictionBatches(lengths: Int32Array, options: BatchOptions): Batch[] {
  const order = Int32Array.from(lengths, (_, row) => row).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  return cut(order, lengths, options);
}

function cut(
  order: Int32Array,
  lengths: Int32Array,
  { size, multiple = 1, longest = Infinity }: BatchOptions,
): Batch[] {
  return Array.from({ length: Math.ceil(order.length / size) }, (_, batch) => {
    const rows = order.slice(batch * size, (batch + 1) * size);
    const needed = rows.reduce((most, row) => Math.max(most, lengths[row]!), 0);
    const rounded = Math.ceil(needed / multiple) * multiple;
    return { rows, length: Math.max(needed, Math.min(rounded, longest)) };
  });
}
