/**
 * What a model reads whose lower layers stay as they are: the states that these make of each token, or, where no layer is left that would read them,
 * of each first token. They are computed once and kept; of datasets so large that they would not fit, again for every batch. Dropout does not drop
 * in what does not train.
 */

import type { Compiled } from "../../autograd/compile.js";
import type { Batch as Arrays } from "../../autograd/model.js";
import { Breather } from "../../core/stop.js";
import type { Inputs, ModelBatch, TokenInputs } from "./inputs.js";
import { predictionBatches } from "./tokens/batches.js";

export interface FrozenPart {
  readonly model: Compiled<string, "states">;
  /** Numbers of a state. */
  readonly width: number;
  /** Whether only each first token's state is read. */
  readonly first: boolean;
}

/** Where each sequence's states begin among those of all sequences, in numbers; one more for the end. */
export function stateOffsets({ tokens }: TokenInputs, { width, first }: FrozenPart): Float64Array {
  return first ? tokens.offsets.map((_, s) => s * width) : tokens.offsets.map((at) => at * width);
}

export interface ComputeOptions {
  /** Examples of a batch. Default: 32. */
  readonly batch?: number;
  readonly signal?: AbortSignal | undefined;
  /** Told how many examples are done. */
  readonly progress?: (done: number) => void;
}

/** The states of all sequences, one behind the other, without padding. @throws Stopped once the signal is aborted */
export async function computeStates(
  tokens: TokenInputs,
  part: FrozenPart,
  { batch = 32, signal, progress }: ComputeOptions = {},
): Promise<Float32Array> {
  const offsets = stateOffsets(tokens, part);
  const states = new Float32Array(offsets.at(-1)!);
  const breather = new Breather(signal);
  let done = 0;
  for (const { rows, length } of predictionBatches(tokens.lengths, { size: batch })) {
    await breather.turn();
    const all = await statesOf(part, tokens.make(rows, length).arrays, length);
    const stride = part.first ? part.width : length * part.width;
    sequencesOf(tokens, rows).forEach((s, at) => {
      const [from, to] = [offsets[s]!, offsets[s + 1]!];
      states.set(all.subarray(at * stride, at * stride + to - from), from);
    });
    progress?.((done += rows.length));
  }
  return states;
}

export class FrozenInputs implements Inputs {
  readonly lengths: Int32Array;
  readonly widths: Int32Array | null;
  readonly #tokens: TokenInputs;
  readonly #part: FrozenPart;
  readonly #states: Float32Array | null;
  readonly #offsets: Float64Array;
  #batch = new Float32Array(0);

  /** @param states of all sequences; null: they are computed for every batch */
  constructor(tokens: TokenInputs, part: FrozenPart, states: Float32Array | null) {
    this.#tokens = tokens;
    this.#part = part;
    this.#states = states;
    this.#offsets = stateOffsets(tokens, part);
    this.widths = tokens.widths;
    // What the head alone reads has no length.
    this.lengths = part.first && states !== null ? tokens.lengths.map(() => 1) : tokens.lengths;
  }

  async make(rows: Int32Array, length: number, gold?: Int32Array): Promise<ModelBatch> {
    const { first } = this.#part;
    if (this.#states !== null && first) {
      const head = this.#tokens.head(rows, gold);
      return { arrays: { states: this.#kept(rows, 1), ...head }, sizes: { batch: rows.length } };
    }
    const { arrays, sizes } = this.#tokens.make(rows, length, gold);
    const { tokens, mask, ...head } = arrays;
    const states =
      this.#states === null ? await statesOf(this.#part, { tokens, mask }, length) : this.#kept(rows, length);
    return { arrays: { states, ...(first ? {} : { mask }), ...head }, sizes };
  }

  /** Kept states of some examples' sequences, zeros where padding stands. */
  #kept(rows: Int32Array, length: number): Float32Array {
    const stride = length * this.#part.width;
    const sequences = sequencesOf(this.#tokens, rows);
    const size = sequences.length * stride;
    if (this.#batch.length < size) this.#batch = new Float32Array(size);
    const batch = this.#batch.subarray(0, size);
    sequences.forEach((s, at) => {
      const [from, to] = [this.#offsets[s]!, this.#offsets[s + 1]!];
      batch.set(this.#states!.subarray(from, to), at * stride);
      batch.fill(0, at * stride + to - from, (at + 1) * stride);
    });
    return batch;
  }
}

async function statesOf(
  { model }: FrozenPart,
  { tokens, mask }: Arrays,
  length: number,
): Promise<Float32Array> {
  const sequences = (mask as Float32Array).length / length;
  return (await model.predict({ tokens, mask }, ["states"], { sequences })).states;
}

function sequencesOf({ tokens: { first } }: TokenInputs, rows: Int32Array): number[] {
  const sequences: number[] = [];
  for (const row of rows) for (let s = first[row]!; s < first[row + 1]!; s++) sequences.push(s);
  return sequences;
}
