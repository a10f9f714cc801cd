/**
 * Tokens of consecutive examples. A choice is read as the reference reads WinoGrande's: the sentence up to its blank is the first text,
 * the choice with what follows the blank the second. A sentence without a blank is the first text whole, the choice the second.
 */

import type { Input } from "../../../dataset/dataset.js";
import type { TokenizedDataset } from "./tokenized.js";
import type { EncodedText, EncoderTokenizer } from "./tokenizer.js";

export type TextInput = Exclude<Input, { kind: "features" }>;

export function tokenizeInput(input: TextInput, tokenizer: EncoderTokenizer): TokenizedDataset {
  const sequences: EncodedText[] = [];
  const first = new Uint32Array(input.text.length + 1);
  let cut = 0;
  let empty = 0;
  input.text.forEach((text, row) => {
    const encoded = exampleSequences(input, row, tokenizer);
    if (encoded.some((sequence) => sequence.cut)) cut++;
    if (text.trim() === "") empty++;
    sequences.push(...encoded);
    first[row + 1] = sequences.length;
  });
  return { ...pack(sequences), first, cut, empty };
}

function exampleSequences(input: TextInput, row: number, tokenizer: EncoderTokenizer): EncodedText[] {
  const text = input.text[row] ?? "";
  switch (input.kind) {
    case "text":
      return [tokenizer.encode(text)];
    case "pair":
      return [tokenizer.encode(text, input.pair[row] ?? "")];
    case "choices":
      return (input.choices[row] ?? []).map((choice) => tokenizer.encode(...choicePair(text, choice)));
  }
}

/** The two texts that a choice is read as. */
export function choicePair(sentence: string, choice: string): [string, string] {
  const [before = "", ...rest] = sentence.split(/\[MASK\]|_+/);
  if (rest.length === 0) return [before, choice];
  return [before.trim(), `${choice}${rest.join(choice)}`.trim()];
}

function pack(sequences: readonly EncodedText[]): Pick<TokenizedDataset, "ids" | "types" | "offsets"> {
  const offsets = new Float64Array(sequences.length + 1);
  sequences.forEach(({ ids }, s) => (offsets[s + 1] = offsets[s]! + ids.length));
  const ids = new Int32Array(offsets[sequences.length]!);
  const types = new Int32Array(ids.length);
  sequences.forEach((sequence, s) => {
    ids.set(sequence.ids, offsets[s]);
    types.set(sequence.types, offsets[s]);
  });
  return { ids, types: types.some((type) => type !== 0) ? types : null, offsets };
}
