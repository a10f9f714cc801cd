/** An input, looked at but not yet read. */

import { tmpdir } from "node:os";
import { constants, gunzipSync } from "node:zlib";
import { UserError } from "../core/errors.js";

export interface InputFile {
  /** As the user named it; `-` for standard input. */
  readonly path: string;
  /** Where its bytes lie: elsewhere for standard input, pipes, and what was unzipped or recoded. */
  readonly file: string;
  readonly folder: boolean;
  readonly bytes: number;
  readonly gzip: boolean;
  /** The first bytes, as they stand in the file. */
  readonly head: Buffer;
}

export function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** The beginning of a file, unzipped. @throws UserError where it is not gzip after all */
export function unzippedHead({ path, head, gzip }: Pick<InputFile, "path" | "head" | "gzip">): Buffer {
  if (!gzip) return head;
  try {
    // Z_SYNC_FLUSH gives what the first bytes of the file hold, without asking for its end.
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (cause) {
    throw damagedGzip(path, cause);
  }
}

export function damagedGzip(path: string, cause: unknown): UserError {
  return new UserError({
    subject: path,
    problem: "the gzip stream is damaged or cut short",
    remedy: "fetch or make it again",
    cause,
  });
}

/** What went wrong while a copy of an input was made, for its user where it is theirs to mend. */
export function copyError(path: string, cause: unknown): unknown {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code.startsWith("Z_")) return damagedGzip(path, cause);
  if (code !== "ENOSPC" && code !== "EDQUOT") return cause;
  return new UserError({
    subject: tmpdir(),
    problem: "no space is left for a temporary copy of the input",
    value: path,
    remedy: "free some, or set TMPDIR to a folder that has it",
    cause,
  });
}
