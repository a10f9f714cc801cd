/**
 * Two kinds of failure. A `UserError` is something its reader can mend: one line, "subject: problem, offending value;
 * what to do", exit code 2. Everything else is a bug of ours: exit code 1, a stack, marked `internal:`.
 */

export interface UserErrorParts {
  /** What it is about: a file and line, an option, an example's id. */
  readonly subject: string;
  /** What is wrong, in a few words. */
  readonly problem: string;
  /** The offending value, as the user wrote it. Shown shortened. */
  readonly value?: unknown;
  /** What to do about it. */
  readonly remedy?: string | undefined;
  readonly cause?: unknown;
}

const longestValue = 120;

/** An error that the user can mend. Its message is one line. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly parts: UserErrorParts;

  constructor(parts: UserErrorParts) {
    const value = parts.value === undefined ? "" : `, ${showValue(parts.value)}`;
    const remedy = parts.remedy ? `; ${parts.remedy}` : "";
    super(
      oneLine(`${parts.subject}: ${parts.problem}${value}${remedy}`),
      parts.cause === undefined ? undefined : { cause: parts.cause },
    );
    this.parts = parts;
  }
}

/** A state that only a bug of ours can reach. */
export class InternalError extends Error {
  override readonly name = "InternalError";
  constructor(message: string, options?: ErrorOptions) {
    super(`internal: ${message}`, options);
  }
}

/** A value as an error shows it: strings quoted, anything long cut with an ellipsis. */
export function showValue(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

/** The candidate that is the fewest edits away from `word`, or null where none is near. For "did you mean". */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, " ");
}
