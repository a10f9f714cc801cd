/**
 * Options of a command as one typed table: a flag's name is its key (`textPair` is `--text-pair`), and the same entry gives the
 * parser, the help text and the page in `docs/cli.md`. A value is checked here, once, so that commands get plain data.
 */

import { nearest, UserError } from "../core/errors.js";

export interface Flag<T> {
  /** How the help shows the value, `<column>`; null for a flag that takes none. */
  readonly value: string | null;
  readonly help: string;
  readonly short?: string | undefined;
  /** Heading in the help. */
  readonly group?: string | undefined;
  /** May be given several times; the values come as an array. */
  readonly repeat?: boolean | undefined;
  /** From the text on the command line; `name` is the flag's, for messages. */
  readonly parse: (text: string, name: string) => T;
}

export type Flags = Readonly<Record<string, Flag<unknown>>>;

/** What a command gets: every flag that was given. */
export type Values<F extends Flags> = {
  readonly [K in keyof F]: (F[K] extends Flag<infer T> ? T : never) | undefined;
};

/** `textPair` -> `--text-pair` */
export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

type Extras = Pick<Flag<unknown>, "short" | "group">;

export function text(value: string, help: string, extras: Extras = {}): Flag<string> {
  return {
    value,
    help,
    ...extras,
    parse: (given, name) => {
      if (given === "")
        throw new UserError({ subject: name, problem: "needs a value", remedy: `give ${value}` });
      return given;
    },
  };
}

/** Given or not. */
export function toggle(help: string, extras: Extras = {}): Flag<true> {
  return { value: null, help, ...extras, parse: () => true };
}

/** Comma-separated; repeated flags add up. */
export function list(value: string, help: string, extras: Extras = {}): Flag<readonly string[]> {
  return {
    value,
    help,
    ...extras,
    parse: (given, name) => {
      const parts = given.split(",").map((part) => part.trim());
      if (parts.some((part) => part === "")) {
        throw new UserError({
          subject: name,
          problem: "has an empty entry",
          value: given,
          remedy: "separate by single commas",
        });
      }
      return parts;
    },
  };
}

export function oneOf<T extends string>(choices: readonly T[], help: string, extras: Extras = {}): Flag<T> {
  return {
    value: `<${choices.join("|")}>`,
    help,
    ...extras,
    parse: (given, name) => {
      const found = choices.find((choice) => choice === given);
      if (found !== undefined) return found;
      const near = nearest(given, choices);
      throw new UserError({
        subject: name,
        problem: "unknown value",
        value: given,
        remedy: `${near ? `did you mean ${near}? ` : ""}it takes ${choices.join(", ")}`,
      });
    },
  };
}

export interface Bounds {
  readonly min?: number;
  readonly max?: number;
  /** The value may not equal `min`. */
  readonly above?: boolean;
}

export function wholeNumber(
  value: string,
  help: string,
  bounds: Bounds = {},
  extras: Extras = {},
): Flag<number> {
  return {
    value,
    help,
    ...extras,
    parse: (given, name) => {
      if (!/^[+-]?\d+$/.test(given) || !Number.isSafeInteger(Number(given))) {
        throw new UserError({
          subject: name,
          problem: "not a whole number",
          value: given,
          remedy: `give ${range(bounds)}`,
        });
      }
      return bounded(Number(given), given, name, bounds);
    },
  };
}

export function number(value: string, help: string, bounds: Bounds = {}, extras: Extras = {}): Flag<number> {
  return {
    value,
    help,
    ...extras,
    parse: (given, name) => {
      const parsed = given.trim() === "" ? NaN : Number(given);
      if (!Number.isFinite(parsed)) {
        throw new UserError({
          subject: name,
          problem: "not a number",
          value: given,
          remedy: `give ${range(bounds)}`,
        });
      }
      return bounded(parsed, given, name, bounds);
    },
  };
}

/** Any other syntax. */
export function parsed<T>(
  value: string,
  help: string,
  parse: (text: string, name: string) => T,
  extras: Extras = {},
): Flag<T> {
  return { value, help, ...extras, parse };
}

/** The same flag, given any number of times. */
export function repeated<T>(flag: Flag<T>): Flag<readonly T[]> {
  return { ...flag, repeat: true } as unknown as Flag<readonly T[]>;
}

function bounded(parsed: number, given: string, name: string, bounds: Bounds): number {
  const { min = -Infinity, max = Infinity, above = false } = bounds;
  if (parsed < min || parsed > max || (above && parsed === min)) {
    throw new UserError({
      subject: name,
      problem: "out of range",
      value: given,
      remedy: `give ${range(bounds)}`,
    });
  }
  return parsed;
}

function range({ min, max, above }: Bounds): string {
  if (min !== undefined && max !== undefined)
    return `a number ${above ? `above ${min}` : `from ${min}`} to ${max}`;
  if (min !== undefined) return above ? `a number above ${min}` : `a number from ${min} up`;
  if (max !== undefined) return `a number up to ${max}`;
  return "a number";
}
