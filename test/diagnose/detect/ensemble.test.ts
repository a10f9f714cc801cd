/** The ensemble against its definition, and neighbours' word counted as far as it goes. */

import { expect, it } from "vitest";
import { ensemble, shares } from "../../../src/diagnose/detect/detectors/ensemble.js";
import { findDetector } from "../../../src/diagnose/detect/registry.js";
import { runDetector } from "../../../src/diagnose/detect/run-detector.js";
import { datasetOf } from "../../train/datasets.js";
import { madeEvidence } from "./made-evidence.js";

const weights = { "confident-learning": 2, "low-confidence": 1, neighbours: 1 };

it.each([
  ["root", Math.sqrt, (mean: number) => mean ** 2],
  ["geometric", Math.log, Math.exp],
  ["arithmetic", (place: number) => place, (mean: number) => mean],
] as const)("is the %s mean of its members' places, neighbours by their kappa", async (mean, there, back) => {
  const { evidence } = madeEvidence();
  const { scores } = await runDetector(ensemble, evidence, { options: { mean } });
  const members = await Promise.all(
    Object.entries(weights).map(async ([name, weight]) => {
      const { scores: own, kappa = 1 } = await runDetector(findDetector(name), evidence);
      return { places: shares(own), weight: weight * kappa };
    }),
  );
  const total = members.reduce((sum, { weight }) => sum + weight, 0);
  scores.forEach((score, row) => {
    const sum = members.reduce((so, { places, weight }) => so + weight * there(places[row]!), 0);
    // Sums of three in another order.
    expect(score).toBeCloseTo(1 - back(sum / total), 12);
  });
});

it("neighbours that contradict every label do not count; where they know the labels they do", async () => {
  const { evidence } = madeEvidence();
  const { kappa: known } = await runDetector(findDetector("neighbours"), evidence);
  expect(known).toBeGreaterThan(0.7);
  // Each text has one other that shares its words, of another label.
  const rows = [...evidence.gold.keys()];
  const byLabel = [0, 1, 2, 3].map((label) => rows.filter((row) => evidence.gold[row] === label));
  const text = rows.map((row) => `alone ${row} alone${row}`);
  for (const [a, b] of [
    [0, 1],
    [2, 3],
  ] as const)
    byLabel[a]!.forEach((row, i) => {
      const other = byLabel[b]![i];
      if (other === undefined) return;
      text[row] = text[other] = `pair${a}x${i} words${a}y${i}`;
    });
  const dataset = datasetOf({ kind: "text", text }, [...evidence.gold], { labels: [...evidence.labelNames] });
  const contradicted = { ...evidence, dataset: () => Promise.resolve(dataset) };
  const { kappa } = await runDetector(findDetector("neighbours"), contradicted);
  expect(kappa).toBeLessThan(0);
  const { scores } = await runDetector(ensemble, contradicted);
  const without = madeEvidence({ has: ["probabilities", "held-out"] });
  expect(scores).toEqual((await runDetector(ensemble, without.evidence)).scores);
});
