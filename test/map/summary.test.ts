import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { hashId } from "../../src/core/random.js";
import { buildMap } from "../../src/map/build-map.js";
import { rankExamples } from "../../src/map/examples.js";
import { readMap } from "../../src/map/read-map.js";
import { summarise } from "../../src/map/summary.js";
import { naiveRow, randomRun, writeRun } from "./support.js";
import type { NaiveRow } from "./support.js";

const epochs = [0, 1, 2, 3];
const random = randomRun(21, 120, 4, 4);
// The first thirty rows are alike in every epoch: a tie that any cut through it has to break.
const run = {
  ...random,
  gold: random.gold.map((gold, row) => (row < 30 ? 0 : gold)),
  logits: random.logits.map((values) => values.map((value, i) => (i < 120 ? (i % 4 === 0 ? 9 : -9) : value))),
};
const naive: NaiveRow[] = run.ids.map((_, row) => naiveRow(run, row, epochs));
let folder = "";

beforeAll(async () => {
  const parent = mkdtempSync(join(tmpdir(), "alidade-summary-"));
  folder = join(parent, "run");
  await writeRun(folder, run);
  await buildMap(folder);
  return () => {
    rmSync(parent, { recursive: true, force: true });
  };
});

const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe("a summary", () => {
  it("counts, averages and names what the definitions say", async () => {
    const summary = await summarise(folder);
    const map = await readMap(folder);
    expect(summary.size).toBe(120);
    expect(summary.regions.reduce((sum, { count }) => sum + count, 0)).toBe(120);
    expect(summary.regions.map(({ count }) => count)).toEqual(
      [0, 1, 2].map((region) => map.regions.filter((one) => one === region).length),
    );
    expect(summary.means.confidence).toBeCloseTo(mean(naive.map((row) => row["confidence"] as number)), 6);
    summary.epochs.forEach((epoch, e) => {
      const rows = run.ids.map((_, row) => naiveRow(run, row, [e]));
      expect(epoch.accuracy).toBeCloseTo(mean(rows.map((row) => row["correctness"] as number)), 12);
      expect(epoch.confidence).toBeCloseTo(mean(rows.map((row) => row["confidence"] as number)), 6);
      expect(epoch).toMatchObject({ epoch: e, trainLoss: 1 / (e + 1), used: true });
    });
    for (const label of summary.labels) {
      const rows = naive.filter((_, row) => run.labelNames[run.gold[row] ?? -1] === label.label);
      expect(label.count).toBe(rows.length);
      expect(label.confidence).toBeCloseTo(mean(rows.map((row) => row["confidence"] as number)), 6);
      const last = run.ids.flatMap((_, row) =>
        run.labelNames[run.gold[row] ?? -1] === label.label
          ? [naiveRow(run, row, [3])["correctness"] as number]
          : [],
      );
      expect(label.accuracy).toBeCloseTo(mean(last), 12);
    }
    expect(summary.labels.map(({ count }) => count)).toEqual(
      summary.labels.map(({ count }) => count).sort((a, b) => b - a),
    );
    const margins = summary.labelErrors.map(({ coordinates }) => coordinates["margin"] as number);
    expect(margins.length).toBe(10);
    const lowest = naive.map((row) => row["margin"] as number).sort((a, b) => a - b);
    margins.forEach((margin, i) => {
      expect(margin).toBeCloseTo(lowest[i] ?? NaN, 4);
    });
    for (const suspect of summary.labelErrors) {
      expect(suspect.coordinates["other_label"]).not.toBe(suspect.label);
      expect(suspect.fields).toEqual([{ column: "text", text: `text of ${suspect.id}` }]);
    }
    expect(summary.mostAmbiguous.length).toBe(5);
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
  });
});

describe("ranked examples", () => {
  it("break ties by the hash of the id", async () => {
    const tied = run.ids.slice(0, 30);
    for (const seed of [0, 7]) {
      const easiest = await rankExamples(folder, { by: "easy", limit: 10, seed });
      const byHash = [...tied].sort((a, b) => hashId(a, seed) - hashId(b, seed));
      const confidence = Math.max(...easiest.map(({ coordinates }) => coordinates["confidence"] as number));
      const first = easiest.filter(({ coordinates }) => coordinates["confidence"] === confidence);
      expect(first.map(({ id }) => id).filter((id) => tied.includes(id))).toEqual(
        byHash.slice(0, first.filter(({ id }) => tied.includes(id)).length),
      );
    }
    const first = await rankExamples(folder, { by: "easy", limit: 5, seed: 1 });
    expect(first).not.toEqual(await rankExamples(folder, { by: "easy", limit: 5, seed: 2 }));
  });

  it("are in order, whole, and filtered", async () => {
    const hard = await rankExamples(folder, { by: "hard", limit: 200 });
    expect(hard.length).toBe(120);
    const values = hard.map(({ coordinates }) => coordinates["confidence"] as number);
    expect(values).toEqual([...values].sort((a, b) => a - b));
    const label = run.labelNames[2] ?? "";
    const some = await rankExamples(folder, { by: "ambiguous", label, region: "ambiguous" });
    expect(some.every((example) => example.label === label && example.region === "ambiguous")).toBe(true);
    const forgotten = await rankExamples(folder, { by: "forgetting", limit: 120 });
    const never = naive.filter((row) => row["learned"] === false).length;
    expect(never).toBeGreaterThan(0);
    expect(forgotten.slice(0, never).every(({ coordinates }) => coordinates["learned"] === false)).toBe(true);
    const counts = forgotten.slice(never).map(({ coordinates }) => coordinates["forgetting"] as number);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
  });

  it.each([
    [
      { by: "confidense" },
      /--examples: not a ranking, "confidense"; give easy, hard, ambiguous or a coordinate: confidence/,
    ],
    [{ label: "label 9" }, /--label: no such label, "label 9"/],
    [{ region: "hard" }, /--region: no such region, "hard"; (did you mean|there are)/],
    [{ limit: 0 }, /--limit: not a whole number above 0, 0/],
    [{ limit: 1.5 }, /--limit: not a whole number above 0/],
  ])("refuse %j", async (options, message) => {
    await expect(rankExamples(folder, options)).rejects.toThrow(message);
  });
});
