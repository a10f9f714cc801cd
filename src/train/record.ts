/**
 * Trains and records: the part that a new run and a resumed one share. Of each epoch it writes the state, the test
 * scores, and after the last one the model, and only then names the epoch as finished: a run whose planned epochs are all
 * finished is whole.
 */

import type { Effects } from "../core/effects.js";
import { InternalError, UserError } from "../core/errors.js";
import type { Dataset } from "../dataset/dataset.js";
import { ObservationBuffer } from "../run/collect.js";
import { deriveObservations } from "../run/observation.js";
import type { RunWriter } from "../run/writer.js";
import type { TrainingPlan } from "./plan.js";
import { TrainingProgress } from "./progress.js";
import { Stopped } from "../core/stop.js";
import { TestRecorder } from "./test-recorder.js";
import type { Epoch, TrainRequest, Training } from "./trainer.js";

export interface RecordRequest {
  readonly writer: RunWriter;
  readonly plan: TrainingPlan;
  /** null: it was stopped before it started. */
  readonly training: Training | null;
  readonly dataset: Dataset;
  readonly signal: AbortSignal | undefined;
  readonly effects: Effects;
}

/**
 * Starts the training of a plan: what is wrong with a model, a program or the data for them shows here, before a run is made.
 *
 * @param resume epochs that stand, and where their state is
 * @returns null where the signal came first
 */
export async function startPlanned(
  { plan, dataset, signal, effects }: Omit<RecordRequest, "writer" | "training">,
  resume?: TrainRequest["resume"],
): Promise<Training | null> {
  if (isAborted(signal)) return null;
  try {
    return await plan.trainer.start({
      train: dataset,
      tests: Object.fromEntries(plan.tests.map((test) => [test.name, test.dataset])),
      protocol: plan.protocol === "train-pass" ? "train-pass" : "epoch-end",
      seed: plan.seed,
      options: plan.options,
      resume,
      threads: plan.threads,
      signal,
      effects,
    });
  } catch (error) {
    if (isStop(error, signal)) return null;
    throw error;
  }
}

/** Trains the epochs that the run lacks. Returns `stopped` where the signal came before the last one was finished. */
export async function record(request: RecordRequest): Promise<"finished" | "stopped"> {
  const { training, signal } = request;
  if (training === null) return "stopped";
  try {
    return isAborted(signal) ? "stopped" : await recordEpochs(request, training);
  } catch (error) {
    if (isStop(error, signal)) return "stopped";
    throw error;
  }
}

/** What a training throws when it is told to stop is its own affair; what the user must know is not. */
function isStop(error: unknown, signal: AbortSignal | undefined): boolean {
  return isAborted(signal) && !(error instanceof UserError) && !(error instanceof InternalError);
}

async function recordEpochs(request: RecordRequest, training: Training): Promise<"finished" | "stopped"> {
  const { writer, plan, dataset, signal, effects } = request;
  const { planned, finished } = writer.manifest.epochs;
  const setting = { protocol: plan.protocol, folds: plan.folds, modelLabels: dataset.labelNames };
  const tests: TestRecorder[] = [];
  for (const test of plan.tests) tests.push(await TestRecorder.open(test, writer, setting));
  const progress = new TrainingProgress(effects, dataset, finished, planned);
  const complete = async (epoch: number, last: boolean): Promise<void> => {
    for (const test of tests) {
      await test.record(training, epoch, last);
      if (isAborted(signal)) throw new Stopped();
    }
    if (!last) return;
    const embeddings = await training.embeddings?.(dataset);
    if (embeddings) await writer.writeEmbeddings(embeddings);
    await writer.writeModel((folder) => training.saveModel(folder));
  };
  let failed = false;
  try {
    for await (const epoch of training.epochs()) {
      await recordEpoch(request, epoch, progress, complete);
      const stands = writer.manifest.epochs.finished;
      if (stands === planned) return await finish(request);
      if (isAborted(signal)) return "stopped";
    }
    if (isAborted(signal)) return "stopped";
    // The training ended early: now it is known which epoch was the last.
    const stands = writer.manifest.epochs.finished;
    if (stands === 0) throw new InternalError(`the ${plan.trainer.name} trainer gave no epoch`);
    await complete(stands - 1, true);
    await writer.setManifest({ epochs: { planned: stands } });
    return await finish(request);
  } catch (error) {
    failed = !(error instanceof Stopped);
    throw error;
  } finally {
    progress.end(failed);
  }
}

/** What resuming needs is large (of a transformer thrice its weights), and goes when nothing can be resumed any more. */
async function finish({ writer, plan, training }: RecordRequest): Promise<"finished"> {
  if (!canGrow(plan) || training?.ended === true) await writer.dropStates();
  return "finished";
}

/** Whether a run that is finished can be given more epochs. */
function canGrow({ trainer, options }: TrainingPlan): boolean {
  return options.steps === undefined && trainer.scheduleDependsOnEpochs?.(options) !== true;
}

async function recordEpoch(
  { writer, plan, dataset, signal }: RecordRequest,
  epoch: Epoch,
  progress: TrainingProgress,
  complete: (epoch: number, last: boolean) => Promise<void>,
): Promise<void> {
  progress.begin(epoch.epoch);
  const buffer = new ObservationBuffer({ size: dataset.size, what: epoch.epoch, ids: dataset.ids });
  for await (const batch of epoch.observations) {
    buffer.add(batch);
    progress.observed(batch);
    if (isAborted(signal)) throw new Stopped();
  }
  // A stopped training may just end its observations early.
  if (isAborted(signal)) throw new Stopped();
  const observations = deriveObservations(buffer.finish(), dataset.gold);
  const last = epoch.epoch === writer.manifest.epochs.planned - 1;
  if (plan.trainer.can.resume === "state" && (!last || canGrow(plan))) {
    await writer.saveState(epoch.epoch, (folder) => epoch.save(folder));
  }
  await complete(epoch.epoch, last);
  await writer.writeEpoch(epoch.epoch, observations, epoch.trainLoss());
}

/** A function: what a signal says changes between two looks. */
function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
