/**
 * A worker: a process that takes one step after another for as long as its study lives. It publishes what it finds itself, and only
 * while the study's process is there: what a killed study left running leaves nothing behind that nobody asked for.
 */

import { mkdir, appendFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import type { Effects } from "../core/effects.js";
import { UserError } from "../core/errors.js";
import { diskError } from "../run/disk-error.js";
import { trainerOf } from "./catalogue.js";
import { Holdings } from "./holdings.js";
import type { StepSetting } from "./step-setting.js";
import { studyLayout } from "./layout.js";
import type { Beginning, FromWorker, ToWorker } from "./messages.js";
import { openInputs } from "./read-inputs.js";
import { writeRecord, type StepRecord } from "./record.js";
import { runCell } from "./run-cell.js";
import { runMap } from "./run-map.js";
import { runSelection } from "./run-selection.js";
import type { Step } from "./step.js";

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
  const { key } = message.step;
  stop = new AbortController();
  try {
    const record = await run(message.step, stop.signal);
    if (!process.connected) process.exit(0);
    await writeRecord(holdings?.folder ?? "", record);
    send({ type: "done", record });
  } catch (error) {
    if (!process.connected) process.exit(0);
    send({ type: "failed", key, ...describe(error, message.step) });
  } finally {
    stop = null;
  }
}

async function begin({ folder, spec, threads }: Beginning): Promise<void> {
  const began = performance.now();
  try {
    const effects = { log: () => undefined, warn: () => undefined, progress: silent };
    const inputs = await openInputs(spec, (dataset) => trainerOf(spec.trainer, dataset.input.kind), effects);
    holdings = new Holdings({ folder, inputs, threads });
    send({ type: "ready", seconds: (performance.now() - began) / 1000 });
  } catch (error) {
    send({ type: "failed", key: "", ...describe(error, null), fatal: true });
  }
}

async function run(step: Step, signal: AbortSignal): Promise<StepRecord> {
  if (holdings === null) throw new Error("internal: a step before the beginning");
  const started = new Date().toISOString();
  const effects = logTo(studyLayout.log(holdings.folder, step.key));
  const found = await runStep(step, holdings, { signal, effects });
  await effects.flush();
  return { ...found, started, host: hostname() };
}

async function runStep(step: Step, held: Holdings, setting: StepSetting) {
  switch (step.kind) {
    case "map":
      return await runMap(step, held, setting);
    case "selection":
      return await runSelection(step, held, setting);
    case "cell":
      return await runCell(step, held, setting);
  }
}

function describe(error: unknown, step: Step | null): { reason: string; fatal: boolean } {
  const told = holdings === null ? error : diskError(error, holdings.folder);
  if (told instanceof UserError) {
    const { problem, remedy } = told.parts;
    // The study says where: its folder.
    if (problem === "the disk is full") return { reason: [problem, remedy].join("; "), fatal: true };
    return { reason: told.message, fatal: false };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { reason: step === null ? text : `${step.title}: ${text}`, fatal: false };
}

const silent: Effects["progress"] = () => ({ update: () => undefined, end: () => undefined });

/** A step's own log: a file where anything was said, none where nothing was. */
function logTo(path: string): Effects & { flush(): Promise<void> } {
  let failed: Error | null = null;
  let writing: Promise<void> = Promise.resolve();
  const line = (text: string): void => {
    writing = writing
      .then(async () => {
        await mkdir(dirname(path), { recursive: true });
        await appendFile(path, `${text}\n`);
      })
      .catch((error: unknown) => {
        failed ??= error as Error;
      });
  };
  const flush = async (): Promise<void> => {
    await writing;
    if (failed !== null) throw failed;
  };
  return { log: line, warn: (text) => line(`warning: ${text}`), progress: silent, flush };
}
