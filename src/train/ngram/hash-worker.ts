/** A worker thread that hashes the texts of some rows. */

import { parentPort } from "node:worker_threads";
import { exampleFeatures, type TextInput } from "./example-features.js";
import type { GramOptions } from "./options.js";

parentPort?.on("message", ({ input, options }: { input: TextInput; options: GramOptions }) => {
  const features = exampleFeatures(input, options);
  parentPort?.postMessage(features, [
    features.offsets.buffer,
    features.grams.buffer,
    features.counts.buffer,
    features.buckets.buffer,
  ] as ArrayBuffer[]);
});
