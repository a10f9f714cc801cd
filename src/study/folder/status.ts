/** How far a study is, from its folder alone; also while it runs. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { lockHolder } from "../../run/lock.js";
import { studyLayout } from "./layout.js";
import { openStudyManifest } from "./manifest.js";
import { armProgress, type ArmProgress } from "../plan/progress.js";

export interface StudyStatus {
  readonly name: string;
  readonly state: "running" | "finished" | "stopped";
  readonly arms: readonly ArmProgress[];
  readonly steps: { readonly done: number; readonly failed: number; readonly total: number };
  readonly running: readonly { readonly title: string; readonly seconds: number }[];
  /** Seconds; null where it does not run, or nothing is known. */
  readonly left: number | null;
  readonly failures: readonly {
    readonly title: string;
    readonly reason: string;
    readonly attempts: number;
  }[];
  /** What goes on with it. */
  readonly command: string;
}

interface RunningFile {
  readonly time: number;
  readonly left: number | null;
  readonly running: readonly { readonly title: string; readonly since: number }[];
}

/** @throws UserError where the folder holds no study */
export async function studyStatus(folder: string): Promise<StudyStatus> {
  const manifest = await openStudyManifest(folder);
  const alive = (await lockHolder(studyLayout.lock(folder), folder)) !== null;
  const now = alive ? await readJson<RunningFile>(studyLayout.running(folder)) : null;
  const stands = await recordsIn(folder);
  const failures = await readFailures(folder, new Set(manifest.steps.map(({ key }) => key)));
  const failed = new Set(failures.map(({ key }) => key));
  const running = new Set(now?.running.map(({ title }) => title));
  const titles = new Map(manifest.steps.map(({ key, title }) => [key, title]));
  const done = manifest.steps.filter(({ key }) => stands.has(key)).length;
  const broken = manifest.steps.filter(({ key }) => failed.has(key) && !stands.has(key)).length;
  return {
    name: manifest.spec.name,
    state: alive ? "running" : done === manifest.steps.length ? "finished" : "stopped",
    arms: armProgress(manifest.lines, {
      stands: (key) => stands.has(key),
      failed: (key) => failed.has(key),
      running: (key) => running.has(titles.get(key) ?? ""),
    }),
    steps: { done, failed: broken, total: manifest.steps.length },
    running: (now?.running ?? []).map(({ title, since }) => ({
      title,
      seconds: Math.max(0, Date.now() - since) / 1000,
    })),
    left: now?.left ?? null,
    failures: failures.map(({ title, attempts }) => ({
      title,
      reason: attempts.at(-1)?.reason ?? "",
      attempts: attempts.length,
    })),
    command: manifest.command,
  };
}

/** Keys of the records that stand. */
async function recordsIn(folder: string): Promise<Set<string>> {
  const keys = new Set<string>();
  for (const place of [studyLayout.maps, studyLayout.selections, studyLayout.cells]) {
    const names = await readdir(place(folder)).catch(() => [] as string[]);
    for (const name of names) if (name.endsWith(".json")) keys.add(name.slice(0, -".json".length));
  }
  return keys;
}

export interface StoredFailure {
  readonly key: string;
  readonly title: string;
  readonly attempts: readonly { readonly reason: string; readonly time: string }[];
}

/** Failures of the steps of a plan. */
export async function readFailures(folder: string, keys: ReadonlySet<string>): Promise<StoredFailure[]> {
  const names = await readdir(studyLayout.failures(folder)).catch(() => [] as string[]);
  const failures: StoredFailure[] = [];
  for (const name of names.sort()) {
    const failure = await readJson<StoredFailure>(join(studyLayout.failures(folder), name));
    if (failure !== null && keys.has(failure.key)) failures.push(failure);
  }
  return failures;
}

async function readJson<T>(path: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as T;
  } catch {
    return null;
  }
}
