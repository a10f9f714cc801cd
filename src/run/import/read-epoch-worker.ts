/** The worker thread of `epoch-pool.ts`. */

import { parentPort, workerData } from "node:worker_threads";
import { UserError } from "../../core/errors.js";
import { readEpoch } from "./read-epoch.js";
import type { EpochFile, EpochSettings, ReadEpoch } from "./read-epoch.js";

export type EpochReply =
  { readonly read: ReadEpoch } | { readonly refused: UserError["parts"] } | { readonly failed: string };

let settings = workerData as EpochSettings | null;

parentPort?.on("message", (message: EpochFile | { settings: EpochSettings }) => {
  if ("settings" in message) settings = message.settings;
  else void answer(message);
});

async function answer(file: EpochFile): Promise<void> {
  try {
    if (!settings) throw new Error("no settings");
    const read = await readEpoch(file, settings);
    const { observations, gold, sourceIndex } = read;
    const arrays: unknown[] = [gold, sourceIndex, observations.logits?.values];
    arrays.push(...(Object.values(observations) as unknown[]));
    const buffers = arrays.flatMap((array) =>
      ArrayBuffer.isView(array) ? [array.buffer as ArrayBuffer] : [],
    );
    parentPort?.postMessage({ read } satisfies EpochReply, [...new Set(buffers)]);
  } catch (error) {
    const reply: EpochReply =
      error instanceof UserError
        ? { refused: { ...error.parts, cause: undefined } }
        : { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    parentPort?.postMessage(reply);
  }
}
