/**
 * What lies in a run's folder and should not: leftovers of a killed writer, or a whole run that is to be overwritten.
 * Only names of our own layout are ever removed, and only from a folder that is recognisably a run.
 */

import { readdir, readFile, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { UserError } from "../core/errors.js";
import { layout, runEntries } from "./layout.js";
import { makeFolder } from "./make-folder.js";
import type { Manifest } from "./manifest.js";

/** Entries of a run's folder that a writer makes and may remove; never `verdicts.jsonl`, which people wrote. */
const ownEntries = runEntries.filter(
  (name) => ![layout.manifest, layout.verdicts].some((place) => basename(place("run")) === name),
);

const scratchName = basename(layout.scratch("run"));
const lockName = basename(layout.lock("run"));
const isLock = (name: string): boolean => name === lockName || name.startsWith(`${lockName}.`);

/** What a folder is, as far as a new run in it is concerned. */
export type FolderState = "free" | "begun" | "run" | "foreign";

/** Stands from before a writer touches anything until the manifest does. */
const mark = (folder: string): string => join(layout.scratch(folder), "begun");

/**
 * `free`: empty. `begun`: a writer was stopped there before its first file stood. `run`: a run, of whatever version.
 * `foreign`: anything else.
 */
export async function folderState(folder: string): Promise<{ state: FolderState; foreign: string | null }> {
  const entries = (await readdir(folder)).filter((name) => !isLock(name));
  if (entries.includes(basename(layout.manifest("run")))) {
    const text = await readFile(layout.manifest(folder), "utf8");
    return looksLikeManifest(text)
      ? { state: "run", foreign: null }
      : { state: "foreign", foreign: "run.json" };
  }
  if (await stat(mark(folder)).catch(() => null)) return { state: "begun", foreign: null };
  if (entries.length === 0) return { state: "free", foreign: null };
  // Killed between making the folder and marking it.
  const bare = entries.every((name) => name === scratchName);
  if (bare && (await entriesOf(layout.scratch(folder))).length === 0)
    return { state: "begun", foreign: null };
  return {
    state: "foreign",
    foreign: entries.find((name) => !ownEntries.includes(name)) ?? entries[0] ?? null,
  };
}

/** Marks a folder as a run's that has no manifest yet. */
export async function markBegun(folder: string): Promise<void> {
  await makeFolder(layout.scratch(folder));
  await writeFile(mark(folder), "");
}

/** Takes the mark away: the manifest stands. */
export async function unmarkBegun(folder: string): Promise<void> {
  await rm(mark(folder), { force: true });
}

function looksLikeManifest(text: string): boolean {
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === "object" && content !== null && "format" in content && "alidade" in content;
  } catch {
    return false;
  }
}

/**
 * Empties a run's folder. It has to be marked: a kill in between leaves it recognisable.
 *
 * @param keep what stays of `.tmp`. Default: nothing
 */
export async function removeRun(folder: string, keep: string | null = null): Promise<void> {
  await rm(layout.manifest(folder), { force: true });
  for (const name of ownEntries) await rm(join(folder, name), { recursive: true, force: true });
  for (const name of await readdir(layout.scratch(folder))) {
    const path = join(layout.scratch(folder), name);
    if (path !== mark(folder) && path !== keep) await rm(path, { recursive: true, force: true });
  }
}

/** @throws UserError where people have written verdicts into the run */
export async function refuseVerdicts(folder: string): Promise<void> {
  const verdicts = await readFile(layout.verdicts(folder), "utf8").catch(() => "");
  if (verdicts.trim() === "") return;
  throw new UserError({
    subject: folder,
    problem: "holds verdicts of a review in verdicts.jsonl, which --overwrite does not delete",
    remedy: "move that file away first, or give another -o",
  });
}

/** Removes everything of our layout that the manifest does not name. */
export async function removeLeftovers(folder: string, manifest: Manifest): Promise<void> {
  const named = new Set(Object.keys(manifest.checksums));
  const anyNamed = (prefix: string): boolean => [...named].some((path) => path.startsWith(prefix));
  await rm(layout.scratch(folder), { recursive: true, force: true });
  for (const place of [layout.examples, layout.map, layout.coordinates]) {
    if (!named.has(basename(place("run")))) await rm(place(folder), { force: true });
  }
  for (const place of [layout.dynamics, layout.states]) {
    const parent = basename(place("run"));
    for (const name of await entriesOf(place(folder))) {
      if (/^epoch=\d+$/.test(name) && !anyNamed(`${parent}/${name}/`)) {
        await rm(join(place(folder), name), { recursive: true, force: true });
      }
    }
    await rmdir(place(folder)).catch(() => undefined);
  }
  if (!anyNamed("model/")) await rm(layout.model(folder), { recursive: true, force: true });
  // A kill between a replacement and its name leaves predictions of every epoch that are whole, the new ones or the old: both hold the finished epochs.
  const kept = Object.entries(manifest.tests).flatMap(([name, { everyEpoch }]) =>
    everyEpoch === true ? [basename(layout.testPredictions("run", name))] : [],
  );
  for (const name of await entriesOf(layout.tests(folder))) {
    if (/\.(json|parquet)$/.test(name) && !named.has(`tests/${name}`) && !kept.includes(name)) {
      await rm(join(layout.tests(folder), name), { force: true });
    }
  }
}

async function entriesOf(folder: string): Promise<string[]> {
  return await readdir(folder).catch(() => []);
}
