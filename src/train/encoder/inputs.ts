/**
 * What a model reads of a dataset, batch by batch: tokens, or (frozen-inputs) the states that layers which stay as they are make of them.
 * Whoever trains or predicts knows only this.
 */

import type { Batch as Arrays } from "../../autograd/model.js";
import type { Sizes } from "../../autograd/shape.js";
import type { Dataset } from "../../dataset/dataset.js";
import type { EncoderConfig } from "./checkpoint/config.js";
import { Padder } from "./tokens/pad.js";
import type { TokenizedDataset } from "./tokens/tokenized.js";
import { exampleLengths } from "./tokens/tokenized.js";

export interface ModelBatch {
  readonly arrays: Arrays;
  /** Named sizes that the arrays' lengths do not tell. */
  readonly sizes: Sizes;
}

export interface Inputs {
  /** Tokens of each example, its longest sequence. */
  readonly lengths: Int32Array;
  /** Logits of each example; null where all have one a label. */
  readonly widths: Int32Array | null;
  /**
   * The arrays of some examples. They are used again by the next call.
   *
   * @param length tokens that each sequence is padded to
   * @param gold labels by row. Default: none, for prediction
   */
  make(rows: Int32Array, length: number, gold?: Int32Array): ModelBatch | Promise<ModelBatch>;
}

/** Added to the logit of a choice that an example does not have. */
const absent = -1e9;

/** How many choices each example has; null where it is no multiple choice. */
export function choiceCounts({ input }: Dataset): Int32Array | null {
  return input.kind === "choices" ? Int32Array.from(input.choices, ({ length }) => length) : null;
}

export class TokenInputs implements Inputs {
  readonly lengths: Int32Array;
  readonly widths: Int32Array | null;
  /** One sequence an example, or as many as the model has choices. */
  readonly tokens: TokenizedDataset;
  readonly #config: EncoderConfig;
  readonly #choices: number;
  readonly #padder: Padder;
  #positions = new Int32Array(0);
  #positionsLength = 0;

  /**
   * @param choices sequences of each example in the model: an example with fewer choices repeats its first
   * @param widths choices of each example
   */
  constructor(tokens: TokenizedDataset, widths: Int32Array | null, config: EncoderConfig, choices: number) {
    this.tokens = widths === null ? tokens : evenChoices(tokens, choices);
    this.lengths = exampleLengths(tokens);
    this.widths = widths;
    this.#config = config;
    this.#choices = choices;
    this.#padder = new Padder(config.padId);
  }

  make(rows: Int32Array, length: number, gold?: Int32Array): ModelBatch {
    const { ids, types, mask, sequences } = this.#padder.pad(this.tokens, rows, length);
    const positions = this.#positionsOf(sequences * length, length);
    const tables = this.#config.tokenTypes > 0 ? [ids, positions, types] : [ids, positions];
    return { arrays: { tokens: tables, mask, ...this.head(rows, gold) }, sizes: { batch: rows.length } };
  }

  /** What the head reads beside states. */
  head(rows: Int32Array, gold?: Int32Array): Arrays {
    const label = labels(rows, gold);
    if (this.#choices === 1) return label;
    const choiceBias = new Float32Array(rows.length * this.#choices);
    rows.forEach((row, at) => {
      const own = this.widths?.[row] ?? this.#choices;
      choiceBias.fill(absent, at * this.#choices + own, (at + 1) * this.#choices);
    });
    return { ...label, choiceBias };
  }

  /** Counted within a sequence. Padding gets them too: nothing looks at it. */
  #positionsOf(tokens: number, length: number): Int32Array {
    if (this.#positionsLength !== length || this.#positions.length < tokens) {
      this.#positions = new Int32Array(Math.max(tokens, this.#positions.length));
      for (let i = 0; i < this.#positions.length; i++) {
        this.#positions[i] = (i % length) + this.#config.positionOffset;
      }
      this.#positionsLength = length;
    }
    return this.#positions.subarray(0, tokens);
  }
}

/** Some examples of what another reads: a subset is tokenized, and runs through frozen layers, with the dataset that it was taken from. */
export class SubsetInputs implements Inputs {
  readonly lengths: Int32Array;
  readonly widths: Int32Array | null;
  readonly #of: Inputs;
  readonly #rows: Int32Array;

  /** @param rows of `of`, for each row here */
  constructor(of: Inputs, rows: Int32Array) {
    this.#of = of;
    this.#rows = rows;
    this.lengths = rows.map((row) => of.lengths[row]!);
    this.widths = of.widths === null ? null : rows.map((row) => of.widths![row]!);
  }

  async make(rows: Int32Array, length: number, gold?: Int32Array): Promise<ModelBatch> {
    const made = this.#of.make(
      rows.map((row) => this.#rows[row]!),
      length,
    );
    const { arrays, sizes } = await made;
    return { arrays: { ...arrays, ...labels(rows, gold) }, sizes };
  }
}

function labels(rows: Int32Array, gold?: Int32Array): Arrays {
  return gold === undefined ? {} : { label: Int32Array.from(rows, (row) => gold[row]!) };
}

/** Every example with as many sequences as the model has: its first one stands for those that it lacks. */
function evenChoices(tokens: TokenizedDataset, choices: number): TokenizedDataset {
  const { first, offsets } = tokens;
  const size = first.length - 1;
  const sources = Int32Array.from({ length: size * choices }, (_, at) => {
    const row = Math.floor(at / choices);
    const sequence = first[row]! + (at % choices);
    return sequence < first[row + 1]! ? sequence : first[row]!;
  });
  const evenOffsets = new Float64Array(sources.length + 1);
  sources.forEach((s, at) => (evenOffsets[at + 1] = evenOffsets[at]! + offsets[s + 1]! - offsets[s]!));
  const copy = (from: Int32Array): Int32Array => {
    const to = new Int32Array(evenOffsets.at(-1)!);
    sources.forEach((s, at) => to.set(from.subarray(offsets[s], offsets[s + 1]), evenOffsets[at]));
    return to;
  };
  return {
    ...tokens,
    ids: copy(tokens.ids),
    types: tokens.types === null ? null : copy(tokens.types),
    offsets: evenOffsets,
    first: Uint32Array.from({ length: size + 1 }, (_, row) => row * choices),
  };
}
