/** Confident learning finds what cleanlab finds (fixtures/cleanlab/make.py), count for count and example for example. */

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  confidentJoint,
  roundRows,
} from "../../../src/diagnose/detect/confident-learning/confident-joint.js";
import {
  labelIssues,
  normalisedMargin,
  selfConfidence,
  type IssueFilter,
} from "../../../src/diagnose/detect/confident-learning/label-issues.js";

interface Case {
  readonly labels: number;
  /** Equal margins at a cut: which of them is taken is not defined. */
  readonly ties: boolean;
  readonly given: readonly number[];
  readonly probabilities: string;
  readonly thresholds: readonly number[];
  readonly joint: readonly number[];
  readonly issues: Readonly<Record<string, readonly number[]>>;
  readonly self_confidence: readonly number[];
  readonly normalized_margin: readonly number[];
}
const file = new URL("../../fixtures/cleanlab/cases.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { readonly cases: readonly Case[] };

const filters: Readonly<Record<string, IssueFilter>> = {
  prune_by_noise_rate: "prune-by-noise-rate",
  prune_by_class: "prune-by-class",
  both: "both",
  confident_learning: "confident-learning",
  predicted_neq_given: "predicted-not-given",
};

describe.each(
  cases.map((one, index) => [`case ${index}: ${one.given.length} x ${one.labels}`, one] as const),
)("%s", (_, one) => {
  const given = Int32Array.from(one.given);
  const bytes = Buffer.from(one.probabilities, "base64");
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  // cleanlab saw doubles of the same values; single precision would round its differences.
  const probabilities = { labels: one.labels, values: Float64Array.from(values) };

  it("thresholds and confident joint", () => {
    const joint = confidentJoint(probabilities, given);
    // Means of up to 300 numbers in another order of summation.
    joint.thresholds.forEach((threshold, k) => expect(threshold).toBeCloseTo(one.thresholds[k]!, 12));
    // numpy sorts up to 16 values stably; of more, which of two equal fractions is rounded up is its processor's choice.
    const rows = (counts: ArrayLike<number>) =>
      Array.from({ length: one.labels }, (_, k) => {
        const row = Array.from(counts).slice(k * one.labels, (k + 1) * one.labels);
        return one.labels <= 16 ? row : row.sort((a, b) => a - b);
      });
    expect(rows(joint.counts)).toEqual(rows(one.joint));
  });

  it.each(Object.keys(filters))("filter %s", (name) => {
    const found = labelIssues(probabilities, given, filters[name]);
    const rows = Array.from(found.keys()).filter((row) => found[row] === 1);
    if (one.ties && name.startsWith("prune_by")) expect(rows.length).toBe(one.issues[name]!.length);
    else if (!one.ties || name !== "both") expect(rows).toEqual(one.issues[name]);
  });

  it("scores", () => {
    // Both are sums of at most three doubles.
    selfConfidence(probabilities, given).forEach((score, row) =>
      expect(score).toBeCloseTo(one.self_confidence[row]!, 14),
    );
    normalisedMargin(probabilities, given).forEach((score, row) =>
      expect(score).toBeCloseTo(one.normalized_margin[row]!, 14),
    );
  });
});

it("rounding keeps each row's sum and moves no entry by 1 or more", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 6, maxLength: 24 }),
      (width, sevenths) => {
        const matrix = Float64Array.from(
          sevenths.slice(0, sevenths.length - (sevenths.length % width)),
          (n) => n / 7,
        );
        // Rows whose sum is whole, as a joint's are.
        for (let from = 0; from < matrix.length; from += width) {
          const sum = matrix.subarray(from, from + width).reduce((a, b) => a + b, 0);
          matrix[from]! += Math.ceil(sum) - sum;
        }
        const rounded = roundRows(matrix, width);
        for (let from = 0; from < matrix.length; from += width) {
          const sum = (of: ArrayLike<number>) =>
            Array.from(of)
              .slice(from, from + width)
              .reduce((a, b) => a + b, 0);
          expect(sum(rounded)).toBeCloseTo(sum(matrix), 9);
        }
        rounded.forEach((value, i) => expect(Math.abs(value - matrix[i]!)).toBeLessThan(1.0000001));
      },
    ),
  );
});
