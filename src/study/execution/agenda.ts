/**
 * What is left to do and in which order: the state of a plan's execution, without any of its doing. A step can be taken once all that
 * it needs stands; one that failed too often takes down with it what needs it.
 */

import type { Lane } from "./lane.js";
import type { Step } from "../plan/step.js";

export interface Attempt {
  readonly reason: string;
  /** ISO 8601. */
  readonly time: string;
}

export class Agenda {
  /** Steps that nobody has taken yet, in the plan's order. */
  readonly #waiting = new Map<string, Step>();
  readonly #running = new Map<string, Step>();
  readonly #attempts = new Map<string, Attempt[]>();
  readonly #failed = new Map<string, string>();
  readonly #stands: Set<string>;
  readonly #steps: readonly Step[];
  readonly #retries: number;

  /**
   * @param steps each after those that it needs
   * @param stands keys of the steps whose results are there
   */
  constructor(steps: Iterable<Step>, stands: Iterable<string>, retries: number) {
    this.#steps = [...steps];
    this.#stands = new Set(stands);
    this.#retries = retries;
    for (const step of this.#steps) if (!this.#stands.has(step.key)) this.#waiting.set(step.key, step);
  }

  get running(): readonly Step[] {
    return [...this.#running.values()];
  }

  /** Nothing runs, and nothing that waits can be done. */
  get stuck(): boolean {
    return this.#running.size === 0 && ![...this.#waiting.values()].some((step) => this.#ready(step));
  }

  /** Nothing waits and nothing runs. */
  get finished(): boolean {
    return this.#waiting.size === 0 && this.#running.size === 0;
  }

  /** Why a step failed for good, by key. */
  get failed(): ReadonlyMap<string, string> {
    return this.#failed;
  }

  stands(key: string): boolean {
    return this.#stands.has(key);
  }

  attempts(key: string): readonly Attempt[] {
    return this.#attempts.get(key) ?? [];
  }

  /**
   * Takes the next step that can be done, or null where there is none now.
   *
   * @param does which steps the taker does
   * @param held keys whose results it has in memory: a step that needs one of them comes first
   */
  take({ does, held }: Pick<Lane, "does" | "held">): Step | null {
    let first: Step | null = null;
    for (const step of this.#waiting.values()) {
      if (!does(step) || !this.#ready(step)) continue;
      first ??= step;
      if (!step.needs.some((key) => held.has(key))) continue;
      first = step;
      break;
    }
    if (first === null) return null;
    this.#waiting.delete(first.key);
    this.#running.set(first.key, first);
    return first;
  }

  #ready({ needs }: Step): boolean {
    return needs.every((key) => this.#stands.has(key));
  }

  done(key: string): void {
    this.#running.delete(key);
    this.#stands.add(key);
  }

  /** @returns whether it is tried again */
  fail(key: string, reason: string, time: string): boolean {
    const step = this.#running.get(key);
    this.#running.delete(key);
    const attempts = [...this.attempts(key), { reason, time }];
    this.#attempts.set(key, attempts);
    if (step !== undefined && attempts.length <= this.#retries) {
      this.#waiting.set(key, step);
      return true;
    }
    this.#failed.set(key, reason);
    this.#failDependents();
    return false;
  }

  /** Puts a step back as if it had never been taken. */
  giveBack(key: string): void {
    const step = this.#running.get(key);
    this.#running.delete(key);
    if (step !== undefined) this.#waiting.set(key, step);
  }

  #failDependents(): void {
    for (const step of this.#steps) {
      const cause = step.needs.find((key) => this.#failed.has(key));
      if (cause === undefined || !this.#waiting.delete(step.key)) continue;
      const of = this.#steps.find(({ key }) => key === cause);
      this.#failed.set(step.key, `its ${of?.kind ?? "step"} failed: ${this.#failed.get(cause) ?? ""}`);
    }
  }
}
