/** The maps that a study's models have of the whole training set, as far as a claim asks: read from the runs in the study's folder. */

import { literal } from "../../core/duckdb.js";
import type { Region } from "../../map/map.js";
import { withMap } from "../../map/read-map.js";
import { studyLayout } from "../folder/layout.js";
import type { StoredStudy } from "../folder/read-study.js";
import type { ArmSpec, StudySpec, TrainerSpec } from "../spec/spec.js";
import { canonical, type Plain } from "../plan/step.js";

/** What one replicate's map says of the training set. */
export interface MapFacts {
  /** Of all examples, how many the region holds; a share. */
  readonly share: number;
  /** Over the examples that have one. */
  readonly confidence: number;
}

/** A model of a study: its arm on the whole set, and its own maps. */
export interface ModelMaps {
  /** What the study calls its maps, else its trainer. */
  readonly model: string;
  /** Name of the arm that trains it on the whole set. */
  readonly arm: string;
  /** By replicate. */
  readonly maps: ReadonlyMap<number, MapFacts>;
}

/** A model's arm on the whole set, and where its maps lie. */
export interface ModelMapKeys extends Omit<ModelMaps, "maps"> {
  /** Keys by replicate. */
  readonly keys: ReadonlyMap<number, string>;
}

type Planned = Pick<StoredStudy["manifest"], "spec" | "arms" | "lines">;

/**
 * Each model that trains on the whole set, with the keys of its maps: those of its very options and of the replicate's own seed. Maps of the
 * seed that the cells train with, or of the first epochs only, are others.
 */
export function modelMapKeys({ spec, arms, lines }: Planned): ModelMapKeys[] {
  const whole = new Map<string, ArmSpec>();
  for (const arm of arms)
    if (arm.recipe === null)
      whole.set(trainerKey(arm.trainer, spec), whole.get(trainerKey(arm.trainer, spec)) ?? arm);
  return [...whole].map(([key, own]) => {
    const seen = arms.filter((arm) => arm.recipe !== null && isOwnMap(arm, key, spec));
    const names = new Set(seen.map(({ name }) => name));
    const keys = new Map<number, string>();
    for (const { arm, replicate, map } of lines)
      if (names.has(arm) && map !== null && !keys.has(replicate)) keys.set(replicate, map);
    const called = seen.flatMap(({ map }) => map?.name ?? [])[0];
    return { model: called ?? own.trainer?.name ?? spec.trainer.name ?? own.name, arm: own.name, keys };
  });
}

/** @throws UserError where a map is gone */
export async function readModelMaps(study: StoredStudy, region: Region): Promise<ModelMaps[]> {
  const models: ModelMaps[] = [];
  for (const { keys, ...model } of modelMapKeys(study.manifest)) {
    const maps = new Map<number, MapFacts>();
    for (const [replicate, key] of keys)
      maps.set(replicate, await factsOf(studyLayout.map(study.folder, key), region));
    models.push({ ...model, maps });
  }
  return models;
}

async function factsOf(run: string, region: Region): Promise<MapFacts> {
  return await withMap(run, async (database) => {
    const inside = `count(*) FILTER (WHERE region = ${literal(region)})`;
    const [row] = await database.rows(
      `SELECT ${inside} / count(*) AS share, avg(confidence)::DOUBLE AS confidence FROM map`,
    );
    return { share: Number(row?.["share"]), confidence: Number(row?.["confidence"] ?? NaN) };
  });
}

function isOwnMap({ map, trainer }: ArmSpec, key: string, spec: StudySpec): boolean {
  const source = { ...spec.map, ...map };
  const own = source.seed === undefined || source.seed === "own";
  return own && trainerKey(source.trainer ?? trainer, spec) === key;
}

function trainerKey(trainer: TrainerSpec | undefined, spec: StudySpec): string {
  const { name = spec.trainer.name, options = {} } = trainer ?? spec.trainer;
  return canonical({ name, options } as Plain);
}
