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

// As much as a core's own cache holds: a block is read, hashed and parsed without going to memory.
const blockBytes = 1 << 19;

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
  const hash = createHash("sha256");
  let total = 0;
  const count = (piece: Buffer): void => {
    total += piece.length;
    if (digest) hash.update(piece);
  };
  let buffer = Buffer.allocUnsafe(blockBytes + 1);
  let held = 0;
  const fill = isGzip(path) ? unzipper(path, count) : reader(path, count);
  try {
    for (;;) {
      if (held + 1 >= buffer.length) buffer = Buffer.concat([buffer], 2 * buffer.length);
      const taken = await fill.next(buffer.subarray(held, -1));
      if (taken === 0) break;
      const end = held + taken;
      const length = buffer.subarray(held, end).lastIndexOf(10) + 1 + held;
      if (length > held) {
        yield { bytes: buffer, length, last: false };
        buffer.copyWithin(0, length, end);
        held = end - length;
      } else held = end;
    }
  } finally {
    fill.close();
  }
  // A sentinel that no number and no word goes on with.
  buffer[held] = 10;
  yield { bytes: buffer, length: held, last: true };
  if (digest) Object.assign(digest, { bytes: total, sha256: hash.digest("hex") });
}

interface Filler {
  /** Puts the next bytes at the beginning of `room`. @returns how many, 0 at the end */
  next(room: Buffer): number | Promise<number>;
  close(): void;
}

/** @param count is told of all bytes that the file holds */
function reader(path: string, count: (piece: Buffer) => void): Filler {
  const file = openSync(path, "r");
  return {
    next: (room) => {
      const size = readSync(file, room);
      count(room.subarray(0, size));
      return size;
    },
    close: () => closeSync(file),
  };
}

function unzipper(path: string, count: (piece: Buffer) => void): Filler {
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  file.on("data", (piece) => count(piece as Buffer));
  const unzipped = createGunzip({ chunkSize: blockBytes });
  file.on("error", (error) => unzipped.destroy(error));
  const pieces = file.pipe(unzipped)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let piece: Buffer = Buffer.alloc(0);
  return {
    next: async (room) => {
      try {
        if (piece.length === 0) piece = ((await pieces.next()).value as Buffer | undefined) ?? piece;
      } catch (cause) {
        throw new UserError({
          subject: path,
          problem: `the gzip file is damaged or cut off: ${cause instanceof Error ? cause.message : String(cause)}`,
          remedy: "copy it again",
          cause,
        });
      }
      const size = piece.copy(room);
      piece = piece.subarray(size);
      return size;
    },
    close: () => {
      file.destroy();
      unzipped.destroy();
    },
  };
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
