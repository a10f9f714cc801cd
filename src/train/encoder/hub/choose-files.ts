/** Which of a hub model's files are fetched: the configuration, the tokenizer's files and the safetensors, nothing else. */

import { UserError } from "../../../core/errors.js";
import { tokenizerFiles } from "../checkpoint/save.js";

/** A file of the hub, and how it is checked. */
export interface HubFile {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of a large file's bytes, else the SHA-1 that git gives a blob. Hexadecimal. */
  readonly hash: { readonly kind: "sha256" | "git"; readonly value: string };
}

const weights = /^model(-\d{5}-of-\d{5})?\.safetensors$|^model\.safetensors\.index\.json$/;

/**
 * The files to fetch, small ones first: what is wrong with a model shows before its weights are fetched.
 *
 * @param subject the model, for messages
 * @throws UserError where one that is needed is not there
 */
export function chooseFiles(files: readonly HubFile[], subject: string): HubFile[] {
  const there = new Set(files.map(({ path }) => path));
  const lacks = (name: string, remedy: string): UserError =>
    new UserError({ subject, problem: `the model has no ${name}`, remedy });
  if (!there.has("config.json"))
    throw lacks("config.json", "it is not a transformers checkpoint: take another model");
  if (!there.has("tokenizer.json")) {
    throw lacks(
      "tokenizer.json",
      "save it once with transformers' AutoTokenizer.from_pretrained(...).save_pretrained(folder), and give the folder",
    );
  }
  const whole = there.has("model.safetensors");
  if (!whole && !there.has("model.safetensors.index.json")) {
    const pickled = there.has("pytorch_model.bin") ? " (only pytorch_model.bin)" : "";
    throw lacks(
      `model.safetensors${pickled}`,
      "save it once with transformers' save_pretrained(folder), which writes one, and give the folder",
    );
  }
  const wanted = new Set<string>(["config.json", ...tokenizerFiles]);
  return files
    .filter(({ path }) => (weights.test(path) ? (path === "model.safetensors") === whole : wanted.has(path)))
    .sort((a, b) => a.bytes - b.bytes || (a.path < b.path ? -1 : 1));
}
