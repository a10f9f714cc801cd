/** SHA-256 of a file's bytes. */

import { createHash } from "node:crypto";
import { open } from "node:fs/promises";

const blockBytes = 1 << 20;

/** Hexadecimal SHA-256 of a file, read in blocks. */
export async function fileChecksum(path: string): Promise<string> {
  const hash = createHash("sha256");
  const handle = await open(path, "r");
  try {
    const block = Buffer.allocUnsafe(blockBytes);
    for (;;) {
      const { bytesRead } = await handle.read(block, 0, blockBytes);
      if (bytesRead === 0) return hash.digest("hex");
      hash.update(block.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}
