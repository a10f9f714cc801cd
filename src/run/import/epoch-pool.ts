/**
 * Reads epochs on worker threads, a file a thread, and hands them on in order. Where no data says which examples there
 * are, the first file does: the other threads read theirs meanwhile, and wait for its ids only to put lines in order.
 */

import { Worker } from "node:worker_threads";
import { InternalError, UserError } from "../../core/errors.js";
import { workerFile } from "../../core/threads.js";
import type { SharedIds } from "./id-index.js";
import type { EpochFile, EpochSettings, ReadEpoch } from "./read-epoch.js";
import type { EpochReply, EpochRequest } from "./read-epoch-worker.js";

export class EpochPool {
  readonly #workers: Worker[];
  readonly #idle: Worker[];
  readonly #waiting: ((worker: Worker) => void)[] = [];
  #ids: SharedIds | null = null;

  /** Threads start at once: they load while the caller finds out what the settings are. */
  constructor(threads: number) {
    const file = workerFile("./read-epoch-worker.js", import.meta.url);
    this.#workers = Array.from({ length: threads }, () => new Worker(file));
    for (const worker of this.#workers) worker.on("error", () => undefined);
    this.#idle = [...this.#workers];
  }

  /** @param ids in the order of the rows. null: those of the first file */
  use(settings: EpochSettings, ids: SharedIds | null): void {
    this.#send({ settings });
    if (ids) this.#giveIds(ids);
  }

  /** What the lines are put in the order of; known when the first epoch is. */
  get ids(): SharedIds {
    if (!this.#ids) throw new InternalError("the ids were asked for before an epoch was read");
    return this.#ids;
  }

  /** Every file's epoch, in the order of the files; no more than one a thread lies read and not yet taken. */
  async *read(files: readonly EpochFile[]): AsyncGenerator<ReadEpoch> {
    const begun: Promise<ReadEpoch>[] = [];
    const begin = (): void => {
      const file = files[begun.length];
      if (!file) return;
      const reading = this.#read({ file, makesIds: begun.length === 0 && this.#ids === null });
      reading.catch(() => undefined);
      begun.push(reading);
    };
    for (let thread = 0; thread <= this.#workers.length; thread++) begin();
    for (let next = 0; next < files.length; next++) {
      yield await (begun[next] as Promise<ReadEpoch>);
      begin();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #send(request: EpochRequest): void {
    for (const worker of this.#workers) worker.postMessage(request);
  }

  #giveIds(ids: SharedIds): void {
    this.#ids = ids;
    this.#send({ ids });
  }

  async #read(request: { readonly file: EpochFile; readonly makesIds: boolean }): Promise<ReadEpoch> {
    const worker = this.#idle.pop() ?? (await new Promise<Worker>((resolve) => this.#waiting.push(resolve)));
    try {
      const reply = await new Promise<Exclude<EpochReply, { ids: SharedIds }>>((resolve, reject) => {
        const settle = (act: () => void): void => {
          worker.removeAllListeners("message").off("error", failed).off("exit", ended);
          act();
        };
        const failed = (error: Error): void => settle(() => reject(error));
        const ended = (): void =>
          settle(() => reject(new InternalError(`a thread ended while reading ${request.file.path}`)));
        worker.on("message", (message: EpochReply) => {
          if ("ids" in message) this.#giveIds(message.ids);
          else settle(() => resolve(message));
        });
        worker.on("error", failed).on("exit", ended);
        worker.postMessage(request satisfies EpochRequest);
      });
      if ("read" in reply) return reply.read;
      if ("refused" in reply) throw new UserError(reply.refused);
      throw new InternalError(reply.failed);
    } finally {
      const waiting = this.#waiting.shift();
      if (waiting) waiting(worker);
      else this.#idle.push(worker);
    }
  }
}
