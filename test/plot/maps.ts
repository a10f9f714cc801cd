/** Maps to draw: made up, and the paper's own. */

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { Random } from "../../src/core/random.js";
import type { DataMap } from "../../src/map/map.js";
import { published } from "../util/requires.js";

/** A map with regions by the default rule. Columns default to null everywhere. */
export function mapOf(columns: {
  confidence: ArrayLike<number>;
  variability: ArrayLike<number>;
  correctness?: ArrayLike<number>;
  labels?: readonly (string | null)[];
  epochs?: number;
}): DataMap {
  const size = columns.confidence.length;
  const { epochs = 6 } = columns;
  const confidence = Float64Array.from(columns.confidence);
  const variability = Float64Array.from(columns.variability);
  const correctness = columns.correctness
    ? Float64Array.from(columns.correctness)
    : new Float64Array(size).fill(NaN);
  const regions = Uint8Array.from(confidence, (c, i) => {
    if (!(c >= 0)) return 255;
    if (c < 0.5 && (correctness[i] ?? 1) <= 0.5) return 2;
    return (variability[i] ?? 0) >= 0.2 ? 1 : 0;
  });
  return {
    size,
    ids: Array.from({ length: size }, (_, i) => String(i)),
    labels: columns.labels ?? new Array<null>(size).fill(null),
    confidence,
    variability,
    correctness,
    correctEpochs: correctness.map((share) => share * epochs),
    epochs,
    regions,
  };
}

/** Dynamics of three kinds of examples (learned at once, in between, never), and their coordinates. */
export function madeUpMap(
  size: number,
  { seed = 1, epochs = 6, labels = [] as readonly string[] } = {},
): DataMap {
  const random = new Random(seed);
  const confidence = new Float64Array(size);
  const variability = new Float64Array(size);
  const correctness = new Float64Array(size);
  const given: (string | null)[] = [];
  for (let i = 0; i < size; i++) {
    const kind = random.unit();
    const start = kind < 0.6 ? 2.5 : kind < 0.87 ? 0 : -3;
    const slope = kind < 0.6 ? 0.6 : kind < 0.87 ? random.unit() : 0.1;
    let [sum, squares, correct] = [0, 0, 0];
    for (let epoch = 0; epoch < epochs; epoch++) {
      const noise = 3 * (random.unit() + random.unit() - 1);
      const p = 1 / (1 + Math.exp(-(start + slope * epoch + noise)));
      sum += p;
      squares += p * p;
      if (p > 0.5) correct++;
    }
    confidence[i] = sum / epochs;
    variability[i] = Math.sqrt(Math.max(0, squares / epochs - (sum / epochs) ** 2));
    correctness[i] = correct / epochs;
    given.push(labels[Math.floor(random.unit() * random.unit() * labels.length)] ?? null);
  }
  return mapOf({ confidence, variability, correctness, labels: given, epochs });
}

/** RoBERTa-large on WinoGrande, published with the paper. Only where the published data sets are. */
export function winoGrande(): DataMap {
  const path = `${published.folder}cartography/winogrande_roberta_0_6_data_map_coordinates.jsonl.gz`;
  const lines = gunzipSync(readFileSync(path))
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<"confidence" | "variability" | "correctness", number>);
  return mapOf({
    confidence: lines.map((line) => line.confidence),
    variability: lines.map((line) => line.variability),
    correctness: lines.map((line) => line.correctness / 6),
  });
}
