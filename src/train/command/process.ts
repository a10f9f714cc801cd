/**
 * A program that runs in a process group of its own, so that ending it ends all that it started. What it prints goes to a log.
 * Ctrl-C of a terminal therefore does not reach it: the signal of the training does, and so does the end of this process,
 * even by kill -9 (see `guard.ts`).
 */

import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { UserError } from "../../core/errors.js";
import { Stopped } from "../../core/stop.js";
import { Guard } from "./guard.js";
import { lastLines } from "./log-tail.js";

/** Between asking a program to end and ending it. */
const graceMilliseconds = 5000;

export interface ProgramRequest {
  readonly words: readonly string[];
  /** For messages: the option that it came from. */
  readonly flag: string;
  readonly log: string;
  /** Seconds. 0: none. */
  readonly timeLimit: number;
  readonly signal: AbortSignal | undefined;
}

const running = new Set<ChildProcess>();
let listening = false;

export class Program {
  readonly #request: ProgramRequest;
  readonly #child: ChildProcess;
  readonly #done: Promise<void>;
  #failure: Error | null = null;
  #ended = false;
  #timedOut = false;

  private constructor(request: ProgramRequest) {
    this.#request = request;
    const { words, log, timeLimit, signal } = request;
    const [program = "", ...rest] = words;
    const output = openSync(log, "a");
    try {
      this.#child = spawn(program, rest, { detached: true, stdio: ["ignore", output, output] });
    } finally {
      closeSync(output);
    }
    endWithThisProcess(this.#child);
    const guard = this.#child.pid === undefined ? null : new Guard(this.#child.pid);
    const stop = (): void => void this.end();
    const timer =
      timeLimit === 0
        ? null
        : setLongTimeout(() => {
            this.#timedOut = true;
            stop();
          }, timeLimit * 1000);
    signal?.addEventListener("abort", stop, { once: true });
    this.#done = new Promise((resolve) => {
      const finish = (failure: Error | null): void => {
        if (this.#ended) return;
        this.#ended = true;
        this.#failure = failure;
        timer?.clear();
        signal?.removeEventListener("abort", stop);
        // What it left running in the background would write on into a folder that is being read.
        this.#send("SIGKILL");
        guard?.dismiss();
        running.delete(this.#child);
        resolve();
      };
      this.#child.on("error", (error) => finish(this.#notStarted(error)));
      this.#child.on("exit", (code, by) => finish(this.#outcome(code, by)));
    });
    if (signal?.aborted === true) stop();
  }

  static start(request: ProgramRequest): Program {
    return new Program(request);
  }

  /** Whether it has ended, well or not. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Waits until it has ended, or for so long. */
  async wait(milliseconds = Infinity): Promise<void> {
    if (milliseconds === Infinity) return await this.#done;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      this.#done,
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, milliseconds);
      }),
    ]);
    clearTimeout(timer);
  }

  /** @throws Stopped where the signal came, UserError where it ended otherwise than well */
  check(): void {
    if (this.#request.signal?.aborted === true) throw new Stopped();
    if (this.#failure !== null) throw this.#failure;
  }

  /** Asks it and all that it started to end, and ends them soon after. Safe to call at any time. */
  async end(): Promise<void> {
    if (this.#ended) return;
    this.#send("SIGTERM");
    await this.wait(graceMilliseconds);
    // Also after a leader that went at once: what it started may not have.
    this.#send("SIGKILL");
    await this.#done;
  }

  #send(name: NodeJS.Signals): void {
    sendToGroup(this.#child, name);
  }

  #notStarted(error: Error): Error {
    const code = "code" in error ? error.code : null;
    const { words, flag } = this.#request;
    if (code === "ENOENT")
      return new UserError({ subject: flag, problem: "no such program", value: words[0], cause: error });
    if (code === "EACCES") {
      return new UserError({
        subject: flag,
        problem: "the program is not executable",
        value: words[0],
        remedy: "run chmod +x on it, or name its interpreter before it",
        cause: error,
      });
    }
    if (code === "E2BIG")
      return new UserError({ subject: flag, problem: "the command is too long", cause: error });
    return error;
  }

  #outcome(code: number | null, by: NodeJS.Signals | null): Error | null {
    if (code === 0 && !this.#timedOut) return null;
    const { words, timeLimit, log, flag } = this.#request;
    const how = this.#timedOut
      ? `ran longer than ${timeLimit} s and was ended`
      : by === null
        ? `ended with exit code ${code ?? "none"}`
        : `was ended by ${by}${by === "SIGKILL" ? " (out of memory?)" : ""}`;
    const last = lastLines(log, 3);
    const said = last === "" ? "it printed nothing" : `the last that it printed: ${last}`;
    const remedy = this.#timedOut ? "raise --program-limit, or find where it hangs" : "mend the program";
    return new UserError({
      subject: `${flag} ${words[0] ?? ""}`,
      problem: `${how}; ${said}`,
      remedy: `${remedy}; the whole log is ${log}`,
    });
  }
}

/** A group that is gone already is fine. */
function sendToGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // ESRCH: nobody is left in it.
  }
}

/** The second Ctrl-C exits at once: programs go along. */
function endWithThisProcess(child: ChildProcess): void {
  running.add(child);
  if (listening) return;
  listening = true;
  process.on("exit", () => {
    for (const one of running) sendToGroup(one, "SIGKILL");
  });
}

/** Timers count to 2^31 milliseconds only. */
function setLongTimeout(action: () => void, milliseconds: number): { clear(): void } {
  const longest = 2 ** 30;
  let timer: NodeJS.Timeout;
  const wait = (left: number): void => {
    timer = setTimeout(() => (left > longest ? wait(left - longest) : action()), Math.min(left, longest));
    timer.unref();
  };
  wait(milliseconds);
  return { clear: () => clearTimeout(timer) };
}
