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

const { Tokenizer, PrecompiledNormalizer } = library as unknown as {
  Tokenizer: new (json: unknown, config: unknown) => LibraryTokenizer & { normalizer: Normalizer | null };
  PrecompiledNormalizer: new (config: unknown) => Normalizer;
};

/** @param json `tokenizer.json` @param config `tokenizer_config.json` */
export function makeTokenizer(json: unknown, config: unknown): LibraryTokenizer {
  const tokenizer = new Tokenizer(json, config);
  readCharsmaps(tokenizer.normalizer);
  return tokenizer;
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
