/** The model of a program: the files that it saved, and the command that predicts with them. */

import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../core/errors.js";

const description = z.strictObject({
  format: z.literal(1),
  labelNames: z.array(z.string()),
  predictCommand: z.string().nullable(),
  shell: z.boolean(),
  timeLimit: z.number(),
  /** The last epoch, 0-based. */
  epoch: z.int(),
});

export type ModelDescription = z.infer<typeof description>;

const file = "command.json";

/** @param saved the folder that the program saved into */
export async function saveModel(
  folder: string,
  saved: string,
  model: Omit<ModelDescription, "format">,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await cp(saved, filesOf(folder), { recursive: true, dereference: true });
  await writeFile(join(folder, file), `${JSON.stringify({ format: 1, ...model }, null, 2)}\n`);
}

/** @throws UserError where it is no such model */
export async function loadModel(folder: string): Promise<ModelDescription> {
  try {
    return description.parse(JSON.parse(await readFile(join(folder, file), "utf8")));
  } catch (cause) {
    throw new UserError({
      subject: join(folder, file),
      problem: "is no model of the command trainer",
      remedy: "restore it from a copy, or make the run anew",
      cause,
    });
  }
}

/** What {model} becomes for a saved model. */
export function filesOf(folder: string): string {
  return join(folder, "files");
}
