/** The trainers' own options as flags, from their schemas: a trainer that comes later brings its flags along. */

import { z } from "zod";
import { UserError } from "../core/errors.js";
import { builtInTrainers } from "../train/registry.js";
import { parsed, toggle, type Flag, type Flags } from "./flags.js";

/** What the commands have flags of their own for. */
const shared = new Set(["epochs", "steps"]);

/** One flag for each option of any trainer; its help names the trainers that have it. */
export const trainerFlags: Flags = Object.fromEntries(
  optionNames().map((name): [string, Flag<unknown>] => {
    const fields = trainersWith(name).map(([trainer, field]) => {
      const fallback = defaultOf(field) as string | number | boolean | undefined;
      const shown = fallback === undefined || fallback === false ? "" : ` (default: ${String(fallback)})`;
      return `${trainer}: ${field.description ?? name}${shown}`;
    });
    const help = fields.join("; ");
    const group = { group: "Trainer" };
    const isToggle = trainersWith(name).every(([, field]) => defaultOf(field) === false);
    return [name, isToggle ? toggle(help, group) : parsed("<value>", help, parseValue, group)];
  }),
);

/** The given options of a trainer, for it to parse. */
export function trainerOptions(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = Object.keys(trainerFlags).filter((name) => values[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, values[name]]));
}

/** The options of a schema with what they mean and their defaults. */
export function optionLines(owner: { readonly options: z.ZodType }): { name: string; help: string }[] {
  return Object.entries(shapeOf(owner.options)).map(([name, field]) => {
    const fallback = defaultOf(field) as string | number | boolean | undefined;
    const shown = fallback === undefined ? "" : ` (default: ${String(fallback)})`;
    return { name, help: `${field.description ?? name}${shown}` };
  });
}

function optionNames(): string[] {
  const names = Object.values(builtInTrainers).flatMap((trainer) => Object.keys(shapeOf(trainer.options)));
  return [...new Set(names)].filter((name) => !shared.has(name));
}

function trainersWith(name: string): [string, z.ZodType][] {
  return Object.values(builtInTrainers).flatMap((trainer) => {
    const field = shapeOf(trainer.options)[name];
    return field === undefined ? [] : [[trainer.name, field] as [string, z.ZodType]];
  });
}

function shapeOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> {
  return schema instanceof z.ZodObject ? schema.shape : {};
}

function defaultOf(field: z.ZodType): unknown {
  const parsedDefault = field.safeParse(undefined);
  return parsedDefault.success ? parsedDefault.data : undefined;
}

/** Numbers as numbers; the schema says what else is allowed. A range such as 1-2 and a word stay text. */
function parseValue(text: string, name: string): unknown {
  if (text === "") throw new UserError({ subject: name, problem: "needs a value" });
  return text;
}

/** Turns texts into the types that a trainer's schema asks for. */
export function typedOptions(
  trainer: { readonly options: z.ZodType },
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const shape = shapeOf(trainer.options);
  return Object.fromEntries(
    Object.entries(given).map(([name, text]) => {
      const field = shape[name];
      return [name, typeof text === "string" && wantsNumber(field, text) ? Number(text) : text];
    }),
  );
}

/** A numeric option without a default is known by what it takes. */
function wantsNumber(field: z.ZodType | undefined, text: string): boolean {
  if (field === undefined || text.trim() === "" || Number.isNaN(Number(text))) return false;
  return (
    typeof defaultOf(field) === "number" ||
    (!field.safeParse(text).success && [0.5, 1].some((number) => field.safeParse(number).success))
  );
}
