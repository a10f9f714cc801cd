/** What the tests of the run folder share: a small run with figures that depend on nothing but the epoch. */

import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { Random } from "../../src/core/random.js";
import { deriveObservations } from "../../src/run/observation.js";
import type { Observations } from "../../src/run/observation.js";
import { recordedColumns } from "../../src/run/dynamics-columns.js";
import type { LogitsKept } from "../../src/run/dynamics-columns.js";
import type { RunBeginning } from "../../src/run/writer.js";

export const repository = fileURLToPath(new URL("../..", import.meta.url));

/** A scratch folder that goes when the test ends. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "alidade-run-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function beginning(size: number, labels = 2, kept: LogitsKept = "all", planned = 3): RunBeginning {
  return {
    alidade: "0.0.0",
    dataset: {
      name: "small.csv",
      size,
      input: "text",
      labelNames: Array.from({ length: labels }, (_, k) => `label ${k}`),
      roles: { text: "text", label: "label" },
      sources: [{ path: "small.csv", bytes: 1, sha256: null }],
    },
    trainer: { name: "ngram", options: { rate: 0.1 }, seed: 1, threads: 1, folds: null },
    imported: null,
    protocol: "epoch-end",
    epochs: { planned },
    logits: kept,
    columns: recordedColumns(kept),
    tests: {},
  };
}

export function goldOf(size: number, labels: number): Int32Array {
  return Int32Array.from({ length: size }, (_, row) => row % labels);
}

export function observationsOf(size: number, labels: number, epoch: number): Observations {
  const random = new Random(epoch);
  const values = Float32Array.from({ length: size * labels }, () => 8 * random.unit() - 4);
  return deriveObservations({ values, widths: labels }, goldOf(size, labels));
}

/** Every file under a folder by its path, as a hash of its bytes; of run.json all but the times. */
export function fingerprint(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  const visit = (path: string): void => {
    for (const name of readdirSync(path).sort()) {
      const entry = join(path, name);
      if (statSync(entry).isDirectory()) visit(entry);
      else files[relative(folder, entry)] = hash(contentOf(entry, name));
    }
  };
  visit(folder);
  return files;
}

function contentOf(path: string, name: string): string | Uint8Array {
  if (name !== "run.json") return readFileSync(path);
  const manifest = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  return JSON.stringify({ ...manifest, times: null }, null, 2);
}

function hash(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
