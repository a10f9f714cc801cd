/** DuckDB's complaints about a file, as one line of ours: which file, which line, what to do. */

import { UserError } from "../core/errors.js";

/** @param names how the user called each file that was read, by its path on disk */
export function readError(cause: unknown, names: ReadonlyMap<string, string>): UserError {
  if (cause instanceof UserError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const file = [...names.keys()].find((path) => message.includes(path)) ?? [...names.keys()][0] ?? "";
  const path = names.get(file) ?? file;
  const line = /CSV Error on Line: (\d+)/.exec(message)?.[1] ?? /in line (\d+)/i.exec(message)?.[1] ?? null;
  const subject = line === null ? path : `${path}, line ${line}`;
  const original = /Original Line: (.*)/.exec(message)?.[1];
  const columns = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (columns) {
    return new UserError({
      subject,
      problem: `${columns[2]} fields, but the header has ${columns[1]}`,
      value: original,
      remedy: "mend the line, or give the right --delimiter",
      cause,
    });
  }
  if (/unterminated quote|not terminated|quote should be followed/i.test(message)) {
    return new UserError({
      subject,
      problem: "a quotation mark that opens or closes a field in the wrong place",
      value: original,
      remedy: "mend the line, or give --no-quotes where double quotes mean nothing",
      cause,
    });
  }
  if (/unicode|utf-?8|byte sequence|decod/i.test(message)) {
    return new UserError({
      subject,
      problem: "not valid UTF-8",
      remedy: "try --encoding latin-1 or --encoding utf-16",
      cause,
    });
  }
  if (/malformed json|invalid json|unexpected (character|end)|json/i.test(message)) {
    return new UserError({
      subject,
      problem: "not valid JSON",
      value: firstLine(message),
      remedy: "mend it, or fetch it again",
      cause,
    });
  }
  if (/gzip|zlib|inflate|compress/i.test(message)) {
    return new UserError({
      subject,
      problem: "the gzip stream is damaged or cut short",
      remedy: "fetch it again",
      cause,
    });
  }
  return new UserError({
    subject,
    problem: `cannot be read: ${firstLine(message)}`,
    remedy: "look at the file, or give its --format",
    cause,
  });
}

function firstLine(message: string): string {
  return (message.split("\n")[0] ?? "").replace(
    /^(Invalid Input|IO|Conversion|Binder|Parser|Catalog) Error: /,
    "",
  );
}
