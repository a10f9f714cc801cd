/**
 * What is used of @huggingface/tokenizers 0.2.0, typed here: its own declarations import one another without file extensions, which
 * TypeScript does not resolve under Node's rules.
 */

import * as library from "@huggingface/tokenizers";
import { readCharsmap } from "./charsmap.js";

export interface LibraryTokenizer {
  encode(text: string, options: { add_special_tokens: boolean }): { ids: (number | undefined)[] };
  get_vocab(withAddedTokens: boolean): Map<string, number>;
  id_to_token(id: number): string | undefined;
}

interface Normalizer {
  readonly config: { readonly precompiled_charsmap?: string | null };
  /** Of a sequence. */
  readonly normalizers?: readonly (Normalizer | null)[];
  normalize(text: string): string;
}

interface PreTokenizer {
  /** Of a sequence. */
  readonly tokenizers?: readonly (PreTokenizer | null)[];
  pre_tokenize_text(text: string): string[];
}

const { Tokenizer, PrecompiledNormalizer, WhitespaceSplitPreTokenizer } = library as unknown as {
  Tokenizer: new (
    json: unknown,
    config: unknown,
  ) => LibraryTokenizer & { normalizer: Normalizer | null; pre_tokenizer: PreTokenizer | null };
  PrecompiledNormalizer: new (config: unknown) => Normalizer;
  WhitespaceSplitPreTokenizer: new (config: unknown) => PreTokenizer;
};

/** @param json `tokenizer.json` @param config `tokenizer_config.json` */
export function makeTokenizer(json: unknown, config: unknown): LibraryTokenizer {
  const tokenizer = new Tokenizer(json, config);
  readCharsmaps(tokenizer.normalizer);
  splitAsUnicode(tokenizer.pre_tokenizer);
  return tokenizer;
}

/** White space is Unicode's, as in the original: JavaScript's lacks U+0085 and has U+FEFF besides. */
function splitAsUnicode(preTokenizer: PreTokenizer | null): void {
  if (preTokenizer === null) return;
  preTokenizer.tokenizers?.forEach(splitAsUnicode);
  if (preTokenizer instanceof WhitespaceSplitPreTokenizer) {
    preTokenizer.pre_tokenize_text = (text) => text.match(/\P{White_Space}+/gu) ?? [];
  }
}

/** Puts the file's own table in place of the library's approximation. */
function readCharsmaps(normalizer: Normalizer | null): void {
  if (normalizer === null) return;
  normalizer.normalizers?.forEach(readCharsmaps);
  const charsmap = normalizer.config.precompiled_charsmap ?? "";
  if (normalizer instanceof PrecompiledNormalizer && charsmap !== "") {
    normalizer.normalize = readCharsmap(charsmap);
  }
}
