/** Finds `dynamics_epoch_<e>.jsonl` among the given paths: a folder, one that holds `training_dynamics/`, or files. */

import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { UserError } from "../../core/errors.js";
import type { EpochFile } from "./read-epoch.js";

const namePattern = /^dynamics_epoch_(\d+)\.jsonl(\.gz)?$/;

export function isEpochFile(path: string): boolean {
  return namePattern.test(basename(path));
}

export interface FoundEpochs {
  /** One file an epoch, 0, 1, 2, ... */
  readonly files: readonly EpochFile[];
  /** Names that stand beside them and were not read. */
  readonly stray: readonly string[];
}

/** @throws UserError where there are none, or not all from 0 on */
export async function findEpochs(paths: readonly string[]): Promise<FoundEpochs> {
  const found: EpochFile[] = [];
  const stray: string[] = [];
  const take = (path: string): void => {
    const epoch = namePattern.exec(basename(path))?.[1];
    if (epoch === undefined) stray.push(basename(path));
    else found.push({ epoch: Number(epoch), path });
  };
  for (const path of paths) {
    if (!(await stat(path)).isDirectory()) take(path);
    else for (const name of await namesIn(path)) take(name);
  }
  const subject = paths.join(", ");
  if (found.length === 0) {
    throw new UserError({
      subject,
      problem: "holds no dynamics_epoch_<e>.jsonl",
      value: stray.length > 0 ? stray.slice(0, 5).join(", ") : undefined,
      remedy: "give the folder training_dynamics/ that was logged, or --format",
    });
  }
  found.sort((a, b) => a.epoch - b.epoch);
  const twice = found.find((file, place) => found[place + 1]?.epoch === file.epoch);
  if (twice) {
    const names = found.filter(({ epoch }) => epoch === twice.epoch).map(({ path }) => path);
    throw new UserError({
      subject,
      problem: `epoch ${twice.epoch} stands in more than one file, ${names.join(" and ")}`,
      remedy: "keep one of them",
    });
  }
  const last = found[found.length - 1]?.epoch ?? 0;
  const present = new Set(found.map(({ epoch }) => epoch));
  const missing: number[] = [];
  for (let epoch = 0; epoch <= last && missing.length < 5; epoch++)
    if (!present.has(epoch)) missing.push(epoch);
  if (missing.length > 0) {
    throw new UserError({
      subject,
      problem: `epoch ${missing.join(", ")} is missing (found ${found.map(({ epoch }) => epoch).join(", ")})`,
      remedy: `epochs count from 0: add dynamics_epoch_${missing[0]}.jsonl`,
    });
  }
  for (const { path } of found) {
    if (!(await stat(path)).isFile()) throw new UserError({ subject: path, problem: "is not a file" });
  }
  return { files: found, stray };
}

async function namesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).sort();
  const inner = "training_dynamics";
  if (!names.some(isEpochFile) && names.includes(inner)) {
    return (await readdir(join(folder, inner))).sort().map((name) => join(folder, inner, name));
  }
  return names.map((name) => join(folder, name));
}
