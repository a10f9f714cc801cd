/** How far a study is, arm by arm: from the plan's lines and what of them stands, failed or runs. Pure. */

import type { PlanLine } from "./plan.js";

export interface ArmProgress {
  readonly arm: string;
  readonly budget: "epochs" | "steps";
  readonly done: number;
  readonly failed: number;
  readonly running: number;
  readonly total: number;
}

export interface StudyProgress {
  readonly arms: readonly ArmProgress[];
  /** What the arms are there for, each once, whatever arms share: cells, or the selections of a study that trains none. */
  readonly cells: { readonly done: number; readonly failed: number; readonly total: number };
  readonly trains: boolean;
  /** Steps of all kinds that this plan has. */
  readonly steps: { readonly done: number; readonly failed: number; readonly total: number };
  /** Titles of the steps that run, and since when (milliseconds since 1970). */
  readonly running: readonly { readonly title: string; readonly since: number }[];
  /** Cells finished by this process, and how long it has run, in seconds. */
  readonly finishedNow: number;
  readonly elapsed: number;
  /** Seconds that are left at this rate; null where nothing is known. */
  readonly left: number | null;
}

export interface StepStates {
  readonly stands: (key: string) => boolean;
  readonly failed: (key: string) => boolean;
  readonly running: (key: string) => boolean;
}

/** A line's own step is its cell; where it has none, its selection. */
export function lineKey({ cell, selection, map }: PlanLine): string | null {
  return cell ?? selection ?? map;
}

/** The lines' own steps, each once: arms and budgets share cells. */
export function cellProgress(
  lines: readonly PlanLine[],
  { stands, failed }: Pick<StepStates, "stands" | "failed">,
): Pick<StudyProgress, "cells" | "trains"> {
  const keys = [...new Set(lines.map(lineKey))].filter((key) => key !== null);
  const done = keys.filter(stands).length;
  return {
    cells: { done, failed: keys.filter((key) => !stands(key) && failed(key)).length, total: keys.length },
    trains: lines.some(({ cell }) => cell !== null),
  };
}

export function armProgress(lines: readonly PlanLine[], states: StepStates): ArmProgress[] {
  const arms = new Map<string, { -readonly [K in keyof ArmProgress]: ArmProgress[K] }>();
  for (const line of lines) {
    const id = `${line.budget} ${line.arm}`;
    const { arm, budget } = line;
    const found = arms.get(id) ?? { arm, budget, done: 0, failed: 0, running: 0, total: 0 };
    arms.set(id, found);
    found.total++;
    const key = lineKey(line);
    if (key === null) continue;
    if (states.stands(key)) found.done++;
    else if (states.failed(key)) found.failed++;
    else if (states.running(key)) found.running++;
  }
  return [...arms.values()];
}
