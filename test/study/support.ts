/** Small studies for tests: a labelled file made from a seed, its test sets, and a study's YAML beside them. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { Random } from "../../src/core/random.js";
import type { CellResult } from "../../src/study/results/results.js";
import { readResults } from "../../src/study/folder/results-table.js";

export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "alidade-study-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const words = {
  good: ["fine", "lovely", "warm", "bright", "kind", "quick"],
  bad: ["dull", "cold", "slow", "grey", "rude", "late"],
  any: ["the", "film", "was", "and", "a", "room", "day", "with", "of", "train"],
};

/** Reviews, a tenth of them with the other label. */
export function reviews(size: number, seed: number): string {
  const random = new Random(seed);
  const pick = (from: readonly string[]): string => from[random.below(from.length)] ?? "";
  const rows = Array.from({ length: size }, (_, row) => {
    const label = random.below(2) === 0 ? "good" : "bad";
    const text = Array.from({ length: 8 }, (_, at) => pick(at % 3 === 0 ? words[label] : words.any));
    const shown = random.below(10) === 0 ? (label === "good" ? "bad" : "good") : label;
    return `${row},"${text.join(" ")}",${shown},${row % 3 === 0 ? "short" : "long"},c${row % 7}`;
  });
  return `id,text,label,length,template\n${rows.join("\n")}\n`;
}

/** Writes train.csv, id.csv, ood.csv and study.yaml. @returns the study's path */
export function writeStudy(folder: string, arms: string, more = "", size = 300): string {
  writeFileSync(join(folder, "train.csv"), reviews(size, 1));
  writeFileSync(join(folder, "id.csv"), reviews(80, 2));
  writeFileSync(join(folder, "ood.csv"), reviews(60, 3));
  const path = join(folder, "study.yaml");
  writeFileSync(
    path,
    `data: train.csv
tests:
  id: { kind: id, file: id.csv }
  ood: { kind: ood, file: ood.csv, slices: [length], cluster: template }
trainer: { name: ngram, options: { epochs: 2 } }
seeds: 2
arms:
${arms}
${more}`,
  );
  return path;
}

export const someArms = `  - all
  - { by: [ambiguous, random], fraction: [0.5, 0.2] }
  - { by: ambiguous, fraction: 0.2, balance: label }`;

/** An arm whose cells wait until `gate` exists. */
export function gatedArm(gate: string): string {
  const program = fileURLToPath(new URL("gated.mjs", import.meta.url));
  const command =
    `node ${program} ${gate} train --train {train} --observe {observe} --out {out} --model {model} --labels {labels} ` +
    "--seed {seed} --epochs {epochs} --tests {tests}";
  return `  - { name: waits, by: random, fraction: 0.3, trainer: { name: command, options: { epochs: 1, command: "${command}" } } }`;
}

/** The table less what may differ between two runs of one study. */
export async function table(study: string): Promise<Partial<CellResult>[]> {
  return (await readResults(study)).map(
    ({ seconds: _, mapSeconds: _map, started: _started, host: _host, ...rest }) => rest,
  );
}

/** Every record's content by its path. */
export function records(study: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const kind of ["maps", "selections", "cells"]) {
    const folder = join(study, kind);
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder)) {
      if (name.endsWith(".json")) found[`${kind}/${name}`] = readFileSync(join(folder, name), "utf8");
    }
  }
  return found;
}

/** Processes that a process started and that still run (Linux). */
export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      .trim()
      .split(" ")
      .filter(Boolean)
      .map(Number);
  } catch {
    return [];
  }
}

export async function until(condition: () => boolean, what: string, ms = 120_000): Promise<void> {
  const end = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`${what} did not happen in ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
