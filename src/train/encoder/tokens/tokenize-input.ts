/**
 * Tokens of consecutive examples. A choice is read as the reference reads WinoGrande's: the sentence up to its blank is the first text,
 * the choice with what follows the blank the second. A sentence without a blank is the first text whole, the choice the second.
 */

import type { Input } from "../../../dataset/dataset.js";
import type { TokenizedDataset } from "./tokenized.js";
import type { EncodedText, EncoderTokenizer } from "./tokenizer.js";

export type TextInput = Exclude<Input, { kind: "features" }>;

export function tokenizeInput(input: TextInput, tokenizer: EncoderTokenizer): TokenizedDataset {
  const packed = new PackedTokens();
  const first = new Uint32Array(input.text.length + 1);
  let cut = 0;
  let empty = 0;
  input.text.forEach((text, row) => {
    let anyCut = false;
    for (const texts of exampleTexts(input, text, row)) {
      const encoded = tokenizer.encode(...texts);
      packed.add(encoded);
      anyCut ||= encoded.cut;
    }
    first[row + 1] = packed.sequences;
    if (anyCut) cut++;
    if (text.trim() === "") empty++;
  });
  return { ...packed.finish(), first, cut, empty };
}

/** The texts of each of an example's sequences. */
function exampleTexts(input: TextInput, text: string, row: number): (readonly [string, string?])[] {
  switch (input.kind) {
    case "text":
      return [[text]];
    case "pair":
      return [[text, input.pair[row] ?? ""]];
    case "choices":
      return (input.choices[row] ?? []).map((choice) => choicePair(text, choice));
  }
}

/** The two texts that a choice is read as. */
export function choicePair(sentence: string, choice: string): [string, string] {
  const [before = "", ...rest] = sentence.split(/\[MASK\]|_+/);
  if (rest.length === 0) return [before, choice];
  return [before.trim(), `${choice}${rest.join(choice)}`.trim()];
}

/** Sequences behind one another, in arrays that double when they are full: an object a sequence would outweigh the tokens. */
class PackedTokens {
  sequences = 0;
  #ids = new Int32Array(1024);
  #types = new Int32Array(1024);
  #offsets = new Float64Array(64);

  add({ ids, types }: EncodedText): void {
    const at = this.#offsets[this.sequences]!;
    const end = at + ids.length;
    while (end > this.#ids.length) {
      this.#ids = doubled(this.#ids);
      this.#types = doubled(this.#types);
    }
    this.#ids.set(ids, at);
    this.#types.set(types, at);
    this.sequences++;
    if (this.sequences === this.#offsets.length) this.#offsets = doubled(this.#offsets);
    this.#offsets[this.sequences] = end;
  }

  finish(): Pick<TokenizedDataset, "ids" | "types" | "offsets"> {
    const offsets = this.#offsets.slice(0, this.sequences + 1);
    const types = this.#types.slice(0, offsets[this.sequences]);
    return {
      ids: this.#ids.slice(0, offsets[this.sequences]),
      types: types.some((type) => type !== 0) ? types : null,
      offsets,
    };
  }
}

function doubled<T extends Int32Array | Float64Array>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(2 * array.length);
  larger.set(array);
  return larger;
}
