/** A study in words: its plan, what a change of it does again, what was found. */

import type { Change } from "../study/folder/changes.js";
import type { CellResult } from "../study/results/results.js";
import type { Planned, StudyOutcome } from "../study/execution/run-study.js";
import type { StudySpec } from "../study/spec/spec.js";
import { count, counted, oneLine, percent, table } from "./format.js";

/** @param everything lists every step that is to be done */
export function planText(
  { round, plan, stands, changes }: Planned,
  spec: StudySpec,
  everything: boolean,
): string {
  const steps = [...plan.steps.values()];
  const left = steps.filter(({ key }) => !stands.has(key));
  const of = (kind: string, some: readonly { readonly kind: string }[]): number =>
    some.filter((step) => step.kind === kind).length;
  const parts = (["map", "selection", "cell"] as const)
    .filter((kind) => of(kind, steps) > 0)
    .map((kind) => {
      const done = of(kind, steps) - of(kind, left);
      return `${counted(of(kind, steps), `${kind}s`)}${done > 0 ? ` (${count(done)} stand)` : ""}`;
    });
  const arms = new Set(plan.lines.map(({ arm }) => arm)).size;
  const replicates = new Set(plan.lines.map(({ replicate }) => replicate)).size;
  return [
    `study ${spec.name}${round > 0 ? `, round ${round + 1}` : ""}: ${counted(arms, "arms")} x ${counted(replicates, "replicates")}: ${parts.join(", ")}`,
    ...changes.map((change) => `  again: ${changeText(change)}`),
    ...(everything ? left.map(({ title, key }) => `  ${title}  ${key.slice(0, 8)}`) : []),
  ].join("\n");
}

function changeText({ cause, maps, selections, cells, example }: Change): string {
  const parts = [
    [maps, "map"],
    [selections, "selection"],
    [cells, "cell"],
  ] as const;
  const many = parts
    .filter(([n]) => n > 0)
    .map(([n, what]) => `${count(n)} ${what}${n === 1 ? "" : "s"}`)
    .join(", ");
  return `${many}: ${cause} (${example}, ...)`;
}

/** Accuracy of each arm on each test set: mean and deviation over the replicates, and what failed. */
export function outcomeText({ folder, results, failures }: StudyOutcome, spec: StudySpec): string {
  const tests = spec.tests.map(({ name }) => name);
  const rows = new Map<string, CellResult[]>();
  for (const result of results) {
    const id = `${result.budget}\u0000${result.arm}`;
    rows.set(id, [...(rows.get(id) ?? []), result]);
  }
  const several = new Set(results.map(({ budget }) => budget)).size > 1;
  const anyOdd = (test: string): boolean => results.some((cell) => cell.test === test && cell.state !== "ok");
  const body = [...rows.values()].map((cells) => {
    const [first] = cells;
    const own = cells.filter(({ test }) => test === first?.test);
    return [
      `${first?.arm ?? ""}${several ? `, by ${first?.budget ?? ""}` : ""}`,
      count(Math.round(mean(own.map(({ n }) => n)))),
      String(own.length),
      ...tests.map((test) => {
        const scored = cells.filter((cell) => cell.test === test);
        const odd = scored.some(({ state }) => state !== "ok");
        return `${spread(scored.map(({ accuracy }) => accuracy))}${odd ? "*" : anyOdd(test) ? " " : ""}`;
      }),
    ];
  });
  const right = { align: "right" as const };
  const columns = [
    { title: "arm" },
    { title: "n", ...right },
    { title: "cells", ...right },
    ...tests.map((title) => ({ title, ...right })),
  ];
  if (results.length === 0 && failures.length === 0) return `done: ${folder}`;
  const failed = [...new Set(failures.map(({ arm, reason }) => `failed: ${arm}: ${oneLine(reason, 200)}`))];
  return [
    `Accuracy in % (mean, deviation over replicates)${tests.some(anyOdd) ? "; * some of its cells are not ok" : ""}`,
    table(columns, body),
    ...failed,
    `results: ${folder}/results.parquet; the whole story: alidade study report ${folder}`,
  ].join("\n");
}

function spread(values: readonly number[]): string {
  if (values.length === 0) return "-";
  const middle = mean(values);
  const deviation = Math.sqrt(
    values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / Math.max(1, values.length - 1),
  );
  const shown = percent(middle).replace(" %", "");
  return values.length === 1 ? shown : `${shown} ± ${(100 * deviation).toFixed(1)}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
