/**
 * What is used of @huggingface/tokenizers 0.2.0, typed here: its own declarations import one another without file extensions, which
 * TypeScript does not resolve under Node's rules.
 */

import * as library from "@huggingface/tokenizers";

export interface LibraryTokenizer {
  encode(text: string, options: { add_special_tokens: boolean }): { ids: (number | undefined)[] };
  get_vocab(withAddedTokens: boolean): Map<string, number>;
  id_to_token(id: number): string | undefined;
}

/** @param json `tokenizer.json` @param config `tokenizer_config.json` */
export const LibraryTokenizer = (
  library as unknown as { Tokenizer: new (json: unknown, config: unknown) => LibraryTokenizer }
).Tokenizer;
