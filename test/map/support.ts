/** Runs for the tests of the map, written by the real writer, and a naive map of them: plain loops over the definitions. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { literal, withDatabase } from "../../src/core/duckdb.js";
import { Random } from "../../src/core/random.js";
import { logitsKept, recordedColumns } from "../../src/run/dynamics-columns.js";
import { layout } from "../../src/run/layout.js";
import type { Manifest } from "../../src/run/manifest.js";
import { deriveObservations } from "../../src/run/observation.js";
import { createRun } from "../../src/run/open-writer.js";

export const shared = fileURLToPath(new URL("../../../shared", import.meta.url));

export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "alidade-map-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export interface TestRun {
  readonly ids: readonly string[];
  readonly labelNames: readonly string[];
  readonly gold: Int32Array;
  /** Of each epoch rows x labels logits. */
  readonly logits: readonly Float32Array[];
  readonly kept?: Manifest["logits"];
  readonly texts?: readonly string[];
  readonly sourceIndex?: readonly number[];
  readonly numericIds?: boolean;
}

/** Dynamics with ties, certainty, forgetting and the never learned. */
export function randomRun(seed: number, size: number, labels: number, epochs: number): TestRun {
  const random = new Random(seed);
  const gold = Int32Array.from({ length: size }, () => random.below(labels));
  const logits = Array.from({ length: epochs }, () =>
    Float32Array.from({ length: size * labels }, () => {
      const kind = random.below(8);
      if (kind === 0) return 0;
      return (kind === 1 ? 60 : kind === 2 ? 1 : 3) * random.normal();
    }),
  );
  return {
    ids: Array.from({ length: size }, (_, row) => `example ${row}`),
    labelNames: Array.from({ length: labels }, (_, k) => `label '${k}'`),
    gold,
    logits,
  };
}

/** Writes a run folder. */
export async function writeRun(folder: string, run: TestRun): Promise<void> {
  const { ids, labelNames, gold, logits } = run;
  const kept = logitsKept(labelNames.length, run.kept);
  const writer = await createRun(folder, {
    alidade: "0.0.0",
    dataset: {
      name: "random",
      size: ids.length,
      input: "text",
      labelNames: [...labelNames],
      roles: { text: "text" },
      sources: [],
    },
    trainer:
      run.numericIds === undefined ? { name: "ngram", options: {}, seed: 1, threads: 1, folds: null } : null,
    imported:
      run.numericIds === undefined
        ? null
        : { format: "allenai", sources: [], notes: [], numericIds: run.numericIds },
    protocol: "epoch-end",
    epochs: { planned: logits.length },
    logits: kept,
    columns: recordedColumns(kept),
    tests: {},
  });
  try {
    await writer.publishFile(layout.examples(folder), async (path) => {
      const lines = ids.map((id, row) => {
        const label = literal(labelNames[gold[row] ?? 0] ?? "");
        const text = literal(run.texts?.[row] ?? `text of ${id}`);
        const place = run.sourceIndex ? `, ${run.sourceIndex[row]}` : "";
        return `(${row}, ${literal(id)}, ${label}, ${text}${place})`;
      });
      const place = run.sourceIndex ? ", source_index" : "";
      await withDatabase({ threads: 1 }, (database) =>
        database.run(
          `COPY (SELECT "row"::INTEGER AS "row", id, label, NULL::VARCHAR AS "group", {'text': "text", 'label': label} AS source${place} ` +
            `FROM (VALUES ${lines.join(", ")}) t("row", id, label, "text"${place})) TO ${literal(path)} (FORMAT parquet)`,
        ),
      );
    });
    for (const [epoch, values] of logits.entries()) {
      const widths = labelNames.length;
      const trainLoss = run.numericIds === undefined ? 1 / (epoch + 1) : undefined;
      await writer.writeEpoch(epoch, deriveObservations({ values, widths }, gold), trainLoss);
    }
  } finally {
    await writer.close();
  }
}

export type NaiveRow = Record<string, number | string | boolean | null>;

/**
 * The definitions of docs/definitions.md, one example, as plainly as they stand there. Observations are rounded to 32-bit
 * floats, as a run stores them.
 */
export function naiveRow(run: TestRun, row: number, epochs: readonly number[], el2nEpoch = 2): NaiveRow {
  const K = run.labelNames.length;
  const gold = run.gold[row] ?? 0;
  const E = epochs.length;
  const logitsAt = (e: number): number[] => Array.from(run.logits[e]?.subarray(row * K, (row + 1) * K) ?? []);
  const softmax = (logits: number[]): number[] => {
    const largest = Math.max(...logits);
    const terms = logits.map((logit) => Math.exp(logit - largest));
    const sum = terms.reduce((a, b) => a + b);
    return terms.map((term) => term / sum);
  };
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = (values: number[]): number => {
    const middle = mean(values);
    return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
  };
  const probabilities = epochs.map((e) => softmax(logitsAt(e)));
  const p = probabilities.map((one) => Math.fround(one[gold] ?? NaN));
  const margins = epochs.map((e) => {
    const logits = logitsAt(e);
    return Math.fround((logits[gold] ?? NaN) - Math.max(...logits.filter((_, k) => k !== gold)));
  });
  const c: number[] = margins.map((margin) => (margin > 0 ? 1 : 0));
  const losses = epochs.map((e) => {
    const logits = logitsAt(e);
    const largest = Math.max(...logits);
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    return Math.fround(Math.log(sum) + largest - (logits[gold] ?? NaN));
  });
  const entropies = probabilities.map((one) =>
    one.reduce((total, q) => total - (q > 0 ? q * Math.log(q) : 0), 0),
  );
  const correct = c.reduce((a, b) => a + b, 0);
  const v = deviation(p) ** 2;
  const confidence = mean(p);

  const centre = mean([...epochs]);
  const spread = epochs.reduce((total, e) => total + (e - centre) ** 2, 0);
  const slope =
    spread === 0
      ? 0
      : epochs.reduce((total, e, i) => total + (e - centre) * ((p[i] ?? 0) - confidence), 0) / spread;
  const residuals = epochs.map((e, i) => (p[i] ?? 0) - confidence - slope * (e - centre));

  const meanOf = (k: number): number => mean(probabilities.map((one) => one[k] ?? NaN));
  const others = Array.from({ length: K }, (_, k) => k).filter((k) => k !== gold);
  const other = others.reduce((best, k) => (meanOf(k) > meanOf(best) ? k : best), others[0] ?? 0);
  const early = el2nEpoch < run.logits.length ? softmax(logitsAt(el2nEpoch)) : null;
  return {
    confidence,
    variability: deviation(p),
    correctness: correct / E,
    correct_epochs: correct,
    loss_mean: mean(losses),
    loss_sd: deviation(losses),
    forgetting: correct === 0 ? null : c.filter((one, i) => i > 0 && c[i - 1] === 1 && one === 0).length,
    learned: correct > 0,
    first_learned: correct === 0 ? null : (epochs[c.indexOf(1)] ?? null),
    threshold_closeness: confidence * (1 - confidence),
    aleatoric: mean(p.map((one) => one * (1 - one))),
    margin: mean(margins),
    el2n: early && Math.sqrt(early.reduce((total, q, k) => total + (q - (k === gold ? 1 : 0)) ** 2, 0)),
    entropy: mean(entropies),
    trend: slope,
    detrended_variability: deviation(residuals),
    variability_interval: E === 1 ? null : Math.sqrt(v + (v * v) / (E - 1)),
    other_label: run.labelNames[other] ?? null,
    other_probability: meanOf(other),
  };
}

/** The golden dynamics, rows in the order of their first appearance. */
export function goldenRun(): TestRun {
  const places = new Map<string, number>();
  const gold: number[] = [];
  const logits = Array.from({ length: 6 }, (_, e) => {
    const path = join(shared, `golden/allenai/training_dynamics/dynamics_epoch_${e}.jsonl`);
    const lines = readFileSync(path, "utf8").trim().split("\n");
    const values = new Float32Array(3 * lines.length);
    for (const line of lines) {
      const record = JSON.parse(line) as Record<string, unknown>;
      const id = String(record["guid"]);
      const place = places.get(id) ?? places.size;
      places.set(id, place);
      gold[place] = record["gold"] as number;
      values.set(record[`logits_epoch_${e}`] as number[], 3 * place);
    }
    return values;
  });
  return {
    ids: [...places.keys()],
    labelNames: ["0", "1", "2"],
    gold: Int32Array.from(gold),
    logits,
    numericIds: true,
  };
}
