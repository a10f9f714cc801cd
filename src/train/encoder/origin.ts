/**
 * What a training began with beside the run's own examples: the checkpoint's files and the dev set's. A run that goes on has to find them as they
 * were, or its epochs would be of two models.
 */

import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../core/errors.js";
import type { Dataset } from "../../dataset/dataset.js";
import { fileChecksum } from "../../run/checksum.js";
import type { EncoderOptions } from "./options.js";

export const originSchema = z.object({
  /** SHA-256 over the names and checksums of the checkpoint's files. */
  checkpoint: z.string(),
  /** Over those of the dev set. null: there is none. */
  dev: z.string().nullable(),
});
export type Origin = z.infer<typeof originSchema>;

const readFromCheckpoint = /^(config|tokenizer|tokenizer_config)\.json$|\.safetensors(\.index\.json)?$/;

/** @param folder the checkpoint's */
export async function originOf(folder: string, dev: Dataset | null): Promise<Origin> {
  const names = (await readdir(folder)).filter((name) => readFromCheckpoint.test(name)).sort();
  const files: [string, string | null][] = [];
  for (const name of names) files.push([name, await fileChecksum(join(folder, name))]);
  return {
    checkpoint: checksumOf(files),
    dev: dev === null ? null : checksumOf(dev.sources.map(({ sha256 }, at) => [String(at), sha256])),
  };
}

/** @throws UserError where something is not what it was. Of a state that does not say what it began with, nothing is asked */
export async function checkOrigin(
  { model, dev }: EncoderOptions,
  began: Origin | undefined,
  present: () => Promise<Origin>,
): Promise<void> {
  if (began === undefined) return;
  const now = await present();
  for (const [part, subject] of [
    ["checkpoint", model],
    ["dev", `--dev ${dev ?? ""}`],
  ] as const) {
    if (began[part] === now[part]) continue;
    throw new UserError({
      subject,
      problem: "has changed since the run began, which cannot go on with it",
      remedy: "restore the files as they were, or train anew with --overwrite",
    });
  }
}

function checksumOf(files: readonly (readonly [name: string, checksum: string | null])[]): string {
  return createHash("sha256").update(JSON.stringify(files)).digest("hex");
}
