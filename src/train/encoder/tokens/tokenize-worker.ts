/** A worker thread that tokenizes the texts of some rows. */

import { parentPort } from "node:worker_threads";
import type { EncoderConfig } from "../checkpoint/config.js";
import { tokenizeInput, type TextInput } from "./tokenize-input.js";
import { loadTokenizer } from "./tokenizer.js";

/** What the thread is sent. */
export interface TokenizeJob {
  readonly input: TextInput;
  readonly folder: string;
  readonly config: EncoderConfig;
  readonly maxLength: number;
}

parentPort?.on("message", (job: TokenizeJob) => {
  void loadTokenizer(job.folder, job.config, job.maxLength).then((tokenizer) => {
    const tokens = tokenizeInput(job.input, tokenizer);
    const { ids, types, offsets, first } = tokens;
    const arrays = [ids, offsets, first, ...(types === null ? [] : [types])];
    parentPort?.postMessage(
      tokens,
      arrays.map((array) => array.buffer as ArrayBuffer),
    );
  });
});
