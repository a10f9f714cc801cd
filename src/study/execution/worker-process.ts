/**
 * A worker as its study sees it: give it a step, get what it found or the reason why it found nothing. It is started when it is first needed, or
 * before, so that it reads the data while others do something else.
 */

import { fork, type ChildProcess } from "node:child_process";
import { workerFile } from "../../core/threads.js";
import { isLight, type Lane, type Lost, type StepGiven, type StepOutcome } from "./lane.js";
import type { Beginning, FromWorker, ToWorker } from "./messages.js";
import type { Step } from "../plan/step.js";

/** How long a worker has to let go before it is killed. */
const graceMs = 3000;
const keptErrorCharacters = 2000;

interface Live {
  readonly child: ChildProcess;
  /** The end of what it said on standard error. */
  said: string;
}

export class WorkerProcess implements Lane {
  #live: Live | null = null;
  /** Resolves when the live one has read the data. */
  #ready: Promise<Live | Lost> | null = null;
  #held = new Set<string>();
  /** Seconds that workers took to start and read the data. */
  #preparing = 0;

  constructor(private readonly beginning: Beginning) {}

  does(step: Step): boolean {
    return !isLight(step);
  }

  /** Keys of the steps that it did or used: their results are in its memory. */
  get held(): ReadonlySet<string> {
    return this.#held;
  }

  get preparing(): number {
    return this.#preparing;
  }

  /** Starts it, where it does not run, and waits for nothing. */
  start(): void {
    void this.#started();
  }

  /** Resolves when it has read the data, or cannot. */
  async ready(): Promise<void> {
    await this.#started();
  }

  /** @param given after `timeLimit` seconds the step is given up, and the worker with it */
  async run(step: Step, { timeLimit, rows }: StepGiven): Promise<StepOutcome> {
    const live = await this.#started();
    if ("reason" in live) return live;
    const answer = this.#answer(live, (message) =>
      message.type === "done"
        ? { computed: message.computed }
        : message.type === "failed"
          ? { reason: message.reason, fatal: message.fatal }
          : null,
    );
    send(live, { type: "step", step, rows });
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<"too long">((resolve) => {
      if (timeLimit !== null) timer = setTimeout(() => resolve("too long"), timeLimit * 1000);
    });
    const first = await Promise.race([answer, tooLong]);
    clearTimeout(timer);
    if (first === "too long") {
      send(live, { type: "stop" });
      await this.kill(graceMs);
      return { reason: `took longer than the time limit of ${timeLimit} s`, fatal: false };
    }
    if (first.computed !== undefined) {
      this.#held.add(step.key);
      for (const key of step.needs) this.#held.add(key);
    }
    return first;
  }

  /** Ends the process. @param grace milliseconds that it gets to end by itself */
  async kill(grace = 0): Promise<void> {
    const live = this.#live;
    if (live !== null) this.#forget(live);
    if (live?.child.exitCode !== null || live.child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => live.child.once("exit", () => resolve()));
    if (live.child.connected) live.child.disconnect();
    const timer = setTimeout(() => live.child.kill("SIGKILL"), grace);
    await gone;
    clearTimeout(timer);
  }

  #started(): Promise<Live | Lost> {
    return (this.#ready ??= this.#begin());
  }

  async #begin(): Promise<Live | Lost> {
    const child = fork(workerFile("./study-worker.js", import.meta.url), {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      execArgv: [],
      serialization: "advanced",
    });
    const live: Live = { child, said: "" };
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      live.said = (live.said + text).slice(-keptErrorCharacters);
    });
    this.#live = live;
    child.once("close", () => this.#forget(live));
    const ready = this.#answer(live, (message) => {
      if (message.type === "failed") return { reason: message.reason, fatal: true };
      if (message.type !== "ready") return null;
      this.#preparing += message.seconds;
      return "ready" as const;
    });
    send(live, this.beginning);
    const first = await ready;
    return first === "ready" ? live : first;
  }

  /** What a process held is gone with it. */
  #forget(live: Live): void {
    if (this.#live !== live) return;
    this.#live = null;
    this.#ready = null;
    this.#held = new Set();
  }

  /** The first message of which `read` makes something, or how the process ended. */
  #answer<T>(live: Live, read: (message: FromWorker) => T | null): Promise<T | Lost> {
    const { child } = live;
    return new Promise((resolve) => {
      const settle = (outcome: T | Lost): void => {
        child.off("message", onMessage);
        child.off("close", onClose);
        child.off("error", onError);
        resolve(outcome);
      };
      const onMessage = (message: unknown): void => {
        const found = read(message as FromWorker);
        if (found !== null) settle(found);
      };
      const lost = (reason: string): void => {
        this.#forget(live);
        settle({ reason, fatal: false });
      };
      const onClose = (code: number | null, signal: string | null): void => {
        const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
        const said = live.said.trim();
        lost(`the worker ${how}${said === "" ? "" : `: ${said}`}`);
      };
      const onError = (error: Error): void => lost(`the worker cannot be started: ${error.message}`);
      child.on("message", onMessage);
      child.once("close", onClose);
      child.once("error", onError);
    });
  }
}

function send({ child }: Live, message: ToWorker): void {
  // Where it is gone, its end has been or will be told.
  if (child.connected) child.send(message, () => undefined);
}
