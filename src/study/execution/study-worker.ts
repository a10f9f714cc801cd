/** A worker: a process that takes one step after another for as long as its study lives, and tells the study's process what it found. */

import { hostname } from "node:os";
import { trainerOf } from "../plan/catalogue.js";
import { describeFailure } from "./failure.js";
import { Holdings } from "./holdings.js";
import { studyLayout } from "../folder/layout.js";
import type { Beginning, FromWorker, ToWorker } from "./messages.js";
import type { Computed } from "./publish-step.js";
import { openInputs } from "../plan/read-inputs.js";
import { runCell } from "./run-cell.js";
import { trainMap } from "./run-map.js";
import { runSelection } from "./run-selection.js";
import { silentProgress, stepLog } from "./step-log.js";
import type { StepSetting } from "./step-setting.js";
import type { Step } from "../plan/step.js";

const lettingGoMs = 2000;

let holdings: Holdings | null = null;
/** Of the step that runs. */
let stop: AbortController | null = null;

// Ctrl-C reaches every process of the terminal: the study's decides.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => {
  if (stop === null) process.exit(0);
  // Whatever a trainer started gets a moment to go.
  stop.abort();
  setTimeout(() => process.exit(0), lettingGoMs);
});
process.on("message", (message) => {
  void handle(message as ToWorker);
});

function send(message: FromWorker): void {
  process.send?.(message);
}

async function handle(message: ToWorker): Promise<void> {
  if (message.type === "begin") return await begin(message);
  if (message.type === "stop") return stop?.abort();
  const { step, rows } = message;
  stop = new AbortController();
  try {
    if (rows !== undefined && step.kind === "cell" && step.selection !== null)
      holdings?.hold(step.selection, rows);
    send({ type: "done", computed: await run(step, stop.signal) });
  } catch (error) {
    send({ type: "failed", ...describeFailure(error, step, holdings?.folder ?? null) });
  } finally {
    stop = null;
    if (!process.connected) process.exit(0);
  }
}

async function begin({ folder, spec, threads }: Beginning): Promise<void> {
  const began = performance.now();
  try {
    const effects = { log: () => undefined, warn: () => undefined, progress: silentProgress };
    const inputs = await openInputs(spec, (dataset) => trainerOf(spec.trainer, dataset.input.kind), effects);
    holdings = new Holdings({ folder, inputs, threads });
    send({ type: "ready", seconds: (performance.now() - began) / 1000 });
  } catch (error) {
    send({ type: "failed", ...describeFailure(error, null, null), fatal: true });
  }
}

async function run(step: Step, signal: AbortSignal): Promise<Computed> {
  if (holdings === null) throw new Error("internal: a step before the beginning");
  const started = new Date().toISOString();
  const effects = stepLog(studyLayout.log(holdings.folder, step.key));
  const { record, ...found } = await runStep(step, holdings, { signal, effects });
  await effects.flush();
  return { record: { ...record, started, host: hostname() }, ...found };
}

async function runStep(step: Step, held: Holdings, setting: StepSetting) {
  switch (step.kind) {
    case "map":
      return await trainMap(step, held, setting);
    case "selection":
      return await runSelection(step, held, setting);
    case "cell":
      return await runCell(step, held, setting);
  }
}
