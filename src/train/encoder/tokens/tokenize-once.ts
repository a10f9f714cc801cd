/** Tokens of a dataset that are kept as long as it is: a study trains on the same texts, and tests with them, again and again. */

import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Dataset } from "../../../dataset/dataset.js";
import { tokenizeDataset, type TokenizeOptions } from "./tokenize-dataset.js";
import type { TokenizedDataset } from "./tokenized.js";

const kept = new WeakMap<Dataset["input"], Map<string, Promise<TokenizedDataset>>>();

/** As `tokenizeDataset`; the same tokens where it was asked before, with the same tokenizer and length. Nobody changes them. */
export async function tokenizeOnce(dataset: Dataset, options: TokenizeOptions): Promise<TokenizedDataset> {
  const { folder, maxLength = null } = options;
  const files = ["tokenizer.json", "tokenizer_config.json"].map(async (file) => {
    const found = await stat(join(folder, file)).catch(() => null);
    return found && [found.mtimeMs, found.size];
  });
  const key = JSON.stringify([folder, maxLength, await Promise.all(files)]);
  const all = kept.get(dataset.input) ?? new Map<string, Promise<TokenizedDataset>>();
  kept.set(dataset.input, all);
  const found = all.get(key);
  if (found !== undefined) return found;
  const tokens = tokenizeDataset(dataset, options);
  all.set(key, tokens);
  tokens.catch(() => all.delete(key));
  return tokens;
}
