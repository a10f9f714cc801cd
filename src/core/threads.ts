/** Worker threads, and how many of them. */

import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

/** How many threads to use where the user says nothing. */
export function defaultThreads(): number {
  return availableParallelism();
}

/**
 * The file of a worker that stands beside the calling module.
 *
 * Tests run from `src/`, whose TypeScript a worker thread cannot load: they get the compiled sibling in `dist/`.
 *
 * @param name the worker's compiled file name, `./hash-worker.js`
 * @param caller the caller's `import.meta.url`
 */
export function workerFile(name: string, caller: string): string {
  const url = new URL(name, caller).href;
  return fileURLToPath(caller.endsWith(".ts") ? url.replace("/src/", "/dist/") : url);
}
