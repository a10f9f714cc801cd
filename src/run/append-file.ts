/** A new file that grows at its end. */

import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";

/** Appends bytes to a file and knows where it is. */
export class Appender {
  position = 0;

  private constructor(private readonly handle: FileHandle) {}

  /** Hands an appender to `use` and closes the file, which must be new. It is complete, but not yet synced, when this returns. */
  static async toNewFile(path: string, use: (file: Appender) => Promise<void>): Promise<void> {
    const handle = await open(path, "wx");
    try {
      await use(new Appender(handle));
    } finally {
      await handle.close();
    }
  }

  async append(bytes: Uint8Array): Promise<void> {
    // A disk that fills takes a part and says so only at the next write.
    for (let done = 0; done < bytes.length;) {
      done += (await this.handle.write(bytes, done, bytes.length - done)).bytesWritten;
    }
    this.position += bytes.length;
  }
}
