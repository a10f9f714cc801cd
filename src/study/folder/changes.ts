/** What a changed study does again, and why: the plan against the one that its folder holds. Pure. */

import type { StoredStep } from "./manifest.js";
import { canonical } from "../plan/step.js";

export interface Change {
  /** The input that differs, in its own words, with both values: `option epochs of the trainer is 8, was 6`. */
  readonly cause: string;
  /** How many steps are done anew for it. */
  readonly maps: number;
  readonly selections: number;
  readonly cells: number;
  /** One of them. */
  readonly example: string;
}

/**
 * Groups the steps that were planned before under another key by what of them changed first: a cell whose selection changed is told by
 * the cause of that.
 *
 * @param stands keys whose results are there: nothing is done again for them
 */
export function explainChanges(
  before: readonly StoredStep[],
  now: readonly StoredStep[],
  stands: ReadonlySet<string>,
): Change[] {
  const old = new Map(before.map((step) => [`${step.kind} ${step.title}`, step]));
  const oldKeys = new Map(before.map((step) => [step.key, step]));
  const causes = new Map<string, string | null>();
  const groups = new Map<string, { -readonly [K in keyof Change]: Change[K] }>();
  for (const step of now) {
    const own = oldKeys.has(step.key) ? null : causeOf(old.get(`${step.kind} ${step.title}`), step);
    const upstream = step.needs.map((key) => causes.get(key)).find((cause) => typeof cause === "string");
    const cause = oldKeys.has(step.key) ? null : (upstream ?? own);
    causes.set(step.key, cause);
    if (cause === null || stands.has(step.key)) continue;
    const group = groups.get(cause) ?? { cause, maps: 0, selections: 0, cells: 0, example: step.title };
    groups.set(cause, group);
    group[`${step.kind}s`]++;
  }
  return [...groups.values()];
}

/** null: the step is new, not changed. */
function causeOf(before: StoredStep | undefined, now: StoredStep): string | null {
  if (before === undefined) return null;
  const names = [...new Set([...Object.keys(before.inputs), ...Object.keys(now.inputs)])];
  const differing = names.find((name) => canonical(before.inputs[name]) !== canonical(now.inputs[name]));
  if (differing === undefined) return null;
  const [was, is] = [before.inputs[differing], now.inputs[differing]];
  if (differing === "version") return `this version of Alidade makes each ${now.kind} otherwise`;
  if (/^(training data|test set )/.test(differing)) {
    return was === undefined
      ? `${differing} is new`
      : is === undefined
        ? `${differing} is gone`
        : `${differing} has other files`;
  }
  return `${differing} is ${show(is)}, was ${show(was)}`;
}

function show(value: unknown): string {
  if (value === undefined) return "not set";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
