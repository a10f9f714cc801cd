/** Options of the command trainer. */

import { z } from "zod";
import { UserError } from "../../core/errors.js";
import { parseCommand, predictPlaceholders, trainPlaceholders } from "./template.js";

const command = (placeholders: readonly string[]) =>
  z.string().superRefine((template, context) => {
    try {
      parseCommand(template, placeholders);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const { problem, value, remedy } = error.parts;
      const shown = typeof value === "string" ? ` ${value}` : "";
      context.addIssue({ code: "custom", message: `${problem}${shown}${remedy ? ` (${remedy})` : ""}` });
    }
  });

export const commandOptions = z.strictObject({
  epochs: z.int().min(1).max(10_000).default(6).describe("passes over the dataset: what {epochs} becomes"),
  command: command(trainPlaceholders).describe(
    "the program that trains, such as 'python train.py --train {train} --out {out} --seed {seed}'",
  ),
  predictCommand: command(predictPlaceholders)
    .optional()
    .describe(
      "the program that predicts with what it saved in {model}, such as 'python predict.py --model {model} --data {test} --out {predictions}'",
    ),
  dev: z.string().min(1).optional().describe("a file of your own for {dev}, handed over as it is"),
  shell: z
    .boolean()
    .default(false)
    .describe("hand the command to sh -c; without it no shell is started, words are split at blanks"),
  programLimit: z
    .number()
    .min(0)
    .max(31_536_000)
    .default(0)
    .describe("seconds after which the program and all that it started are ended; 0: never"),
  workDir: z
    .string()
    .min(1)
    .optional()
    .describe("keep each training's files and log here (left out: a temporary folder, kept only on failure)"),
});

export type CommandOptions = z.infer<typeof commandOptions>;
