/** The worker thread of `epoch-pool.ts`. */

import { parentPort } from "node:worker_threads";
import { UserError } from "../../core/errors.js";
import { IdIndex } from "./id-index.js";
import type { SharedIds } from "./id-index.js";
import { indexOf, placeRows, readLines } from "./read-epoch.js";
import type { EpochFile, EpochSettings, ReadEpoch } from "./read-epoch.js";

/** Settings come first; ids when they are known, which with `makesIds` is this thread's own doing. */
export type EpochRequest =
  | { readonly settings: EpochSettings }
  | { readonly ids: SharedIds }
  | { readonly file: EpochFile; readonly makesIds: boolean };

export type EpochReply =
  | { readonly ids: SharedIds }
  | { readonly read: ReadEpoch }
  | { readonly refused: UserError["parts"] }
  | { readonly failed: string };

let settings: EpochSettings | null = null;
let giveIds: (ids: SharedIds) => void;
const idsGiven = new Promise<SharedIds>((resolve) => (giveIds = resolve));

parentPort?.on("message", (request: EpochRequest) => {
  if ("settings" in request) settings = request.settings;
  else if ("ids" in request) giveIds(request.ids);
  else void answer(request.file, request.makesIds);
});

async function answer(file: EpochFile, makesIds: boolean): Promise<void> {
  try {
    if (!settings) throw new Error("no settings");
    const lines = await readLines(file, settings.shape);
    if (makesIds) {
      const { shared } = indexOf(lines);
      giveIds(shared);
      reply({ ids: shared });
    }
    const read = placeRows(lines, new IdIndex(await idsGiven), settings);
    const { observations, gold, sourceIndex } = read;
    const arrays: unknown[] = [gold, sourceIndex, observations.logits?.values];
    arrays.push(...(Object.values(observations) as unknown[]));
    const buffers = arrays.flatMap((array) =>
      ArrayBuffer.isView(array) ? [array.buffer as ArrayBuffer] : [],
    );
    reply({ read }, [...new Set(buffers)]);
  } catch (error) {
    reply(
      error instanceof UserError
        ? { refused: { ...error.parts, cause: undefined } }
        : { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    );
  }
}

function reply(message: EpochReply, transferred: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transferred);
}
