/** Stopping in the middle of long loops, so that Ctrl-C is heard. */

import { setImmediate } from "node:timers/promises";

/** What long work throws when its signal says stop. Its caller looks at the signal, not at this. */
export class Stopped extends Error {
  override readonly name = "Stopped";
  constructor() {
    super("stopped");
  }
}

const longestMilliseconds = 40;

/** Lets signals and timers run now and then. Await `turn()` in a loop; it throws `Stopped` once the signal is aborted. */
export class Breather {
  readonly #signal: AbortSignal | undefined;
  #last = performance.now();

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  async turn(): Promise<void> {
    if (performance.now() - this.#last > longestMilliseconds) {
      await setImmediate();
      this.#last = performance.now();
    }
    if (this.#signal?.aborted === true) throw new Stopped();
  }
}
