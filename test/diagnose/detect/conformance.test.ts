/** What every detector promises, whatever it looks at. */

import { describe, expect, it } from "vitest";
import { Random } from "../../../src/core/random.js";
import { builtInDetectors, findDetector } from "../../../src/diagnose/detect/registry.js";
import { needs, type DetectorNeed } from "../../../src/diagnose/detect/detector.js";
import { runDetector } from "../../../src/diagnose/detect/run-detector.js";
import { averagePrecision } from "../../../src/diagnose/measure/ranking.js";
import { madeEvidence } from "./made-evidence.js";

/** The ensemble takes whichever of its members can be had. */
const optional: Readonly<Record<string, readonly DetectorNeed[]>> = { ensemble: ["held-out", "texts"] };

describe.each(Object.entries(builtInDetectors))("%s", (name, detector) => {
  it("has a name that is its key, a meaning and needs that are known", () => {
    expect(detector.name).toBe(name);
    expect(detector.meaning).toMatch(/^[a-z].*[^.]$/);
    for (const need of detector.needs) expect(needs).toContain(need);
    expect(detector.options.safeParse({}).success).toBe(true);
  });

  it("says of every example a score, a suggestion that is another label, and why", async () => {
    const { evidence } = madeEvidence();
    const { scores, suggested, flagged, why } = await runDetector(detector, evidence);
    expect([scores.length, suggested.length, flagged?.length ?? 400]).toEqual([400, 400, 400]);
    expect(scores.some((score) => !Number.isNaN(score))).toBe(true);
    expect(scores.every((score) => Number.isNaN(score) || Number.isFinite(score))).toBe(true);
    suggested.forEach((label, row) => {
      expect(label).toBeGreaterThanOrEqual(-1);
      expect(label).toBeLessThan(4);
      expect(label).not.toBe(evidence.gold[row]);
      expect(why(row)).not.toMatch(/^$|NaN|undefined/);
    });
    expect(flagged?.every((flag) => flag <= 1) ?? true).toBe(true);
  });

  it("finds flipped labels, suggests the true ones, and flags few others", async () => {
    const { evidence, flipped } = madeEvidence();
    const { scores, suggested, flagged } = await runDetector(detector, evidence);
    const prevalence = flipped.reduce((a, b) => a + b, 0) / flipped.length;
    expect(averagePrecision(scores, flipped)).toBeGreaterThan(3 * prevalence);
    const truth = (row: number) => Number(evidence.ids[row]!.slice(3)) % 4;
    const told = Array.from(suggested.keys()).filter((row) => flipped[row] === 1 && suggested[row]! >= 0);
    const right = told.filter((row) => suggested[row] === truth(row));
    expect(right.length).toBeGreaterThan(0.6 * told.length);
    if (flagged === null) return;
    const flags = Array.from(flagged.keys()).filter((row) => flagged[row] === 1);
    expect(flags.length).toBeGreaterThan(0);
    expect(flags.filter((row) => flipped[row] === 1).length / flags.length).toBeGreaterThan(2 * prevalence);
  });

  it("reads nothing but what it declares", async () => {
    const { evidence } = madeEvidence({ has: detector.needs });
    await expect(runDetector(detector, evidence)).resolves.toBeDefined();
  });

  it("names each need that is not met, and what meets it", async () => {
    for (const need of detector.needs) {
      const { evidence } = madeEvidence({ has: needs.filter((one) => one !== need) });
      await expect(runDetector(detector, evidence)).rejects.toThrow(
        `made, detector ${name}: needs ${need}: the run lacks ${need}; give --${need}`,
      );
    }
  });

  it("gives the same scores again, and in every order of the rows", async () => {
    const order = new Random(5).permutation(400);
    const has = [...detector.needs, ...(optional[name] ?? [])];
    const [first, again, turned] = await Promise.all(
      [undefined, undefined, order].map((rows) =>
        runDetector(detector, madeEvidence({ has, ...(rows && { order: rows }) }).evidence),
      ),
    );
    expect([...again!.scores]).toEqual([...first!.scores]);
    // Sums in another order differ by rounding.
    order.forEach((row, place) => expect(turned!.scores[place]).toBeCloseTo(first!.scores[row]!, 5));
  });
});

it("an option that a detector does not have, or out of range, is one line", async () => {
  const { evidence } = madeEvidence();
  const detector = findDetector("neighbours");
  await expect(runDetector(detector, evidence, { options: { k: 0 } })).rejects.toThrow(
    /^detector neighbours: k: /,
  );
  await expect(runDetector(detector, evidence, { options: { near: 1 } })).rejects.toThrow(/near/);
});

it("a detector's name nearly right is told", () => {
  expect(() => findDetector("confident-lerning")).toThrow(
    '--by: no such detector, "confident-lerning"; did you mean confident-learning?',
  );
});
