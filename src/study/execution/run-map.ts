/** Makes a map: a run in the study's folder, which every command that reads runs can open. Its coordinates are computed when it is published. */

import { layout } from "../../run/layout.js";
import { lockHolder } from "../../run/lock.js";
import { openRun } from "../../run/reader.js";
import { findTrainer } from "../../train/registry.js";
import { resumeTraining } from "../../train/resume.js";
import { train } from "../../train/train.js";
import type { Holdings } from "./holdings.js";
import type { StepSetting } from "./step-setting.js";
import { studyLayout } from "../folder/layout.js";
import type { MapRecord } from "../folder/record.js";
import type { MapStep } from "../plan/step.js";

const longestWaitMs = 30_000;

/** Trains; the record's seconds are those of the training alone. */
export async function trainMap(
  step: MapStep,
  { folder: study, inputs, threads }: Holdings,
  { signal, effects }: StepSetting,
): Promise<{ record: Omit<MapRecord, "started" | "host"> }> {
  const folder = studyLayout.map(study, step.key);
  await waitForLock(layout.lock(folder));
  const began = performance.now();
  const trainer = findTrainer(step.trainer.name);
  const begun = await openRun(folder).catch(() => null);
  if (begun !== null && trainer.can.resume !== null) {
    if (begun.manifest.epochs.finished < begun.manifest.epochs.planned)
      await resumeTraining(folder, { signal, effects });
  } else {
    await train(inputs.dataset, {
      out: folder,
      trainer,
      options: step.trainer.options,
      protocol: step.protocol ?? undefined,
      folds: step.folds ?? undefined,
      seed: step.seed,
      threads,
      logits: "none",
      overwrite: true,
      signal,
      effects,
    });
  }
  signal.throwIfAborted();
  // What an interrupted training took before counts too.
  const { manifest } = await openRun(folder);
  const seconds = Math.max(manifest.times.seconds, (performance.now() - began) / 1000);
  return { record: { kind: "map", key: step.key, seconds, trainSeconds: seconds } };
}

/** A worker whose study was killed may still be letting go. */
async function waitForLock(path: string): Promise<void> {
  const until = Date.now() + longestWaitMs;
  while (Date.now() < until && (await lockHolder(path, path).catch(() => null)) !== null) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
