/** Goes on with a run: whatever stopped it, the files are in the end those of an undisturbed one. */

import { UserError } from "../core/errors.js";
import { quiet, type Effects } from "../core/effects.js";
import type { Dataset } from "../dataset/dataset.js";
import { readManifest } from "../run/manifest-file.js";
import type { Manifest } from "../run/manifest.js";
import { resumeRun } from "../run/open-writer.js";
import { layout } from "../run/layout.js";
import type { RunWriter } from "../run/writer.js";
import { parseOptions } from "./parse-options.js";
import { planTraining, storedTrainer } from "./plan.js";
import { record, startPlanned } from "./record.js";
import { findTrainer } from "./registry.js";
import { reopenTest } from "./reopen-test.js";
import type { RunReaders } from "./run-readers.js";
import type { TestSet, TrainResult } from "./train-options.js";
import type { Trainer } from "./trainer.js";

export interface ResumeTrainingOptions {
  /** More epochs than were planned. Default: as planned. */
  readonly epochs?: number | undefined;
  /** Where the run's trainer is not a built-in one. Default: the built-in one of its name. */
  readonly trainer?: Trainer | undefined;
  /** Test sets by name that come from no file, or whose files have moved. Default: read again from their files. */
  readonly tests?: Readonly<Record<string, Dataset>> | undefined;
  /** Takes the lock even from a process on another machine. Default: false. */
  readonly breakLock?: boolean | undefined;
  /** Stops after the last finished epoch; the run can be resumed. */
  readonly signal?: AbortSignal | undefined;
  readonly effects?: Effects | undefined;
}

/**
 * Trains the epochs that a run still lacks. The data comes from the run's own examples, options, seed and threads from its
 * manifest, test sets from their files. A run that is finished is left as it is, unless `epochs` asks for more.
 *
 * @throws UserError where there is no run, it was imported, its trainer cannot resume or is of another version, a test set's file
 *   is not what it was, fewer epochs are asked for, or more under a schedule that depends on their number
 */
export async function resumeWith(
  readers: RunReaders,
  folder: string,
  options: ResumeTrainingOptions = {},
): Promise<TrainResult> {
  const { breakLock, signal, effects = quiet } = options;
  const before = await readManifest(folder);
  const stored = trainerOf(folder, before);
  const trainer = resumable(folder, options.trainer ?? findTrainer(stored.name));
  const planned = plannedEpochs(folder, before, stored, trainer, options.epochs);
  if (before.epochs.finished === planned) {
    effects.log(`${folder}: all ${planned} epochs are finished, there is nothing to resume`);
    return { folder, manifest: before, outcome: "already-finished" };
  }
  checkVersion(folder, stored, trainer, effects);
  const writer = await resumeRun(folder, { plannedEpochs: planned, breakLock });
  const opened: Dataset[] = [];
  try {
    const { manifest } = writer;
    const dataset = await readers.examples(layout.examples(folder), manifest.dataset);
    opened.push(dataset);
    const tests: Record<string, TestSet> = {};
    for (const [name, stored] of Object.entries(manifest.tests)) {
      const given = options.tests?.[name];
      const reopened = given ?? (await reopenTest(readers, name, stored));
      if (given === undefined) opened.push(reopened);
      tests[name] = { dataset: reopened, mapLabels: stored.mapLabels, read: stored.read };
    }
    const plan = planTraining(dataset, {
      trainer,
      options: { ...stored.options, epochs: options.epochs ?? stored.options["epochs"] },
      protocol: manifest.protocol === "unknown" ? undefined : manifest.protocol,
      folds: stored.folds ?? undefined,
      seed: stored.seed,
      threads: stored.threads,
      logits: manifest.logits,
      tests,
      testEveryEpoch: Object.values(manifest.tests).some((test) => test.everyEpoch === true),
    });
    const { finished } = manifest.epochs;
    const folderOfState =
      trainer.can.resume === "state" && finished > 0 ? await stateOf(folder, writer) : null;
    const stands = finished > 0 ? { epochs: finished, folder: folderOfState } : undefined;
    const training = await startPlanned({ plan, dataset, signal, effects }, stands);
    try {
      // Not before it is known that they can be trained.
      if (training !== null && planned !== before.epochs.planned) {
        await writer.setManifest({ trainer: storedTrainer(plan), epochs: { planned } });
      }
      const outcome = await record({ writer, plan, training, dataset, signal, effects });
      return { folder, manifest: writer.manifest, outcome };
    } finally {
      await training?.close();
    }
  } finally {
    for (const one of opened) one.close();
    await writer.close();
  }
}

async function stateOf(folder: string, writer: RunWriter): Promise<string> {
  const state = await writer.stateFolder();
  if (state !== null) return state;
  throw new UserError({
    subject: folder,
    problem: "ended before its planned epochs, and no epoch can follow",
    remedy: "train anew with --overwrite",
  });
}

type StoredTrainer = NonNullable<Manifest["trainer"]>;

function trainerOf(folder: string, manifest: Manifest): StoredTrainer {
  if (manifest.trainer !== null) return manifest.trainer;
  throw new UserError({
    subject: folder,
    problem: "its dynamics were imported, there is no training to resume",
    remedy: "give the import again with --overwrite",
  });
}

function resumable(folder: string, trainer: Trainer): Trainer {
  if (trainer.can.resume !== null) return trainer;
  throw new UserError({
    subject: folder,
    problem: `the ${trainer.name} trainer cannot resume`,
    remedy: "train anew with --overwrite",
  });
}

/** An epoch of another algorithm would make a map of two. */
function checkVersion(folder: string, stored: StoredTrainer, trainer: Trainer, effects: Effects): void {
  const { name, version = 1 } = trainer;
  if (stored.version === version) return;
  if (stored.version === undefined) {
    const line = `the run does not say which version of the ${name} trainer began it; it goes on with version ${version}`;
    effects.warn(`${folder}: ${line}`);
    return;
  }
  throw new UserError({
    subject: folder,
    problem: `was begun by version ${stored.version} of the ${name} trainer, which version ${version} cannot go on with`,
    remedy: "train anew with --overwrite, or resume it with the version of Alidade that began it",
  });
}

function plannedEpochs(
  folder: string,
  { epochs: { planned } }: Manifest,
  stored: StoredTrainer,
  trainer: Trainer,
  asked: number | undefined,
): number {
  if (asked === undefined || asked === planned) return planned;
  if (typeof stored.options["steps"] === "number") {
    throw new UserError({
      subject: "--epochs",
      problem: `${folder} was planned for ${stored.options["steps"]} updates, not for epochs`,
      value: asked,
      remedy: "leave --epochs out, or make another run with -o",
    });
  }
  const parsed = parseOptions(trainer, { ...stored.options, epochs: asked });
  if (asked > planned && trainer.scheduleDependsOnEpochs?.(parsed) === true) {
    throw new UserError({
      subject: "--epochs",
      problem: `the run's schedule depends on its ${planned} epochs, which therefore cannot grow`,
      value: asked,
      remedy: `leave --epochs out, or make another run with -o`,
    });
  }
  if (asked < planned) {
    throw new UserError({
      subject: "--epochs",
      problem: `${folder} was planned for ${planned} epochs, they can only grow`,
      value: asked,
      remedy: "leave --epochs out, or make another run with -o",
    });
  }
  return asked;
}
