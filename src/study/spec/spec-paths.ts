/** Paths in a study's file: relative to it, with the environment's variables; and the ids in the files that arms exclude. */

import { existsSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { UserError } from "../../core/errors.js";
import { namesTable } from "../../dataset/file-extension.js";
import { readExcludedIds } from "../../select/excluded-ids.js";
import type { StudyFile } from "./spec-schema.js";
import type { YamlFile } from "./yaml-place.js";

/** @param at where it stands, for messages */
export function pathIn(file: YamlFile, given: string, at: readonly PropertyKey[]): string {
  const path = given.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? "";
    const value = process.env[name];
    if (value !== undefined && value !== "") return value;
    throw new UserError({
      subject: file.subject(at),
      problem: "names a variable that the environment has not",
      value: `$${name}`,
      remedy: `set it: ${name}=/where/it/is alidade study ...`,
    });
  });
  return isAbsolute(path) ? path : join(dirname(file.path), path);
}

/** By the paths as they are written. */
export type ExcludedIds = ReadonlyMap<string, readonly string[]>;

/** @throws UserError naming the line of the arm where a file cannot be read or holds no ids */
export async function excludedIds(file: YamlFile, { arms, data }: StudyFile): Promise<ExcludedIds> {
  const found = new Map<string, readonly string[]>();
  for (const [index, { exclude = [], excludeFile = [] }] of arms.entries()) {
    for (const id of exclude) refuseFile(file, id, ["arms", index, "exclude"]);
    const place = ["arms", index, "excludeFile"];
    for (const given of excludeFile) {
      if (found.has(given)) continue;
      try {
        found.set(given, await readExcludedIds(pathIn(file, given, place), data.id));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        const { subject, problem, value, remedy } = error.parts;
        throw new UserError({
          subject: file.subject(place),
          problem: `${subject}: ${problem}`,
          value,
          remedy,
          cause: error,
        });
      }
    }
  }
  return found;
}

/** An id that is the name of a table which is there was meant as a file. */
function refuseFile(file: YamlFile, id: string, place: readonly PropertyKey[]): void {
  if (!namesTable(id) && !/\.txt(\.gz)?$/i.test(id)) return;
  if (!existsSync(pathIn(file, id, place))) return;
  throw new UserError({
    subject: file.subject(place),
    problem: "exclude takes ids, and this is a file",
    value: id,
    remedy: `write excludeFile: ${id}`,
  });
}
