/** A file, gzip or not, as blocks of whole lines in one reused buffer. */

import { createHash } from "node:crypto";
import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import { createGunzip } from "node:zlib";
import { UserError } from "../../core/errors.js";

export interface LineBlock {
  /** Whole lines, each with its line break; only the file's last line may lack one. Valid until the next block. */
  readonly bytes: Buffer;
  readonly length: number;
  /** Whether the file ends here. */
  readonly last: boolean;
}

const blockBytes = 1 << 22;

/** Size and SHA-256 of what was read, once it is read. */
export interface ReadDigest {
  bytes: number;
  sha256: string;
}

/**
 * Reads a file from its beginning to its end.
 *
 * @param digest filled in at the end with what the file's own (compressed) bytes are
 */
export async function* lineBlocks(path: string, digest?: ReadDigest): AsyncGenerator<LineBlock> {
  let buffer = Buffer.allocUnsafe(blockBytes + 1);
  let held = 0;
  for await (const piece of pieces(path, digest)) {
    let from = 0;
    while (from < piece.length) {
      if (held + 1 >= buffer.length) {
        const larger = Buffer.allocUnsafe(2 * buffer.length);
        buffer.copy(larger, 0, 0, held);
        buffer = larger;
      }
      const taken = piece.copy(buffer, held, from, Math.min(piece.length, from + buffer.length - 1 - held));
      from += taken;
      const end = held + taken;
      const breakAt = buffer.subarray(held, end).lastIndexOf(10);
      if (breakAt < 0 || (end + 1 < buffer.length && from === piece.length && taken < blockBytes / 4)) {
        held = end;
        continue;
      }
      const length = held + breakAt + 1;
      yield { bytes: buffer, length, last: false };
      buffer.copy(buffer, 0, length, end);
      held = end - length;
    }
  }
  // A sentinel that no number and no word goes on with.
  buffer[held] = 10;
  yield { bytes: buffer, length: held, last: true };
}

async function* pieces(path: string, digest: ReadDigest | undefined): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  let bytes = 0;
  const count = (piece: Buffer): void => {
    bytes += piece.length;
    if (digest) hash.update(piece);
  };
  if (isGzip(path)) {
    const file = createReadStream(path, { highWaterMark: 1 << 18 });
    file.on("data", (piece) => count(piece as Buffer));
    const unzipped = createGunzip({ chunkSize: 1 << 20 });
    file.on("error", (error) => unzipped.destroy(error));
    try {
      for await (const piece of file.pipe(unzipped)) yield piece as Buffer;
    } catch (cause) {
      throw new UserError({
        subject: path,
        problem: `the gzip file is damaged or cut off: ${cause instanceof Error ? cause.message : String(cause)}`,
        remedy: "copy it again",
        cause,
      });
    } finally {
      file.destroy();
    }
  } else {
    const file = openSync(path, "r");
    try {
      const piece = Buffer.allocUnsafe(blockBytes);
      for (let size = readSync(file, piece); size > 0; size = readSync(file, piece)) {
        const read = piece.subarray(0, size);
        count(read);
        yield read;
      }
    } finally {
      closeSync(file);
    }
  }
  if (digest) Object.assign(digest, { bytes, sha256: hash.digest("hex") });
}

/** By its first two bytes, whatever its name. */
export function isGzip(path: string): boolean {
  const file = openSync(path, "r");
  try {
    const magic = Buffer.alloc(2);
    return readSync(file, magic, 0, 2, 0) === 2 && magic[0] === 0x1f && magic[1] === 0x8b;
  } finally {
    closeSync(file);
  }
}
