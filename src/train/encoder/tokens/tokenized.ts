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

/** Tokens of the longest sequence. */
export function longestSequence(tokens: TokenizedDataset): number {
  return exampleLengths(tokens).reduce((a, b) => Math.max(a, b), 0);
}

/** The tokens of consecutive parts of a dataset as those of the whole. */
export function joinTokens(parts: readonly TokenizedDataset[]): TokenizedDataset {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const total = (lengthOf: (part: TokenizedDataset) => number): number =>
    parts.reduce((sum, part) => sum + lengthOf(part), 0);
  const ids = new Int32Array(total((part) => part.ids.length));
  const types = parts.some((part) => part.types !== null) ? new Int32Array(ids.length) : null;
  const offsets = new Float64Array(total((part) => part.offsets.length - 1) + 1);
  const first = new Uint32Array(total((part) => part.first.length - 1) + 1);
  let token = 0;
  let sequence = 0;
  let row = 0;
  for (const part of parts) {
    ids.set(part.ids, token);
    if (part.types !== null) types?.set(part.types, token);
    for (let s = 1; s < part.offsets.length; s++) offsets[sequence + s] = token + part.offsets[s]!;
    for (let i = 1; i < part.first.length; i++) first[row + i] = sequence + part.first[i]!;
    token += part.ids.length;
    sequence += part.offsets.length - 1;
    row += part.first.length - 1;
  }
  return { ids, types, offsets, first, cut: total((part) => part.cut), empty: total((part) => part.empty) };
}
