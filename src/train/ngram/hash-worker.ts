/** A worker thread that hashes the texts of some rows. */

import { parentPort } from "node:worker_threads";
import { exampleFeatures, type TextInput } from "./example-features.js";
import type { GramOptions } from "./options.js";

async function hash({ input, options }: { input: TextInput; options: GramOptions }): Promise<void> {
  const features = await exampleFeatures(input, options);
  parentPort?.postMessage(features, [
    features.offsets.buffer,
    features.grams.buffer,
    features.counts.buffer,
    features.buckets.buffer,
  ] as ArrayBuffer[]);
}

parentPort?.on("message", (job: Parameters<typeof hash>[0]) => void hash(job));
