/** What the operating system, or DuckDB on its behalf, says of a disk, as one line for the user. */

import { UserError } from "../core/errors.js";

const conditions: readonly { codes: RegExp; text: RegExp; problem: string; remedy: string }[] = [
  {
    codes: /^(ENOSPC|EDQUOT)$/,
    text: /no space left on device|disk quota exceeded/i,
    problem: "the disk is full",
    remedy: "free some space; what was finished is intact",
  },
  {
    codes: /^EROFS$/,
    text: /read-only file system/i,
    problem: "the file system is read-only",
    remedy: "choose a folder that can be written to",
  },
  {
    codes: /^(EACCES|EPERM)$/,
    text: /permission denied|operation not permitted/i,
    problem: "no permission",
    remedy: "check who owns it, or choose another folder",
  },
  {
    // Of folders that are made: something of that name is there, and is none.
    codes: /^(ENOTDIR|EEXIST)$/,
    text: /not a directory/i,
    problem: "a part of this path is a file, not a folder",
    remedy: "choose another folder",
  },
  {
    codes: /^ENAMETOOLONG$/,
    text: /file name too long/i,
    problem: "the path is too long",
    remedy: "choose a shorter one",
  },
];

/** A failed disk operation as a `UserError` about `subject`; any other error as it is. */
export function diskError(error: unknown, subject: string): unknown {
  if (!(error instanceof Error) || error instanceof UserError) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : null;
  const known = conditions.find(({ codes, text }) =>
    code === null ? text.test(error.message) : codes.test(code),
  );
  if (!known) return error;
  return new UserError({ subject, problem: known.problem, remedy: known.remedy, cause: error });
}

/** Runs a disk operation; see `diskError`. */
export async function withDiskErrors<T>(subject: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw diskError(error, subject);
  }
}
