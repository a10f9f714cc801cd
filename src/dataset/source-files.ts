/** The files that paths, globs and standard input stand for: all there, readable, none twice. */

import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { open, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { literal, withDatabase } from "../core/duckdb.js";
import { UserError } from "../core/errors.js";
import type { SourceFile } from "./dataset.js";

/** An input, looked at but not yet read. */
export interface InputFile {
  /** As the user named it; `-` for standard input. */
  readonly path: string;
  /** Where its bytes lie. */
  readonly file: string;
  readonly folder: boolean;
  readonly bytes: number;
  readonly gzip: boolean;
  /** The first bytes, as they stand in the file. */
  readonly head: Buffer;
}

const headBytes = 65_536;

/**
 * @param scratch a folder for what standard input holds
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
  for (const path of expanded) {
    const input = path === "-" ? await spoolStandardInput(scratch) : await look(path);
    const key = path === "-" ? path : await realpath(path);
    if (seen.has(key)) {
      throw new UserError({ subject: path, problem: "named twice", remedy: "name each file once" });
    }
    seen.add(key);
    inputs.push(input);
  }
  return inputs;
}

/** Size and SHA-256 of the inputs' bytes. @throws UserError where a gzip stream does not end as it should */
export async function describeFiles(inputs: readonly InputFile[]): Promise<SourceFile[]> {
  return await Promise.all(
    inputs.map(async ({ path, file, bytes, gzip }) => {
      // A stream that is cut between two rows reads without complaint.
      if (gzip) await checkGzip(path, file);
      if (path === "-") return { path, bytes, sha256: null };
      const hash = createHash("sha256");
      await pipeline(createReadStream(file, { highWaterMark: 2 ** 20 }), hash);
      return { path, bytes, sha256: hash.digest("hex") };
    }),
  );
}

async function checkGzip(path: string, file: string): Promise<void> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  await pipeline(createReadStream(file), createGunzip(), nowhere).catch((cause: unknown) => {
    throw new UserError({
      subject: path,
      problem: "the gzip stream is damaged or cut short",
      remedy: "fetch or make it again",
      cause,
    });
  });
}

async function expand(path: string): Promise<string[]> {
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

async function look(path: string): Promise<InputFile> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const denied = cause.code === "EACCES" || cause.code === "EPERM";
    throw new UserError({
      subject: path,
      problem: denied ? "no permission to read it" : "no such file",
      remedy: denied ? "ask its owner, or change its mode" : "look at the path",
      cause,
    });
  });
  if (found.isDirectory())
    return { path, file: path, folder: true, bytes: 0, gzip: false, head: Buffer.alloc(0) };
  return await lookInside(path, path);
}

async function lookInside(path: string, file: string): Promise<InputFile> {
  const handle = await open(file, "r").catch((cause: unknown) => {
    throw new UserError({
      subject: path,
      problem: "no permission to read it",
      remedy: "ask its owner, or change its mode",
      cause,
    });
  });
  try {
    const { size } = await handle.stat();
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    const head = buffer.subarray(0, bytesRead);
    if (bytesRead === 0)
      throw new UserError({ subject: path, problem: "the file is empty", remedy: "give one with examples" });
    return { path, file, folder: false, bytes: size, gzip: head[0] === 0x1f && head[1] === 0x8b, head };
  } finally {
    await handle.close();
  }
}

async function spoolStandardInput(scratch: string): Promise<InputFile> {
  const file = join(scratch, "standard-input");
  await pipeline(process.stdin, createWriteStream(file));
  return await lookInside("-", file);
}
