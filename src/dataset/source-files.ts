/** The files that paths, globs and standard input stand for: all there, readable, none twice. */

import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { open, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { literal, withDatabase } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import type { SourceFile } from "./dataset.js";
import { nulError, plainBytes } from "./file-lines.js";
import { copyError, damagedGzip, isGzip, unzippedHead, type InputFile } from "./input-file.js";

const headBytes = 2 ** 16;
/** A header may be long: tables of embeddings have thousands of columns. */
const longestHead = 2 ** 22;

/**
 * @param scratch a folder for what standard input and pipes hold
 * @throws UserError where a file is missing, empty, unreadable or named twice, or a glob matches nothing
 */
export async function findInputs(paths: readonly string[], scratch: string): Promise<InputFile[]> {
  if (paths.length === 0) {
    throw new UserError({
      subject: "dataset",
      problem: "no file named",
      remedy: "name a file, or - for standard input",
    });
  }
  const expanded = (await Promise.all(paths.map(expand))).flat();
  const inputs: InputFile[] = [];
  const seen = new Set<string>();
  for (const [index, path] of expanded.entries()) {
    const key = path === "-" ? path : await realpath(path).catch(() => path);
    if (seen.has(key)) {
      throw new UserError({ subject: path, problem: "named twice", remedy: "name each file once" });
    }
    seen.add(key);
    const spooled = join(scratch, `spooled-${index}`);
    inputs.push(path === "-" ? await spool(path, process.stdin, spooled) : await look(path, spooled));
  }
  return inputs;
}

/**
 * Size and SHA-256 of the inputs' bytes.
 *
 * @param text whether the inputs are text of one byte a letter, which holds no NUL
 * @throws UserError where a gzip stream does not end as it should, or a text holds a NUL
 */
export async function describeFiles(inputs: readonly InputFile[], text: boolean): Promise<SourceFile[]> {
  return await Promise.all(
    inputs.map(async (input) => {
      const { path, file, bytes, gzip } = input;
      const hash = createHash("sha256");
      let holdsNul = false;
      const look = (chunk: Buffer): void => void (holdsNul ||= text && chunk.includes(0));
      // A stream that is cut between two rows reads without complaint.
      if (gzip) await unzipAll(input, look);
      for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
        hash.update(chunk);
        if (!gzip) look(chunk);
      }
      if (holdsNul) throw await nulError(input);
      // What came through a pipe cannot be read again, and need not be compared.
      return { path, bytes, sha256: file === path ? hash.digest("hex") : null };
    }),
  );
}

async function unzipAll(input: InputFile, look: (chunk: Buffer) => void): Promise<void> {
  try {
    for await (const chunk of plainBytes(input)) look(chunk);
  } catch (cause) {
    throw damagedGzip(input.path, cause);
  }
}

async function expand(path: string): Promise<string[]> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) {
    throw new UserError({
      subject: path,
      problem: "an address, and nothing is fetched",
      remedy: "download it, and name the file",
    });
  }
  if (path === "-" || !/[*?[]/.test(path) || (await stat(path).catch(() => null))) return [path];
  const rows = await withDatabase({ threads: 1 }, (database) =>
    database.rows(`SELECT file FROM glob(${literal(path)}) ORDER BY file`),
  );
  if (rows.length === 0) {
    throw new UserError({
      subject: path,
      problem: "matches no file",
      remedy: "look at the pattern and the folder",
    });
  }
  return rows.map((row) => String(row["file"]));
}

async function look(path: string, spooled: string): Promise<InputFile> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const denied = cause.code === "EACCES" || cause.code === "EPERM";
    throw denied
      ? notPermitted(path, cause)
      : new UserError({ subject: path, problem: "no such file", remedy: "look at the path", cause });
  });
  if (found.isDirectory())
    return { path, file: path, folder: true, bytes: 0, gzip: false, head: Buffer.alloc(0) };
  if (found.isFile()) return await lookInside(path, path);
  // A pipe, such as a shell's <(zcat a.gz), can be read only once.
  if (found.isFIFO()) return await spool(path, createReadStream(path), spooled);
  throw new UserError({
    subject: path,
    problem: "neither a file nor a pipe",
    remedy: "name a file, or - for standard input",
  });
}

async function lookInside(path: string, file: string): Promise<InputFile> {
  const handle = await open(file, "r").catch((cause: unknown) => {
    throw notPermitted(path, cause);
  });
  try {
    const { size } = await handle.stat();
    for (let length = headBytes; ; length *= 8) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, 0);
      const head = buffer.subarray(0, bytesRead);
      if (bytesRead === 0)
        throw new UserError({
          subject: path,
          problem: "the file is empty",
          remedy: "give one with examples",
        });
      const input = { path, file, folder: false, bytes: size, gzip: isGzip(head), head };
      if (
        bytesRead < length ||
        length >= longestHead ||
        /[\r\n]/.test(unzippedHead(input).toString("latin1"))
      )
        return input;
    }
  } finally {
    await handle.close();
  }
}

async function spool(path: string, bytes: Readable, file: string): Promise<InputFile> {
  await pipeline(bytes, createWriteStream(file)).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === "EACCES" ? notPermitted(path, cause) : copyError(path, cause);
  });
  return await lookInside(path, file);
}

function notPermitted(path: string, cause: unknown): UserError {
  return new UserError({
    subject: path,
    problem: "no permission to read it",
    remedy: "ask its owner, or change its mode",
    cause,
  });
}
