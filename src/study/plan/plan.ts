/**
 * From a spec and its described inputs to a plan: the graph of steps of a round. Pure; a step that two arms or budgets share stands
 * once. A line is a row of the results: it says which arm and replicate a cell answers for.
 */

import type { Recipe } from "../../select/recipe.js";
import { replicateSeeds, type ReplicateSeeds } from "./seeds.js";
import type { Round } from "./round.js";
import type { ArmSpec, Budget, MapSpec, StudySpec, TrainerSpec } from "../spec/spec.js";
import {
  stepKey,
  type CellStep,
  type MapStep,
  type Plain,
  type PlannedTrainer,
  type SelectionStep,
  type Step,
  type StepInputs,
} from "./step.js";

/** A file set, as far as what is learned from it depends on it. */
export interface DescribedData {
  /** SHA-256 of each file's bytes, in their order. */
  readonly content: readonly string[];
  /** The options and columns that it was read with. */
  readonly reading: Plain;
  readonly size: number;
  readonly labelNames: readonly string[];
}

export interface DescribedInputs {
  readonly data: DescribedData;
  /** By name. */
  readonly tests: Readonly<Record<string, DescribedData>>;
}

/** What a plan has to know of trainers and strategies. */
export interface Catalogue {
  /** The trainer with its defaults filled in. */
  trainer(spec: TrainerSpec): PlannedTrainer;
  strategy(name: string): {
    readonly version: number;
    readonly needsMap: boolean;
    /** It trains a model of its own. */
    readonly needsModel?: boolean;
  };
}

/** One row of the results for each of the cell's test sets. Lines without a cell only select. */
export interface PlanLine {
  readonly arm: string;
  readonly replicate: number;
  readonly budget: Budget;
  /** `map` is that of the arm's own source. */
  readonly seeds: ReplicateSeeds;
  /** What the map is called where it has a name of its own. */
  readonly mapName: string | null;
  /** Keys. */
  readonly map: string | null;
  readonly selection: string | null;
  readonly cell: string | null;
}

export interface StudyPlan {
  /** By key; each after those that it needs. */
  readonly steps: ReadonlyMap<string, Step>;
  /** Replicate by replicate, in the arms' order: what is finished early can be compared early. */
  readonly lines: readonly PlanLine[];
}

/** Raised whenever the same inputs give another record: training, scoring or what a record holds changed. */
const versions = { map: 1, selection: 1, cell: 1, steps: 2 } as const;

/** @param round the part of the grid; see `wholeGrid` */
export function planStudy(
  spec: StudySpec,
  inputs: DescribedInputs,
  catalogue: Catalogue,
  round: Round,
): StudyPlan {
  const steps = new Map<string, Step>();
  const lines: PlanLine[] = [];
  const add = <S extends Step>(step: S): S => {
    if (!steps.has(step.key)) steps.set(step.key, step);
    return step;
  };
  for (const replicate of round.replicates) {
    const seeds = replicateSeeds(spec, replicate);
    for (const arm of round.arms) {
      const source = { ...spec.map, ...arm.map };
      const mapSeed = seedOfMap(source, seeds);
      const trainer = catalogue.trainer(arm.trainer ?? spec.trainer);
      const where = `replicate ${replicate + 1}`;
      const looks = arm.recipe !== null && needsMap(arm.recipe, catalogue);
      const map = looks ? add(mapStep(arm, source, mapSeed, spec, inputs, catalogue, where)) : null;
      const selection =
        arm.recipe === null
          ? null
          : add(
              selectionStep(
                arm.name,
                { ...arm.recipe, seed: seeds.selection },
                map,
                needsModel(arm.recipe, catalogue) ? trainer : null,
                inputs,
                catalogue,
                where,
              ),
            );
      const budgets = arm.train === false ? spec.budgets.slice(0, 1) : spec.budgets;
      for (const budget of budgets) {
        const cell =
          arm.train === false
            ? null
            : add(
                cellStep(
                  arm.name,
                  trainer,
                  selection,
                  budget,
                  seeds.training,
                  inputs,
                  round.tests ?? spec.tests.map(({ name }) => name),
                  where,
                ),
              );
        lines.push({
          arm: arm.name,
          replicate,
          budget,
          seeds: { ...seeds, map: mapSeed },
          mapName: map === null ? null : (source.name ?? null),
          map: map?.key ?? null,
          selection: selection?.key ?? null,
          cell: cell?.key ?? null,
        });
      }
    }
  }
  return { steps, lines };
}

function seedOfMap({ seed = "own" }: MapSpec, seeds: ReplicateSeeds): number {
  if (seed === "own") return seeds.map;
  return seed === "training" ? seeds.training : seed;
}

/** Names of the strategies of a recipe. */
function strategiesOf({ by, mix = [] }: Omit<Recipe, "seed">): string[] {
  return [...new Set([by, ...mix.map((part) => part.by)])];
}

function needsMap(recipe: Omit<Recipe, "seed">, catalogue: Catalogue): boolean {
  return (
    recipe.within !== undefined ||
    (recipe.withoutSuspects ?? 0) > 0 ||
    strategiesOf(recipe).some((name) => catalogue.strategy(name).needsMap)
  );
}

function needsModel(recipe: Omit<Recipe, "seed">, catalogue: Catalogue): boolean {
  return strategiesOf(recipe).some((name) => catalogue.strategy(name).needsModel === true);
}

function mapStep(
  arm: ArmSpec,
  source: MapSpec,
  seed: number,
  spec: StudySpec,
  { data }: DescribedInputs,
  catalogue: Catalogue,
  where: string,
): MapStep {
  const trainer = catalogue.trainer(source.trainer ?? arm.trainer ?? spec.trainer);
  const { protocol = null, folds = null, name } = source;
  const inputs = {
    version: versions.map,
    ...dataInputs("training data", data),
    ...trainerInputs(trainer),
    protocol,
    folds,
    seed,
  };
  return {
    kind: "map",
    key: stepKey("map", inputs),
    title: `map${name === undefined ? "" : ` ${name}`}, ${where}`,
    inputs,
    needs: [],
    trainer,
    protocol,
    folds,
    seed,
  };
}

function selectionStep(
  arm: string,
  recipe: Recipe,
  map: MapStep | null,
  trainer: PlannedTrainer | null,
  { data }: DescribedInputs,
  catalogue: Catalogue,
  where: string,
): SelectionStep {
  const { seed, ...rest } = recipe;
  const strategies = strategiesOf(recipe).map((name): [string, Plain] => [
    `strategy ${name}`,
    catalogue.strategy(name).version,
  ]);
  const inputs = {
    version: versions.selection,
    ...(map === null ? dataInputs("training data", data) : { map: map.key }),
    ...Object.fromEntries(strategies),
    ...(trainer === null ? {} : trainerInputs(trainer)),
    recipe: rest as Plain,
    seed,
  };
  return {
    kind: "selection",
    key: stepKey("selection", inputs),
    title: `selection ${arm}, ${where}`,
    inputs,
    needs: map === null ? [] : [map.key],
    map: map?.key ?? null,
    trainer,
    recipe,
  };
}

function cellStep(
  arm: string,
  trainer: PlannedTrainer,
  selection: SelectionStep | null,
  asked: Budget,
  seed: number,
  { data, tests: described }: DescribedInputs,
  tests: readonly string[],
  where: string,
): CellStep {
  // Of the whole set both budgets are the same training.
  const budget = selection === null ? "epochs" : asked;
  const inputs = {
    version: versions.cell,
    ...dataInputs("training data", data),
    ...(selection === null ? {} : { selection: selection.key }),
    ...trainerInputs(trainer),
    budget,
    ...(budget === "steps" ? { "version of the budget": versions.steps } : {}),
    seed,
    ...testInputs(tests, described),
  };
  return {
    kind: "cell",
    key: stepKey("cell", inputs),
    title: `cell ${arm}${asked === "steps" ? ", by steps" : ""}, ${where}`,
    inputs,
    needs: selection === null ? [] : [selection.key],
    selection: selection?.key ?? null,
    trainer,
    seed,
    budget,
    tests,
  };
}

function testInputs(names: readonly string[], described: DescribedInputs["tests"]): StepInputs {
  return Object.fromEntries(
    names.flatMap((name) => {
      const test = described[name];
      return test === undefined ? [] : Object.entries(dataInputs(`test set ${name}`, test));
    }),
  );
}

function dataInputs(name: string, { content, reading }: DescribedData): StepInputs {
  return { [name]: content, [`columns of the ${name}`]: reading };
}

function trainerInputs({ name, version, options }: PlannedTrainer): StepInputs {
  return {
    trainer: name,
    "version of the trainer": version,
    ...Object.fromEntries(Object.entries(options).map(([option, value]) => [`option ${option}`, value])),
  };
}
