/** A step's own log: a file where anything was said, none where nothing was. */

import { appendFile, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Effects } from "../../core/effects.js";

export const silentProgress: Effects["progress"] = () => ({ update: () => undefined, end: () => undefined });

export function stepLog(path: string): Effects & { flush(): Promise<void> } {
  let failed: Error | null = null;
  let writing: Promise<void> = Promise.resolve();
  const line = (text: string): void => {
    writing = writing
      .then(async () => {
        await mkdir(dirname(path), { recursive: true });
        await appendFile(path, `${text}\n`);
      })
      .catch((error: unknown) => {
        failed ??= error as Error;
      });
  };
  const flush = async (): Promise<void> => {
    await writing;
    if (failed !== null) throw failed;
  };
  return { log: line, warn: (text) => line(`warning: ${text}`), progress: silentProgress, flush };
}
