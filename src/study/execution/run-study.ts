/**
 * Runs a study: reads its inputs, plans, executes round by round, and keeps `results.parquet` up to what stands. Started again it skips
 * everything that stands, so going on after a stop, a crash or a change of the study is the same command.
 */

import { mkdir, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { quiet, type Effects } from "../../core/effects.js";
import { UserError } from "../../core/errors.js";
import { withDiskErrors } from "../../run/disk-error.js";
import { acquireLock, type Lock } from "../../run/lock.js";
import { makeFolder } from "../../run/make-folder.js";
import { shareOf } from "../../select/quota.js";
import type { Agenda } from "./agenda.js";
import { assembleResults } from "./assemble.js";
import { catalogueFor, trainerOf } from "../plan/catalogue.js";
import { checkStudyFolder } from "../folder/check-folder.js";
import { explainChanges, type Change } from "../folder/changes.js";
import { executePlan, standingRecords } from "./execute.js";
import { Holdings } from "./holdings.js";
import { studyLayout } from "../folder/layout.js";
import { manifestOf, readStudyManifest, writeStudyManifest, type StudyManifest } from "../folder/manifest.js";
import type { Beginning } from "./messages.js";
import { planStudy, type DescribedInputs, type StudyPlan } from "../plan/plan.js";
import { armProgress, cellProgress, type StudyProgress } from "../plan/progress.js";
import { describeInputs, openInputs, type OpenInputs } from "../plan/read-inputs.js";
import type { StepRecord } from "../folder/record.js";
import type { CellResult, StudyResults } from "../results/results.js";
import { writeResults } from "../folder/results-table.js";
import { wholeGrid, type FinishedRound, type Round } from "../plan/round.js";
import type { ArmSpec, ExecutionSpec, StudySpec } from "../spec/spec.js";
import type { Study } from "../plan/study.js";
import { writeTests } from "../folder/tests-table.js";
import { WorkerProcess } from "./worker-process.js";

export interface RunStudyOptions {
  /** The study's folder. It may hold the same study, or an earlier form of it. */
  readonly out: string;
  /** Instead of the spec's own. */
  readonly execution?: { readonly [K in keyof ExecutionSpec]?: ExecutionSpec[K] | undefined } | undefined;
  /** The command that goes on with it, for messages. */
  readonly command?: string | undefined;
  /** Plans the first round and says what it would do; nothing is written. Default: false. */
  readonly dryRun?: boolean | undefined;
  readonly breakLock?: boolean | undefined;
  /** The first asks for a stop after the running cells. */
  readonly signal?: AbortSignal | undefined;
  readonly effects?: Effects | undefined;
  /** Told what is planned, and what a changed study does again, before anything runs. */
  readonly onPlan?: ((planned: Planned) => void) | undefined;
  /** Told how far it is whenever that changes. */
  readonly onProgress?: ((progress: StudyProgress) => void) | undefined;
}

export interface Planned {
  /** 0-based. */
  readonly round: number;
  readonly plan: StudyPlan;
  /** Keys of the steps whose results are there already. */
  readonly stands: ReadonlySet<string>;
  readonly changes: readonly Change[];
}

export interface StudyOutcome {
  readonly folder: string;
  /** `stopped`: by the signal; the same call goes on. */
  readonly outcome: "finished" | "stopped" | "planned";
  readonly results: readonly CellResult[];
  readonly failures: StudyResults["failures"];
  /** Seconds that this call took, and of them those that workers spent reading the data. */
  readonly times: { readonly seconds: number; readonly reading: number };
}

/** How often `results.parquet` is rewritten while cells finish. */
const tableEveryMs = 2000;

/** @throws UserError where an input is wrong, another process runs the study, or the disk is full; Stopped where the signal comes while near duplicates are looked for */
export async function runStudy(study: Study, options: RunStudyOptions): Promise<StudyOutcome> {
  const { out, dryRun = false } = options;
  checkSpec(study.spec);
  await checkStudyFolder(out, study.spec.name);
  const execution = withGiven(study.spec.execution, options.execution);
  if (dryRun) {
    const inputs = await readInputs(study.spec, null, options);
    inputs.open.close();
    return await new Run(study, options, execution, inputs, []).dry();
  }
  const fresh = (await stat(out).catch(() => null)) === null;
  await withDiskErrors(out, () => makeFolder(out));
  const lock = await acquireLock(studyLayout.lock(out), { subject: out, breakLock: options.breakLock });
  const beginning = beginningOf(study.spec, out, execution);
  let close = (): void => undefined;
  const workers = Array.from({ length: execution.jobs }, () => new WorkerProcess(beginning));
  try {
    await rm(studyLayout.scratch(out), { recursive: true, force: true });
    await withDiskErrors(out, () => mkdir(studyLayout.scratch(out)));
    // It reads the data while this process does, who has to know what to plan.
    workers[0]?.start();
    const inputs = await readInputs(study.spec, out, options);
    close = () => inputs.open.close();
    const holdings = new Holdings({ folder: out, inputs: inputs.open, threads: 1 });
    return await new Run(study, options, execution, inputs, workers).all(lock, holdings);
  } finally {
    close();
    // None has a step now.
    await Promise.all(workers.map((worker) => worker.kill()));
    if (await lock.held()) await rm(studyLayout.scratch(out), { recursive: true, force: true });
    await lock.release();
    // Where an input was wrong nothing stands in it.
    if (fresh) await rmdir(out).catch(() => undefined);
  }
}

function withGiven(own: ExecutionSpec, given: RunStudyOptions["execution"] = {}): ExecutionSpec {
  return { ...own, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}

function beginningOf(
  { data, tests, trainer }: StudySpec,
  folder: string,
  { jobs }: ExecutionSpec,
): Beginning {
  const threads = Math.max(1, Math.floor(availableParallelism() / jobs));
  return { type: "begin", folder, spec: { data, tests, trainer }, threads };
}

interface ReadInputs {
  /** Whoever asked for them closes them. */
  readonly open: OpenInputs;
  readonly described: DescribedInputs;
  readonly kind: Parameters<typeof catalogueFor>[0];
}

async function readInputs(
  spec: StudySpec,
  out: string | null,
  { effects = quiet, signal }: Pick<RunStudyOptions, "effects" | "signal">,
): Promise<ReadInputs> {
  const inputs = await openInputs(
    spec,
    (dataset) => trainerOf(spec.trainer, dataset.input.kind),
    effects,
    signal,
  );
  try {
    checkSizes(spec, inputs.dataset.size);
    if (out !== null) await writeTests(out, inputs.tests.values());
    return { open: inputs, described: describeInputs(spec, inputs), kind: inputs.dataset.input.kind };
  } catch (error) {
    inputs.close();
    throw error;
  }
}

class Run {
  readonly #study: Study;
  readonly #options: RunStudyOptions;
  readonly #inputs: ReadInputs;
  readonly #execution: ExecutionSpec;
  readonly #workers: readonly WorkerProcess[];
  readonly #began = Date.now();
  readonly #since = new Map<string, number>();
  #queued = false;
  #writing: Promise<void> = Promise.resolve();
  #finishedNow = 0;
  #busySeconds = 0;
  #tableAt = 0;
  #steps: StudyPlan["steps"] = new Map();
  #lines: StudyPlan["lines"] = [];
  #arms: readonly ArmSpec[] = [];

  constructor(
    study: Study,
    options: RunStudyOptions,
    execution: ExecutionSpec,
    inputs: ReadInputs,
    workers: readonly WorkerProcess[],
  ) {
    this.#study = study;
    this.#options = options;
    this.#execution = execution;
    this.#inputs = inputs;
    this.#workers = workers;
  }

  async dry(): Promise<StudyOutcome> {
    const { out, onPlan } = this.#options;
    const next = this.#study.next ?? wholeGrid(this.#study.spec);
    const round = next([]);
    const before = await readStudyManifest(out);
    if (round !== null) onPlan?.(await this.#planned(this.#plan(round), 0, before));
    return { folder: out, outcome: "planned", results: [], failures: [], times: this.#times() };
  }

  async all(lock: Lock, holdings: Holdings): Promise<StudyOutcome> {
    const { out, signal, onPlan } = this.#options;
    const next = this.#study.next ?? wholeGrid(this.#study.spec);
    const before = await readStudyManifest(out);
    const finished: FinishedRound[] = [];
    const results = new Map<string, CellResult>();
    const failures = new Map<string, StudyResults["failures"][number]>();
    let stopped = false;
    for (let round = next(finished); round !== null && !stopped; round = next(finished)) {
      const plan = this.#plan(round);
      onPlan?.(await this.#planned(plan, finished.length, before));
      this.#add(plan, round.arms);
      await writeStudyManifest(out, this.#manifest());
      const executed = await executePlan({
        plan,
        holdings,
        workers: this.#workers,
        execution: this.#execution,
        signal,
        onChange: ({ agenda, records }) =>
          this.#oneByOne(async () => {
            if (!(await lock.held())) throw takenOver(out);
            await this.#changed(plan, round.arms, agenda, records, results);
          }),
      });
      stopped = executed.stopped;
      const found = this.#assemble(plan, round.arms, executed.records);
      for (const result of found) results.set(resultId(result), result);
      const failed = failuresOf(plan, executed.failed);
      for (const failure of failed) failures.set(failure.cell, failure);
      finished.push({ round, results: found, failures: failed });
      await writeResults(out, [...results.values()]);
    }
    return {
      folder: out,
      outcome: stopped ? "stopped" : "finished",
      results: [...results.values()],
      failures: [...failures.values()],
      times: this.#times(),
    };
  }

  #times(): StudyOutcome["times"] {
    const reading = this.#workers.reduce((sum, worker) => sum + worker.preparing, 0);
    return { seconds: (Date.now() - this.#began) / 1000, reading };
  }

  #plan(round: Round): StudyPlan {
    const { described, kind } = this.#inputs;
    return planStudy(this.#study.spec, described, catalogueFor(kind), round);
  }

  async #planned(plan: StudyPlan, round: number, before: StudyManifest | null): Promise<Planned> {
    const stands = new Set((await standingRecords(this.#options.out, plan)).keys());
    const changes = before === null ? [] : explainChanges(before.steps, [...plan.steps.values()], stands);
    return { round, plan, stands, changes };
  }

  #add(plan: StudyPlan, arms: readonly ArmSpec[]): void {
    this.#steps = new Map([...this.#steps, ...plan.steps]);
    this.#lines = [...this.#lines, ...plan.lines];
    const known = new Set(this.#arms.map(({ name }) => name));
    this.#arms = [...this.#arms, ...arms.filter(({ name }) => !known.has(name))];
  }

  #manifest(): StudyManifest {
    const { out, command = `alidade study ... -o ${out}` } = this.#options;
    const plan = { steps: this.#steps, lines: this.#lines };
    return manifestOf(this.#study.spec, this.#arms, plan, this.#inputs.described.data.size, command);
  }

  #assemble(
    plan: StudyPlan,
    arms: readonly ArmSpec[],
    records: ReadonlyMap<string, StepRecord>,
  ): CellResult[] {
    return assembleResults(this.#study.spec, arms, plan, records, this.#inputs.described.data.size);
  }

  /** Lanes tell their changes at the same time; files are written one after another, and what waits to be written is written once. */
  #oneByOne(write: () => Promise<void>): Promise<void> {
    if (this.#queued) return this.#writing;
    this.#queued = true;
    this.#writing = this.#writing.then(() => {
      this.#queued = false;
      return write();
    });
    return this.#writing;
  }

  async #changed(
    plan: StudyPlan,
    arms: readonly ArmSpec[],
    agenda: Agenda,
    records: ReadonlyMap<string, StepRecord>,
    earlier: ReadonlyMap<string, CellResult>,
  ): Promise<void> {
    const now = Date.now();
    const running = new Set(agenda.running.map(({ key }) => key));
    for (const [key, since] of this.#since) {
      if (running.has(key)) continue;
      this.#since.delete(key);
      if (!agenda.stands(key)) continue;
      this.#finishedNow++;
      this.#busySeconds += (now - since) / 1000;
    }
    for (const key of running) if (!this.#since.has(key)) this.#since.set(key, now);
    const progress = this.#progress(plan, agenda, now);
    this.#options.onProgress?.(progress);
    await publishRunning(this.#options.out, progress);
    if (now - this.#tableAt < tableEveryMs || records.size === 0) return;
    this.#tableAt = now;
    const results = new Map(earlier);
    for (const result of this.#assemble(plan, arms, records)) results.set(resultId(result), result);
    await writeResults(this.#options.out, [...results.values()]);
  }

  #progress(plan: StudyPlan, agenda: Agenda, now: number): StudyProgress {
    const running = agenda.running.map(({ key, title }) => ({ title, since: this.#since.get(key) ?? now }));
    const keys = [...plan.steps.keys()];
    const done = keys.filter((key) => agenda.stands(key)).length;
    const failed = agenda.failed.size;
    const waiting = keys.length - done - failed;
    const lanes = Math.max(1, Math.min(this.#execution.jobs, waiting));
    const states = {
      stands: (key: string) => agenda.stands(key),
      failed: (key: string) => agenda.failed.has(key),
      running: (key: string) => this.#since.has(key),
    };
    return {
      arms: armProgress(plan.lines, states),
      ...cellProgress(plan.lines, states),
      steps: { done, failed, total: keys.length },
      running,
      finishedNow: this.#finishedNow,
      elapsed: (now - this.#began) / 1000,
      left: this.#finishedNow === 0 ? null : (waiting * this.#busySeconds) / this.#finishedNow / lanes,
    };
  }
}

function resultId({ cell, arm, budget, replicate, test }: CellResult): string {
  return JSON.stringify([arm, budget, replicate, test, cell]);
}

function failuresOf(plan: StudyPlan, failed: ReadonlyMap<string, string>): StudyResults["failures"] {
  return plan.lines.flatMap(({ arm, cell, selection, map }) => {
    const key = cell ?? selection ?? map;
    const reason = key === null ? undefined : failed.get(key);
    return key === null || reason === undefined ? [] : [{ cell: key, arm, reason }];
  });
}

/** For who asks how far it is; not worth a sync. */
async function publishRunning(out: string, progress: StudyProgress): Promise<void> {
  const path = studyLayout.running(out);
  await withDiskErrors(path, async () => {
    await writeFile(`${path}.new`, JSON.stringify({ pid: process.pid, time: Date.now(), ...progress }));
    await rename(`${path}.new`, path);
  });
}

function takenOver(out: string): UserError {
  return new UserError({
    subject: out,
    problem: "another process has taken this study over",
    remedy: "let that one finish",
  });
}

function checkSpec({ arms, tests, name }: StudySpec): void {
  const twice = (names: readonly string[]): string | undefined =>
    names.find((one, index) => names.indexOf(one) !== index);
  const arm = twice(arms.map((one) => one.name));
  const test = twice(tests.map((one) => one.name));
  if (arm !== undefined || test !== undefined) {
    throw new UserError({
      subject: `study ${name}`,
      problem: arm === undefined ? "two test sets of one name" : "two arms of one name",
      value: arm ?? test,
      remedy: "give each a name of its own",
    });
  }
}

/** What would fail in every replicate is told at once. */
function checkSizes({ arms }: StudySpec, size: number): void {
  for (const { name, recipe } of arms) {
    if (recipe === null) continue;
    const { count, fraction = 0 } = recipe;
    const n = count ?? shareOf(fraction, size);
    if (n >= 1 && n <= size) continue;
    throw new UserError({
      subject: `arm ${name}`,
      problem: `asks for ${n} of ${size} examples`,
      remedy: n < 1 ? "give a larger fraction" : "give a smaller count",
    });
  }
}
