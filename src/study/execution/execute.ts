/** Runs the steps of a plan that do not stand yet, in worker processes and beside them. What stands afterwards stands on disk. */

import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "../../core/errors.js";
import { writeFileAtomically } from "../../core/files.js";
import { withDiskErrors } from "../../run/disk-error.js";
import { Agenda } from "./agenda.js";
import { describeFailure } from "./failure.js";
import type { Holdings } from "./holdings.js";
import type { Lane, Lost, StepGiven, StepOutcome } from "./lane.js";
import { studyLayout } from "../folder/layout.js";
import { LightLane } from "./light-lane.js";
import type { StudyPlan } from "../plan/plan.js";
import { publishStep, type Computed } from "./publish-step.js";
import { readRecord, type StepRecord } from "../folder/record.js";
import { stepLog } from "./step-log.js";
import type { WorkerProcess } from "./worker-process.js";
import type { ExecutionSpec } from "../spec/spec.js";
import type { Step } from "../plan/step.js";

export interface ExecuteRequest {
  readonly plan: StudyPlan;
  /** What this process has in memory, and the study's folder. */
  readonly holdings: Holdings;
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
  const { plan, holdings, execution, signal } = request;
  const records = await standingRecords(holdings.folder, plan);
  const agenda = new Agenda(plan.steps.values(), records.keys(), execution.retries);
  const run = new Execution(request, agenda, records);
  const workers = request.workers.slice(0, Math.max(1, plan.steps.size - records.size));
  const wake = (): void => run.wake();
  signal?.addEventListener("abort", wake);
  try {
    await request.onChange({ agenda, records });
    const light = async (): Promise<void> => {
      // A worker that waits for its first step comes first.
      await workers[0]?.ready();
      await run.follow(new LightLane(holdings));
    };
    await Promise.all([...workers.map((lane) => run.follow(lane)), light()]);
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

  /** Gives a lane one step after another until there is none left for it. */
  async follow(lane: Lane): Promise<void> {
    const publishing: Promise<void>[] = [];
    try {
      for (;;) {
        if (this.fatal !== null || this.request.signal?.aborted === true) return;
        const step = this.agenda.take({ does: (one) => lane.does(one), held: lane.held });
        if (step !== null) {
          this.#changed();
          const outcome = await lane.run(step, this.#given(step));
          // The lane takes its next step meanwhile.
          publishing.push(this.#settle(step, outcome));
        } else if (this.agenda.stuck) return;
        else await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      await Promise.all(publishing);
      this.wake();
    }
  }

  #given(step: Step): StepGiven {
    const { holdings, execution } = this.request;
    const selection = step.kind === "cell" ? step.selection : null;
    return {
      timeLimit: execution.timeLimit,
      rows: selection === null ? undefined : holdings.heldRows(selection),
    };
  }

  #fail(error: unknown): void {
    this.fatal ??= error instanceof Error ? error : new Error(String(error));
    this.wake();
  }

  async #settle(step: Step, outcome: StepOutcome): Promise<void> {
    try {
      const published =
        outcome.computed === undefined ? outcome : await this.#publish(step, outcome.computed);
      if ("record" in published) await this.#stands(step, published.record);
      else await this.#lost(step, published);
      this.wake();
      this.#changed();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #publish(step: Step, computed: Computed): Promise<{ readonly record: StepRecord } | Lost> {
    const { holdings } = this.request;
    try {
      const effects = stepLog(studyLayout.log(holdings.folder, step.key));
      const record = await publishStep(step, computed, holdings, effects);
      await effects.flush();
      return { record };
    } catch (error) {
      return describeFailure(error, step, holdings.folder);
    }
  }

  async #stands({ key }: Step, record: StepRecord): Promise<void> {
    this.records.set(key, record);
    this.agenda.done(key);
    await rm(studyLayout.failure(this.request.holdings.folder, key), { force: true });
  }

  async #lost(step: Step, { reason, fatal }: Lost): Promise<void> {
    if (fatal) {
      this.agenda.giveBack(step.key);
      this.fatal ??= new UserError({ subject: this.request.holdings.folder, problem: reason });
      return;
    }
    this.agenda.fail(step.key, reason, new Date().toISOString());
    await this.#keepFailure(step);
  }

  /** Nobody waits for what is told of a change: the worker takes its next step meanwhile. */
  #changed(): void {
    this.request.onChange({ agenda: this.agenda, records: this.records }).catch((error: unknown) => {
      this.#fail(error);
    });
  }

  async #keepFailure({ key, title, kind }: Step): Promise<void> {
    const { folder } = this.request.holdings;
    const path = studyLayout.failure(folder, key);
    const attempts = this.agenda.attempts(key);
    const text = `${JSON.stringify({ key, kind, title, attempts }, null, 1)}\n`;
    await withDiskErrors(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      await writeFileAtomically(path, text, studyLayout.scratch(folder));
    });
  }
}
