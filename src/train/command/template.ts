/**
 * A command as a template: words with placeholders, `python train.py --train {train}`. Words are split as a shell splits them
 * (blanks, quotes, backslashes), and a placeholder inside a word is replaced after that: a path with a blank stays one word.
 */

import { nearest, UserError } from "../../core/errors.js";

/** What a training command may use. */
export const trainPlaceholders = [
  "train",
  "dev",
  "observe",
  "test",
  "tests",
  "labels",
  "out",
  "model",
  "seed",
  "epochs",
  "protocol",
  "threads",
] as const;

/** What a predicting command may use. */
export const predictPlaceholders = ["test", "predictions", "labels", "model", "epoch", "threads"] as const;

/** A placeholder's value. Several: the word that is nothing else becomes so many words. */
export type Values = Readonly<Record<string, string | readonly string[]>>;

export interface CommandTemplate {
  readonly words: readonly string[];
  /** Placeholders that stand in it. */
  readonly uses: ReadonlySet<string>;
}

const placeholder = /\{\{|\}\}|\{([A-Za-z][\w-]*)\}/g;

/**
 * Splits a command into words and checks its placeholders. `{{` and `}}` stand for braces.
 *
 * @throws UserError where a quote stays open, no word is there, or a placeholder is unknown
 */
export function parseCommand(template: string, known: readonly string[]): CommandTemplate {
  const words = splitWords(template);
  if (words.length === 0) throw refused("names no program", undefined, "write the program and its arguments");
  const uses = new Set<string>();
  for (const [, name] of template.matchAll(placeholder)) {
    if (name === undefined) continue;
    if (!known.includes(name)) {
      const near = nearest(name, known);
      const list = known.map((one) => `{${one}}`).join(", ");
      throw refused(
        "unknown placeholder",
        `{${name}}`,
        near === null ? `there are ${list}` : `did you mean {${near}}?`,
      );
    }
    uses.add(name);
  }
  return { words, uses };
}

/** The program's words with every placeholder replaced. */
export function fillWords({ words }: CommandTemplate, values: Values): string[] {
  return words.flatMap((word) => {
    const alone = /^\{(\w[\w-]*)\}$/.exec(word)?.[1];
    const value = alone === undefined ? undefined : values[alone];
    return typeof value === "object" ? value : [fill(word, values, (text) => text)];
  });
}

/** A template for `sh -c` with every placeholder replaced by what the shell reads as that value. */
export function fillShell(template: string, values: Values): string {
  return fill(template, values, quoted);
}

function fill(text: string, values: Values, write: (value: string) => string): string {
  return text.replace(placeholder, (found, name: string | undefined) => {
    if (name === undefined) return found.charAt(0);
    const value = values[name] ?? "";
    return typeof value === "string" ? write(value) : value.map(write).join(" ");
  });
}

/** A word that the shell takes as it is; nothing added where nothing has to be. */
function quoted(value: string): string {
  return /^[\w./:=@%+,-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

/** Blanks part words; '...' and "..." hold them together; a backslash takes the next character as it is, but not in '...'. */
function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    const next = text.charAt(at + 1);
    if (character === "\\" && quote !== "'" && next !== "" && (quote === "" || /["\\]/.test(next))) {
      word = (word ?? "") + next;
      at++;
    } else if (quote !== "") {
      if (character === quote) quote = "";
      else word = (word ?? "") + character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= "";
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? "") + character;
  }
  if (quote !== "") throw refused("a quote is not closed", quote, "close it");
  if (word !== null) words.push(word);
  return words;
}

function refused(problem: string, value: string | undefined, remedy: string): UserError {
  return new UserError({ subject: "--command", problem, value, remedy });
}
