/** A dataset's texts into tokens, by as many threads as are given: the result does not depend on how many. */

import { Worker } from "node:worker_threads";
import { InternalError, UserError } from "../../../core/errors.js";
import { workerFile } from "../../../core/threads.js";
import type { Dataset } from "../../../dataset/dataset.js";
import type { EncoderConfig } from "../checkpoint/config.js";
import { joinTokens, type TokenizedDataset } from "./tokenized.js";
import { tokenizeInput, type TextInput } from "./tokenize-input.js";
import type { TokenizeJob } from "./tokenize-worker.js";
import { loadTokenizer } from "./tokenizer.js";

export interface TokenizeOptions {
  /** The folder with `tokenizer.json`. */
  readonly folder: string;
  readonly config: EncoderConfig;
  /** Tokens of a sequence. Default: as many as the model has positions, which is the most. */
  readonly maxLength?: number | undefined;
  readonly threads: number;
  /** Fewer characters than so many are tokenized by this thread alone: a thread that starts reads the tokenizer first. Default: 1,500,000. */
  readonly charactersWorthThreads?: number | undefined;
}

/**
 * Tokens of every row.
 *
 * @throws UserError where the dataset has features instead of texts, or the tokenizer does not fit
 */
export async function tokenizeDataset(
  { name, input }: Pick<Dataset, "name" | "input">,
  options: TokenizeOptions,
): Promise<TokenizedDataset> {
  if (input.kind === "features") {
    throw new UserError({
      subject: name,
      problem: "the encoder trainer reads texts, not features",
      remedy: "give --trainer features",
    });
  }
  const { folder, config, threads, charactersWorthThreads = 1_500_000 } = options;
  const tokenizer = await loadTokenizer(folder, config, options.maxLength);
  if (input.kind !== "text") tokenizer.checkPairs();
  const { maxLength } = tokenizer;
  const size = input.text.length;
  const parts = characters(input) < charactersWorthThreads ? 1 : Math.max(1, Math.min(threads, size));
  const slices = Array.from({ length: parts }, (_, part) =>
    slice(input, Math.floor((size * part) / parts), Math.floor((size * (part + 1)) / parts)),
  );
  // This thread takes the last part itself while the others work.
  const others = slices.slice(0, -1).map((rows) => inThread({ input: rows, folder, config, maxLength }));
  const own = tokenizeInput(slices.at(-1) ?? input, tokenizer);
  return joinTokens([...(await Promise.all(others)), own]);
}

function inThread(job: TokenizeJob): Promise<TokenizedDataset> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile("./tokenize-worker.js", import.meta.url));
    worker.once("message", (tokens: TokenizedDataset) => {
      resolve(tokens);
      void worker.terminate();
    });
    worker.once("error", (cause) => reject(new InternalError("a tokenizing thread failed", { cause })));
    worker.postMessage(job);
  });
}

function characters(input: TextInput): number {
  const sum = (texts: readonly string[]): number => texts.reduce((total, text) => total + text.length, 0);
  if (input.kind === "pair") return sum(input.text) + sum(input.pair);
  // Each choice is read with the sentence.
  return sum(input.text) * (input.kind === "choices" ? (input.choices[0]?.length ?? 1) : 1);
}

function slice(input: TextInput, from: number, to: number): TextInput {
  const text = input.text.slice(from, to);
  if (input.kind === "text") return { kind: "text", text };
  if (input.kind === "pair") return { kind: "pair", text, pair: input.pair.slice(from, to) };
  return { kind: "choices", text, choices: input.choices.slice(from, to) };
}
