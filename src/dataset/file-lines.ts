/** A file's content and its lines, unzipped, in constant memory: for looking again at a file that cannot be read. */

import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { UserError } from "../core/errors.js";
import type { InputFile } from "./input-file.js";
import type { Encoding } from "./read-options.js";

/** The bytes of a file, unzipped. */
export function plainBytes({
  file,
  gzip,
}: Pick<InputFile, "file" | "gzip">): AsyncIterable<Buffer> & Readable {
  const bytes = createReadStream(file, { highWaterMark: 2 ** 20 });
  // The reader of the second stream hears of what went wrong in the first.
  return gzip ? pipeline(bytes, createGunzip(), () => undefined) : bytes;
}

export interface FileLine {
  /** Without the line's end. */
  readonly bytes: Buffer;
  /** False where the file ends within the line. */
  readonly ended: boolean;
}

/** The lines of a file, each ended by `\n`. */
export async function* fileLines(input: Pick<InputFile, "file" | "gzip">): AsyncGenerator<FileLine> {
  let begun: Buffer[] = [];
  for await (const chunk of plainBytes(input)) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      yield { bytes: Buffer.concat([...begun, chunk.subarray(from, end)]), ended: true };
      begun = [];
      from = end + 1;
    }
    begun.push(chunk.subarray(from));
  }
  const last = Buffer.concat(begun);
  if (last.length > 0) yield { bytes: last, ended: false };
}

/** What a text that holds a NUL is refused with: readers end fields and lines there, silently. */
export async function nulError(
  input: Pick<InputFile, "path" | "file" | "gzip">,
  encoding: Encoding = "utf-8",
): Promise<UserError> {
  let line = 1;
  for await (const { bytes } of fileLines(input)) {
    if (bytes.includes(0)) break;
    line++;
  }
  return new UserError({
    subject: `${input.path}, line ${line}`,
    problem: "holds a NUL byte, which no text has",
    remedy:
      encoding === "utf-8"
        ? "take it out, or give --encoding utf-16 where the file is UTF-16"
        : `take it out, or give another --encoding than ${encoding}`,
  });
}
