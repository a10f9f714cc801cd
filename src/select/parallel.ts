/**
 * Several threads that each hold a part of one task and answer the same questions about it. This thread holds the first part itself. What they share is
 * in the memory that their setups name; answers come in the order of the parts, whoever is ready first.
 */

import { parentPort, Worker, workerData } from "node:worker_threads";
import { InternalError } from "../core/errors.js";

export interface Parts<Question, Answer> {
  /** One answer a part. */
  ask(question: Question): Promise<Answer[]>;
  /** Ends the threads. Safe to call twice. */
  close(): void;
}

/** Makes a part from its setup: a function that answers. */
export type MakePart<Setup, Question, Answer> = (setup: Setup) => (question: Question) => Answer;

/**
 * @param setups one a part, at least one; structured clones of all but the first go to threads
 * @param make the first part, here
 * @param file of a worker that calls `servePart` with the same `make`
 */
export function openParts<Setup, Question, Answer>(
  setups: readonly [Setup, ...Setup[]],
  make: MakePart<Setup, Question, Answer>,
  file: string,
): Parts<Question, Answer> {
  const [first, ...others] = setups;
  const own = make(first);
  const threads = others.map((setup) => new PartThread<Setup, Question, Answer>(file, setup));
  return {
    ask: async (question) => {
      const answers = threads.map((thread) => thread.ask(question));
      const here = own(question);
      return [here, ...(await Promise.all(answers))];
    },
    close: () => {
      for (const thread of threads) thread.close();
    },
  };
}

/** What a worker's file does, and all of it. */
export function servePart<Setup, Question, Answer>(make: MakePart<Setup, Question, Answer>): void {
  const answer = make(workerData as Setup);
  parentPort?.on("message", (question: Question) => parentPort?.postMessage(answer(question)));
}

class PartThread<Setup, Question, Answer> {
  readonly #worker: Worker;
  #resolve: (answer: Answer) => void = () => undefined;
  #reject: (cause: Error) => void = () => undefined;
  #failed: Error | null = null;

  constructor(file: string, setup: Setup) {
    this.#worker = new Worker(file, { workerData: setup });
    this.#worker.on("message", (answer: Answer) => this.#resolve(answer));
    this.#worker.on("error", (cause) => {
      this.#failed = new InternalError("a thread of a selection failed", { cause });
      this.#reject(this.#failed);
    });
  }

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#failed) reject(this.#failed);
      this.#resolve = resolve;
      this.#reject = reject;
      this.#worker.postMessage(question);
    });
  }

  close(): void {
    void this.#worker.terminate();
  }
}
