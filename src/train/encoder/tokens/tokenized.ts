/** A dataset's tokens: all sequences behind one another in one array, as training reads them. */

export interface TokenizedDataset {
  /** Token ids of all sequences, special ones included. */
  readonly ids: Int32Array;
  /** Token types, one each; null where all are 0. */
  readonly types: Int32Array | null;
  /** Sequence s: offsets[s] .. offsets[s + 1] of `ids`. */
  readonly offsets: Float64Array;
  /** Sequences of example i: first[i] .. first[i + 1]. One each, but one a choice for multiple choice. */
  readonly first: Uint32Array;
  /** Examples of which something was cut. */
  readonly cut: number;
  /** Examples whose text (for choices: the sentence) is empty, or of white space only: the model reads special tokens there. */
  readonly empty: number;
}

/** Tokens of each example's longest sequence: what batches are grouped by. */
export function exampleLengths({ offsets, first }: TokenizedDataset): Int32Array {
  const lengths = new Int32Array(first.length - 1);
  for (let row = 0; row < lengths.length; row++) {
    for (let s = first[row]!; s < first[row + 1]!; s++) {
      lengths[row] = Math.max(lengths[row]!, offsets[s + 1]! - offsets[s]!);
    }
  }
  return lengths;
}
