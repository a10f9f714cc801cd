/** Options of a trainer, or of something else that has a schema of them, from what a user wrote. */

import { z } from "zod";
import { nearest, UserError } from "../core/errors.js";

/** What has options. */
export interface Configurable<Options = unknown> {
  readonly name: string;
  readonly options: z.ZodType<Options>;
}

/**
 * Parses and defaults the options.
 *
 * @param kind what it is, for messages
 * @throws UserError naming the first option that is unknown or out of range
 */
export function parseOptions<Options>(
  trainer: Configurable<Options>,
  given: Readonly<Record<string, unknown>> = {},
  kind = "trainer",
): Options {
  const known = optionNames(trainer);
  // An option that is there and undefined was not given.
  const raw = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const unknown = Object.keys(raw).find((name) => known !== null && !known.includes(name));
  if (unknown !== undefined) throw unknownOption(`${trainer.name} ${kind}`, unknown, known ?? []);
  const parsed = trainer.options.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = issue?.path.map(String).join(".") ?? "";
  const value = issue?.path.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined,
    raw,
  );
  throw new UserError({
    subject: name === "" ? `options of the ${trainer.name} ${kind}` : `${trainer.name} option ${name}`,
    problem: issue === undefined ? "not valid" : value === undefined ? "is needed" : problemOf(issue),
    value: typeof value === "object" && value !== null ? JSON.stringify(value) : (value ?? undefined),
    remedy: `it is: ${describe(trainer, name)}`,
  });
}

/** Names of its options; null where its schema is no plain object. */
export function optionNames(trainer: Pick<Configurable, "options">): string[] | null {
  return trainer.options instanceof z.ZodObject ? Object.keys(trainer.options.shape) : null;
}

function unknownOption(owner: string, name: string, known: readonly string[]): UserError {
  const near = nearest(name, known);
  return new UserError({
    subject: `options of the ${owner}`,
    problem: "unknown option",
    value: name,
    remedy:
      near !== null
        ? `did you mean ${near}?`
        : known.length > 0
          ? `it takes ${known.join(", ")}`
          : "it takes none",
  });
}

function problemOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "too_small":
      return `must be ${issue.inclusive === false ? "above" : "at least"} ${issue.minimum}`;
    case "too_big":
      return `must be ${issue.inclusive === false ? "below" : "at most"} ${issue.maximum}`;
    case "invalid_type":
      return issue.expected === "int" ? "must be a whole number" : `must be a ${issue.expected}`;
    case "invalid_value":
      return `must be one of ${issue.values.map(String).join(", ")}`;
    default:
      return issue.message;
  }
}

function describe(trainer: Pick<Configurable, "options">, name: string): string {
  const shape: unknown = trainer.options instanceof z.ZodObject ? trainer.options.shape : {};
  const field = (shape as Record<string, unknown>)[name];
  return (field instanceof z.ZodType ? field.description : undefined) ?? "see the trainer's options";
}
