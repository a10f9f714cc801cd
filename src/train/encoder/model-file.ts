/** What a saved model says beside the checkpoint: `alidade.json`. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../core/errors.js";
import { writeFileAtomically } from "../../core/files.js";

const schema = z.object({
  task: z.enum(["classification", "choice"]),
  /** In the order of the outputs; for multiple choice the numbers of the choices. */
  labels: z.array(z.string()).min(2),
  maxLength: z.int().positive(),
});

export type Settings = z.infer<typeof schema>;

const fileName = "alidade.json";

export async function saveSettings(folder: string, settings: Settings): Promise<void> {
  await writeFileAtomically(join(folder, fileName), `${JSON.stringify(settings, null, 2)}\n`);
}

/** @throws UserError where it is missing or damaged */
export async function readSettings(folder: string): Promise<Settings> {
  const path = join(folder, fileName);
  try {
    return schema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    throw new UserError({
      subject: path,
      problem: "is missing or damaged: this is no model that the encoder trainer saved",
      remedy: "train again",
      cause,
    });
  }
}
