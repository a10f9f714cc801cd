import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { literal, withDatabase } from "../../src/core/duckdb.js";
import { buildMap } from "../../src/map/build-map.js";
import { exportCoordinates } from "../../src/map/export.js";
import { defaultRegionRule, regionNames } from "../../src/map/map.js";
import type { RegionRule } from "../../src/map/map.js";
import { readCoordinate, readMap } from "../../src/map/read-map.js";
import { assignRegions, describeRule, regionRule, shareCount } from "../../src/map/regions.js";
import { summarise } from "../../src/map/summary.js";
import { layout } from "../../src/run/layout.js";
import { createRun } from "../../src/run/open-writer.js";
import { randomRun, scratchFolder, shared, writeRun } from "./support.js";

const coordinatesFile = join(shared, "data/cartography/winogrande_roberta_0_6_data_map_coordinates.jsonl.gz");

describe("regions", () => {
  it("in memory and in the query are the same, also by share and through ties", async () => {
    const folder = join(scratchFolder(), "run");
    // Two labels and one epoch-like dynamics have many equal variabilities.
    const run = randomRun(11, 200, 2, 3);
    const tied = run.logits.map((values) => values.map((value) => Math.sign(Math.round(value / 4))));
    await writeRun(folder, { ...run, logits: tied });
    const rules: (Partial<RegionRule> | number)[] = [
      {},
      { variability: 0.05, confidence: 0.7 },
      0,
      1 / 3,
      0.05,
      1,
    ];
    for (const regions of rules) {
      await buildMap(folder, { regions });
      const map = await readMap(folder);
      expect([...map.regions]).toEqual([...assignRegions(map, regionRule(regions))]);
      if (typeof regions !== "number") continue;
      const rest = map.regions.filter((region) => region !== regionNames.indexOf("hard-to-learn")).length;
      const ambiguous = map.regions.filter((region) => region === regionNames.indexOf("ambiguous")).length;
      expect(ambiguous).toBe(Math.min(rest, shareCount(regions, 200)));
    }
  });

  it("follow the rule to the letter", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            p: fc.double({ min: 0, max: 1, noNaN: true }),
            v: fc.double({ min: 0, max: 0.5, noNaN: true }),
            c: fc.integer({ min: 0, max: 6 }),
          }),
        ),
        (points) => {
          const regions = assignRegions(
            {
              confidence: Float64Array.from(points, ({ p }) => p),
              variability: Float64Array.from(points, ({ v }) => v),
              correctness: Float64Array.from(points, ({ c }) => c / 6),
              ids: points.map((_, i) => String(i)),
            },
            defaultRegionRule,
          );
          points.forEach(({ p, v, c }, i) => {
            const name = p < 0.5 && c <= 3 ? "hard-to-learn" : v >= 0.2 ? "ambiguous" : "easy-to-learn";
            expect(regionNames[regions[i] ?? 255]).toBe(name);
          });
        },
      ),
    );
  });

  it("say what they are", () => {
    expect(describeRule(defaultRegionRule)).toBe(
      "hard-to-learn: confidence < 0.5 and at most 50 % of the epochs correct; " +
        "ambiguous: of the rest, variability >= 0.2; else easy-to-learn",
    );
    expect(shareCount(0.3, 10)).toBe(3);
  });
});

describe.skipIf(!existsSync(coordinatesFile))("the paper's WinoGrande map", () => {
  it("has the published counts and means, and is written back as it was", async () => {
    const folder = scratchFolder();
    const run = join(folder, "run");
    mkdirSync(run);
    const text = gunzipSync(readFileSync(coordinatesFile)).toString("utf8");
    const source = join(folder, "coordinates.jsonl");
    writeFileSync(source, text);
    const size = text.trimEnd().split("\n").length;
    const writer = await createRun(run, {
      alidade: "0.0.0",
      dataset: { name: "winogrande", size, input: "none", labelNames: [], roles: {}, sources: [] },
      trainer: null,
      imported: { format: "coordinates", sources: [], notes: [], numericIds: true },
      protocol: "unknown",
      epochs: { planned: 6 },
      logits: "none",
      columns: [],
      tests: {},
    });
    const lines = `read_json(${literal(source)}, format = 'newline_delimited')`;
    const copy = (select: string) => (path: string) =>
      withDatabase({}, (database) => database.run(`COPY (${select}) TO ${literal(path)} (FORMAT parquet)`));
    await writer.publishFile(
      layout.coordinates(run),
      copy(
        `SELECT guid::VARCHAR AS id, NULL::VARCHAR AS label, confidence, variability, correctness::INTEGER AS correct_epochs FROM ${lines}`,
      ),
    );
    await writer.publishFile(
      layout.examples(run),
      copy(
        `SELECT (row_number() OVER () - 1)::INTEGER AS "row", guid::VARCHAR AS id, NULL::VARCHAR AS label FROM ${lines}`,
      ),
    );
    await buildMap(writer);
    await writer.close();

    const map = await readMap(run);
    expect([map.size, map.epochs]).toEqual([40398, 6]);
    const counts = regionNames.map((_, region) => map.regions.filter((one) => one === region).length);
    expect(counts).toEqual([30513, 9439, 446]);
    const mean = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;
    // The facts are given to five places.
    expect(mean(map.confidence)).toBeCloseTo(0.89743, 5);
    expect(mean(map.variability)).toBeCloseTo(0.14802, 5);
    expect(Math.max(...map.variability)).toBeCloseTo(0.47778, 5);
    const histogram = [0, 0, 0, 0, 0, 0, 0];
    for (const count of map.correctEpochs) histogram[count] = (histogram[count] ?? 0) + 1;
    expect(histogram).toEqual([27, 84, 266, 698, 2208, 12215, 24900]);
    expect(map.correctness[0]).toBe(5 / 6);
    expect((await readCoordinate(run, "margin")).every(Number.isNaN)).toBe(true);

    const summary = await summarise(run);
    expect(summary.regions.map(({ count }) => count)).toEqual(counts);
    expect([summary.epochs, summary.labels, summary.labelErrors.length]).toEqual([[], [], 10]);
    expect(summary.labelErrors[0]?.coordinates["confidence"]).toBe(Math.min(...map.confidence));

    await exportCoordinates(run, join(folder, "out.jsonl"));
    expect(readFileSync(join(folder, "out.jsonl"), "utf8")).toBe(text);
    await expect(buildMap(run, { burnOut: 2 })).rejects.toThrow(
      /has no epochs to choose from; leave out --epochs/,
    );
  });
});
