/** Made evidence about a dataset with known flips: every kind of it tells flipped examples from others, imperfectly. */

import { Random } from "../../../src/core/random.js";
import type { Dataset } from "../../../src/dataset/dataset.js";
import type { DetectorNeed } from "../../../src/diagnose/detect/detector.js";
import type { LabelEvidence, RunOpinion } from "../../../src/diagnose/detect/evidence.js";

export interface MadeEvidence {
  readonly evidence: LabelEvidence;
  readonly flipped: Uint8Array;
}

export interface MadeEvidenceOptions {
  readonly size?: number;
  readonly labels?: number;
  readonly seed?: number;
  /** What is there. Default: everything. */
  readonly has?: readonly DetectorNeed[];
  /** Row of the made examples at each place. Default: as made. */
  readonly order?: Int32Array;
}

const words = ["pay", "card", "rate", "top", "lost", "euro", "pin", "fee"];

export function madeEvidence({
  size = 400,
  labels = 4,
  seed = 1,
  has,
  order,
}: MadeEvidenceOptions = {}): MadeEvidence {
  const random = new Random(seed);
  const made = Array.from({ length: size }, (_, row) => {
    const truth = row % labels;
    const flipped = random.unit() < 0.1 ? 1 : 0;
    const gold = flipped === 1 ? (truth + 1 + random.below(labels - 1)) % labels : truth;
    // Of every training another draw: the true label's logit is above the rest.
    const probabilities = Array.from({ length: 6 }, () => {
      const logits = Array.from({ length: labels }, (_, k) => random.normal() + (k === truth ? 3 : 0));
      const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
      return logits.map((logit) => Math.exp(logit) / sum);
    });
    const text = `${words[truth]} ${words[truth]}s ${words[(truth + 4) % 8]} number ${Math.floor(row / 8)}`;
    return { id: `id-${row}`, truth, flipped, gold, probabilities, text, noise: random.normal() };
  });
  const rows = order === undefined ? made : Array.from(order, (row) => made[row]!);
  const opinion = (run: number): RunOpinion => {
    const others = rows.map(({ gold, probabilities }) => {
      const values = probabilities[run]!.map((p, k) => (k === gold ? -1 : p));
      return values.indexOf(Math.max(...values));
    });
    const knows = has === undefined || has.includes("probabilities") || run > 0;
    return {
      confidence: Float64Array.from(rows, ({ gold, probabilities }) =>
        knows ? probabilities[run]![gold]! : NaN,
      ),
      other: Int32Array.from(others, (label) => (knows ? label : -1)),
      otherProbability: Float64Array.from(rows, ({ probabilities }, row) =>
        knows ? probabilities[run]![others[row]!]! : NaN,
      ),
    };
  };
  const margin = (run: number): Float64Array =>
    Float64Array.from(rows, ({ gold, probabilities }) => {
      const logs = probabilities[run]!.map(Math.log);
      return logs[gold]! - Math.max(...logs.filter((_, k) => k !== gold));
    });
  const dataset: Dataset = {
    name: "made",
    size,
    ids: rows.map(({ id }) => id),
    labelNames: Array.from({ length: labels }, (_, k) => `label ${k}`),
    gold: Int32Array.from(rows, ({ gold }) => gold),
    input: { kind: "text", text: rows.map(({ text }) => text) },
    groups: null,
    votes: null,
    roles: { text: "text", label: "label" },
    sources: [],
    subsetOf: null,
    writeExamples: () => Promise.reject(new Error("no source")),
    close: () => undefined,
  };
  const served =
    <T>(need: DetectorNeed, make: () => T): (() => Promise<T>) =>
    () =>
      has === undefined || has.includes(need)
        ? Promise.resolve(make())
        : Promise.reject(new Error(`${need} was read and not declared`));
  const flipped = Uint8Array.from(rows, (row) => row.flipped);
  const coordinates = {
    variability: served("variability", () => Float64Array.from(rows, ({ noise }) => Math.abs(noise) / 10)),
    margin: served("margins", () => margin(0)),
    loss_mean: served("losses", () =>
      Float64Array.from(rows, ({ gold, probabilities }) => -Math.log(probabilities[0]![gold]!)),
    ),
  };
  return {
    flipped,
    evidence: {
      name: "made",
      size,
      ids: dataset.ids,
      labelNames: dataset.labelNames,
      gold: dataset.gold,
      missing: (need) =>
        has === undefined || has.includes(need)
          ? null
          : { problem: `lacks ${need}`, remedy: `give --${need}` },
      opinion: () => Promise.resolve(opinion(0)),
      coordinate: (name) => coordinates[name](),
      heldOut: served("held-out", () => ({
        labels,
        values: Float64Array.from(rows.flatMap(({ probabilities }) => probabilities[1]!)),
      })),
      thresholdRuns: served("threshold-samples", () =>
        [2, 3].map((run) => {
          const sampled = Uint8Array.from(rows, ({ id }) => (Number(id.slice(3)) % 10 === run ? 1 : 0));
          // The extra label is nobody's: its margin is low.
          return {
            margins: margin(run).map((m, row) => (sampled[row] === 1 ? -2 + rows[row]!.noise : m)),
            sampled,
          };
        }),
      ),
      opinions: served("several-runs", () => [opinion(0), opinion(4), opinion(5)]),
      dataset: served("texts", () => dataset),
      injected: served("injected-noise", () => {
        const other = Uint8Array.from(rows, ({ id }) => (Number(id.slice(3)) % 11 === 0 ? 1 : 0));
        const confidence = Float64Array.from(rows, ({ noise }, row) =>
          Math.min(1, Math.max(0, (other[row] === 1 ? 0.2 : 0.8) + noise / 10)),
        );
        return [
          {
            ids: dataset.ids,
            confidence,
            variability: confidence.map((p) => p * (1 - p)),
            flipped: other,
            seed: 3,
          },
        ];
      }),
    },
  };
}
