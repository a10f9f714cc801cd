/**
 * One file of the hub onto the disk. What has come lies in `<file>.part` and is gone on with after a cut, in this call or a later one;
 * the file takes its name only when its length and its hash are those that the hub says.
 */

import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileSize, syncPath } from "../../../core/files.js";
import { UserError } from "../../../core/errors.js";
import type { HubFile } from "./choose-files.js";
import { isNetworkError, reason } from "./hub-client.js";

export interface DownloadOptions {
  /** How messages call the model. */
  readonly subject: string;
  readonly fetch: typeof fetch;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes that are there, now and then. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  /** Times that a call goes on after a cut before it gives up. Default: 4. */
  readonly retries?: number | undefined;
  /** Before the first of these; doubled each time. Milliseconds. Default: 500. */
  readonly pause?: number | undefined;
  /** A connection that sends nothing for so long counts as cut. Milliseconds. Default: 60,000. */
  readonly idle?: number | undefined;
}

/** Fetches `url` to `path`, unless it is there. @throws UserError where it does not come whole, or is not what the hub says it is */
export async function downloadFile(
  url: string,
  path: string,
  file: HubFile,
  options: DownloadOptions,
): Promise<void> {
  const { subject, retries = 4, pause: first = 500, signal } = options;
  if ((await fileSize(path)) === file.bytes) return;
  const part = `${path}.part`;
  for (let attempt = 0; ; attempt++) {
    const failure = await fetchRest(url, part, file, options);
    if (failure === null) break;
    signal?.throwIfAborted();
    if (attempt === retries) {
      const there = (await fileSize(part)) ?? 0;
      throw new UserError({
        subject,
        problem: `${file.path} was cut short after ${there} of ${file.bytes} bytes (${reason(failure)})`,
        remedy: "run the same command again: it goes on from there",
        cause: failure,
      });
    }
    await pause(first * 2 ** attempt, undefined, { signal });
  }
  await checkHash(part, file, subject);
  await syncPath(part);
  await rename(part, path);
}

/** Appends what is missing. @returns what cut it short, or null where all is there */
async function fetchRest(
  url: string,
  part: string,
  file: HubFile,
  { fetch: request, signal, onBytes, idle = 60_000, subject }: DownloadOptions,
): Promise<unknown> {
  let there = (await fileSize(part)) ?? 0;
  if (there > file.bytes) {
    await rm(part);
    there = 0;
  }
  if (there === file.bytes && there > 0) return null;
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(new TypeError("nothing came for too long")), idle);
  const handle = await open(part, "a");
  try {
    const response = await request(url, {
      // Compressed on the way, the bytes could not be counted.
      headers: { "Accept-Encoding": "identity", ...(there > 0 && { Range: `bytes=${there}-` }) },
      signal: signal === undefined ? stalled.signal : AbortSignal.any([signal, stalled.signal]),
    });
    if (response.status >= 500 || response.status === 429) return new TypeError(`status ${response.status}`);
    if (!response.ok) {
      throw new UserError({
        subject,
        problem: `the hub does not give ${file.path}: status ${response.status}`,
        remedy:
          response.status === 404 ? "name another revision" : "check HF_TOKEN and your access to the model",
      });
    }
    // A server that knows no ranges sends all of it.
    if (there > 0 && response.status !== 206) {
      await handle.truncate(0);
      there = 0;
    }
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      timer.refresh();
      await handle.writeFile(chunk);
      there += chunk.length;
      if (there > file.bytes) break;
      onBytes?.(there);
    }
    return there < file.bytes ? new TypeError("the connection was closed") : null;
  } catch (error) {
    if (stalled.signal.aborted && signal?.aborted !== true) return stalled.signal.reason;
    if (isNetworkError(error)) return error;
    throw error;
  } finally {
    clearTimeout(timer);
    await handle.close();
  }
}

async function checkHash(part: string, file: HubFile, subject: string): Promise<void> {
  const bytes = (await fileSize(part)) ?? 0;
  const hash = file.hash.kind === "git" ? gitBlob(bytes) : createHash("sha256");
  for await (const chunk of createReadStream(part) as AsyncIterable<Buffer>) hash.update(chunk);
  const found = hash.digest("hex");
  if (bytes === file.bytes && found === file.hash.value) return;
  // Nothing of it can be trusted: the next call starts anew.
  await rm(part, { force: true });
  throw new UserError({
    subject,
    problem: `${basename(file.path)} is not what the hub says it is: its hash is ${found}, not ${file.hash.value}`,
    remedy: "run the same command again: it is fetched anew; a proxy may have changed it",
  });
}

/** Git hashes a file behind a header of its length. */
function gitBlob(bytes: number): Hash {
  return createHash("sha1").update(`blob ${bytes}\0`);
}
