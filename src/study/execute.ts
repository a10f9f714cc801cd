/** Runs the steps of a plan that do not stand yet, in worker processes. What stands afterwards stands on disk. */

import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "../core/errors.js";
import { writeFileAtomically } from "../core/files.js";
import { withDiskErrors } from "../run/disk-error.js";
import { Agenda } from "./agenda.js";
import { studyLayout } from "./layout.js";
import type { StudyPlan } from "./plan.js";
import { readRecord, type StepRecord } from "./record.js";
import type { ExecutionSpec } from "./spec.js";
import type { Step } from "./step.js";
import type { WorkerProcess } from "./worker-process.js";

export interface ExecuteRequest {
  readonly folder: string;
  readonly plan: StudyPlan;
  /** As many of them as there are steps get some. Who made them ends them. */
  readonly workers: readonly WorkerProcess[];
  readonly execution: ExecutionSpec;
  readonly signal: AbortSignal | undefined;
  /** After every change of what stands, failed or runs. */
  onChange(state: {
    readonly agenda: Agenda;
    readonly records: ReadonlyMap<string, StepRecord>;
  }): Promise<void>;
}

export interface Executed {
  /** By key: all that stand. */
  readonly records: ReadonlyMap<string, StepRecord>;
  /** Why steps failed for good, by key. */
  readonly failed: ReadonlyMap<string, string>;
  /** Whether the signal came before everything was done. */
  readonly stopped: boolean;
}

/** @throws UserError where the disk is full, or the workers cannot read the data; what was finished stands */
export async function executePlan(request: ExecuteRequest): Promise<Executed> {
  const { folder, plan, execution, signal } = request;
  const records = await standingRecords(folder, plan);
  const agenda = new Agenda(plan.steps.values(), records.keys(), execution.retries);
  const run = new Execution(request, agenda, records);
  const workers = request.workers.slice(0, Math.max(1, plan.steps.size - records.size));
  const wake = (): void => run.wake();
  signal?.addEventListener("abort", wake);
  try {
    await request.onChange({ agenda, records });
    await Promise.all(workers.map((worker) => run.lane(worker)));
    // After this, all that was to be told is told.
    await request.onChange({ agenda, records });
  } finally {
    signal?.removeEventListener("abort", wake);
  }
  if (run.fatal !== null) throw run.fatal;
  return { records, failed: agenda.failed, stopped: !agenda.finished };
}

/** Records of the plan's steps that stand. */
export async function standingRecords(
  folder: string,
  plan: Pick<StudyPlan, "steps">,
): Promise<Map<string, StepRecord>> {
  const records = new Map<string, StepRecord>();
  for (const { key, kind } of plan.steps.values()) {
    const record = await readRecord(folder, kind, key);
    if (record !== null) records.set(key, record);
  }
  return records;
}

class Execution {
  fatal: Error | null = null;
  #waiting: (() => void)[] = [];

  constructor(
    private readonly request: ExecuteRequest,
    private readonly agenda: Agenda,
    private readonly records: Map<string, StepRecord>,
  ) {}

  wake(): void {
    for (const resume of this.#waiting.splice(0)) resume();
  }

  /** Gives a worker one step after another until there is none left for it. */
  async lane(worker: WorkerProcess): Promise<void> {
    try {
      for (;;) {
        if (this.fatal !== null || this.request.signal?.aborted === true) return;
        const step = this.agenda.take(worker.held);
        if (step !== null) await this.#runStep(step, worker);
        else if (this.agenda.running.length === 0) return;
        else await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    } catch (error) {
      this.fatal ??= error instanceof Error ? error : new Error(String(error));
    } finally {
      this.wake();
    }
  }

  async #runStep(step: Step, worker: WorkerProcess): Promise<void> {
    const { execution, folder } = this.request;
    this.#changed();
    const outcome = await worker.run(step, execution.timeLimit);
    if (outcome.record !== undefined) {
      this.records.set(step.key, outcome.record);
      this.agenda.done(step.key);
      await rm(studyLayout.failure(folder, step.key), { force: true });
    } else if (outcome.fatal) {
      this.agenda.giveBack(step.key);
      this.fatal ??= new UserError({ subject: folder, problem: outcome.reason });
    } else {
      this.agenda.fail(step.key, outcome.reason, new Date().toISOString());
      await this.#keepFailure(step);
    }
    this.wake();
    this.#changed();
  }

  /** Nobody waits for what is told of a change: the worker takes its next step meanwhile. */
  #changed(): void {
    this.request.onChange({ agenda: this.agenda, records: this.records }).catch((error: unknown) => {
      this.fatal ??= error instanceof Error ? error : new Error(String(error));
      this.wake();
    });
  }

  async #keepFailure({ key, title, kind }: Step): Promise<void> {
    const path = studyLayout.failure(this.request.folder, key);
    const attempts = this.agenda.attempts(key);
    const text = `${JSON.stringify({ key, kind, title, attempts }, null, 1)}\n`;
    await withDiskErrors(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      await writeFileAtomically(path, text, studyLayout.scratch(this.request.folder));
    });
  }
}
