/** Inputs as the readers take them: UTF-8, all zipped or none. A copy is made only of what is otherwise. */

import { createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { UserError } from "../core/errors.js";
import { nulError, plainBytes } from "./file-lines.js";
import { copyError, unzippedHead, type InputFile } from "./input-file.js";
import type { Encoding } from "./read-options.js";

/**
 * Text inputs in UTF-8.
 *
 * @param scratch a folder for copies
 * @throws UserError where a file is not of the encoding, or holds a NUL
 */
export async function plainInputs(
  inputs: readonly InputFile[],
  encoding: Encoding,
  scratch: string,
): Promise<readonly InputFile[]> {
  const mixed = new Set(inputs.map((input) => input.gzip)).size > 1;
  if (encoding === "utf-8") return mixed ? await unzippedInputs(inputs, scratch) : inputs;
  return await Promise.all(
    inputs.map(async (input, index) => {
      let holdsNul = false;
      const recode = recoder(input, encoding);
      const plain = await copy(input, join(scratch, `plain-${index}.txt`), (chunk) => {
        const text = recode(chunk);
        holdsNul ||= text.includes(0);
        return text;
      });
      if (holdsNul) throw await nulError(plain, encoding);
      return plain;
    }),
  );
}

/** The same inputs, none of them zipped. */
export async function unzippedInputs(
  inputs: readonly InputFile[],
  scratch: string,
): Promise<readonly InputFile[]> {
  return await Promise.all(
    inputs.map(async (input, index) =>
      input.gzip ? await copy(input, join(scratch, `unzipped-${index}.bin`), asItIs) : input,
    ),
  );
}

/** The same inputs without byte order marks, which JSON has no place for. */
export async function withoutMarks(
  inputs: readonly InputFile[],
  scratch: string,
): Promise<readonly InputFile[]> {
  const marked = inputs.map((input) => unzippedHead(input).subarray(0, 3).toString("hex") === "efbbbf");
  if (!marked.includes(true)) return inputs;
  // A copy is not zipped: then none may be.
  return await Promise.all(
    inputs.map(async (input, index) =>
      marked[index] || input.gzip
        ? await copy(input, join(scratch, `unmarked-${index}.txt`), dropFirst(marked[index] ? 3 : 0))
        : input,
    ),
  );
}

/** Bytes to bytes, chunk by chunk; null ends the text. */
type Recoder = (chunk: Buffer | null) => Buffer;

const nothing = Buffer.alloc(0);
const asItIs: Recoder = (chunk) => chunk ?? nothing;

function dropFirst(bytes: number): Recoder {
  let left = bytes;
  return (chunk) => {
    const rest = chunk?.subarray(left) ?? nothing;
    left -= Math.min(left, chunk?.length ?? 0);
    return rest;
  };
}

function recoder(input: InputFile, encoding: Exclude<Encoding, "utf-8">): Recoder {
  const big = unzippedHead(input).subarray(0, 2).toString("hex") === "feff";
  const name = encoding === "latin-1" ? "windows-1252" : big ? "utf-16be" : "utf-16le";
  const decoder = new TextDecoder(name, { fatal: true });
  return (chunk) => {
    try {
      return Buffer.from(chunk === null ? decoder.decode() : decoder.decode(chunk, { stream: true }));
    } catch (cause) {
      throw new UserError({
        subject: input.path,
        problem: `not valid ${encoding === "utf-16" ? "UTF-16" : "Latin-1"}`,
        remedy: "give the right --encoding, or leave it out",
        cause,
      });
    }
  };
}

async function copy(input: InputFile, target: string, recode: Recoder): Promise<InputFile> {
  async function* recoded(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) yield recode(chunk);
    yield recode(null);
  }
  try {
    await pipeline(plainBytes(input), recoded, createWriteStream(target));
  } catch (cause) {
    throw copyError(input.path, cause);
  }
  return { ...input, file: target, gzip: false, head: await headOf(target) };
}

async function headOf(file: string): Promise<Buffer> {
  const handle = await open(file, "r");
  try {
    const length = 2 ** 22;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
