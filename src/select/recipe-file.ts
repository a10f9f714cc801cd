/** The recipe beside a subset: all that is needed to take the same examples again, and to see from which run they are. */

import { UserError } from "../core/errors.js";
import { writeFileAtomically } from "../core/files.js";
import { version } from "../core/version.js";
import { fileChecksum } from "../run/checksum.js";
import { layout } from "../run/layout.js";
import { openRun } from "../run/reader.js";
import type { Recipe } from "./recipe.js";
import { findStrategy } from "./registry.js";
import type { Notes, Selection } from "./selection.js";

export interface RecipeRecord {
  readonly format: 1;
  readonly recipe: Recipe;
  /** Examples taken. */
  readonly n: number;
  readonly notes: Notes;
  readonly run: {
    readonly folder: string;
    readonly dataset: string;
    readonly size: number;
    readonly protocol: string;
    readonly trainer: string | null;
    readonly seed: number | null;
    /** SHA-256 of the examples and of the map that was selected by. */
    readonly examples: string | null;
    readonly map: string;
  };
  readonly versions: {
    readonly alidade: string;
    readonly strategies: Readonly<Record<string, number>>;
  };
  /** As it can be given to a shell; null where a program called the library. */
  readonly command: string | null;
}

/** What is written of a selection. The same selection gives the same record. */
export async function recipeRecord(
  folder: string,
  { rows, recipe, notes }: Selection,
  command: string | null = null,
): Promise<RecipeRecord> {
  const { manifest } = await openRun(folder);
  const strategies = [recipe.by, ...(recipe.mix ?? []).map(({ by }) => by)];
  return {
    format: 1,
    recipe,
    n: rows.length,
    notes,
    run: {
      folder,
      dataset: manifest.dataset.name,
      size: manifest.dataset.size,
      protocol: manifest.protocol,
      trainer: manifest.trainer?.name ?? null,
      seed: manifest.trainer?.seed ?? null,
      examples: manifest.checksums["examples.parquet"] ?? null,
      map: await fileChecksum(layout.map(folder)),
    },
    versions: {
      alidade: version,
      strategies: Object.fromEntries(strategies.map((name) => [name, findStrategy(name).version])),
    },
    command,
  };
}

/** Where a subset's recipe stands. */
export function recipePath(subset: string): string {
  return `${subset}.recipe.json`;
}

/** Writes it, whole or not at all. */
export async function writeRecipe(path: string, record: RecipeRecord): Promise<void> {
  try {
    await writeFileAtomically(path, `${JSON.stringify(record, null, 2)}\n`);
  } catch (cause) {
    throw new UserError({
      subject: path,
      problem: `cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy: "choose another place",
      cause,
    });
  }
}
