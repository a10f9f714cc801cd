/** What a search chooses by, named before it begins; and what an oracle would choose by. */

import { nearest, UserError } from "../../core/errors.js";
import type { CellResult } from "../results/results.js";
import type { Budget, TestSpec } from "../spec/spec.js";

export interface Criterion {
  /** In words, for reports. */
  readonly name: string;
  /** Mean accuracy over these test sets. */
  readonly tests: readonly string[];
  /** Test sets that are scored in every round but not looked at: an oracle chooses by them. */
  readonly unseen: readonly string[];
}

/**
 * `dev` (a test set of the training distribution, by default the first one), or `leave-out:books`: every other out-of-distribution test set.
 *
 * @param locked test sets that are scored at the end only
 * @throws UserError where there are no such test sets
 */
export function parseCriterion(
  given: string | undefined,
  all: readonly TestSpec[],
  locked: readonly string[],
): Criterion {
  const tests = all.filter(({ name }) => !locked.includes(name));
  const ood = tests.filter(({ kind }) => kind === "ood").map(({ name }) => name);
  const left = /^leave-out:(.*)$/s.exec(given ?? "")?.[1];
  if (left !== undefined) {
    if (!ood.includes(left)) throw refused("no such out-of-distribution test set", left, ood);
    const others = ood.filter((name) => name !== left);
    if (others.length === 0) {
      throw new UserError({
        subject: "--criterion",
        problem: "leaves no other out-of-distribution test set to choose by",
        value: given,
        remedy: "give another with --test ood:name=file",
      });
    }
    return { name: `mean accuracy on ${others.join(", ")}`, tests: others, unseen: [left] };
  }
  const id = tests.filter(({ kind }) => kind === "id").map(({ name }) => name);
  const chosen = given ?? id[0];
  if (chosen === undefined) {
    throw new UserError({
      subject: "--criterion",
      problem: "there is no test set of the training distribution to choose by",
      remedy: "give one with --test dev=file, or --criterion leave-out:NAME",
    });
  }
  if (!id.includes(chosen))
    throw refused("no such test set of the training distribution", chosen, [
      ...id,
      ...ood.map((name) => `leave-out:${name}`),
    ]);
  return { name: `accuracy on ${chosen}`, tests: [chosen], unseen: ood };
}

function refused(problem: string, value: string, known: readonly string[]): UserError {
  const near = nearest(value, known);
  const list = known.length > 0 ? `there are ${known.join(", ")}` : "give one with --test";
  return new UserError({
    subject: "--criterion",
    problem,
    value,
    remedy: near === null ? list : `did you mean ${near}?`,
  });
}

/** An arm under a budget, and how good it is. */
export interface Scored {
  readonly arm: string;
  readonly budget: Budget;
  readonly score: number;
  readonly replicates: number;
}

/** Mean accuracy on some test sets of each arm under each budget, the best first; equals in the order of the results. */
export function scoreArms(results: readonly CellResult[], tests: readonly string[]): Scored[] {
  const groups = new Map<string, CellResult[]>();
  for (const result of results) {
    if (!tests.includes(result.test)) continue;
    const key = JSON.stringify([result.arm, result.budget]);
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  const scored = [...groups.values()].map((cells): Scored => {
    const [first] = cells;
    return {
      arm: first?.arm ?? "",
      budget: first?.budget ?? "epochs",
      score: cells.reduce((sum, { accuracy }) => sum + accuracy, 0) / cells.length,
      replicates: new Set(cells.map(({ replicate }) => replicate)).size,
    };
  });
  return scored.sort((a, b) => b.score - a.score);
}
