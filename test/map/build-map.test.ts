import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { literal, withDatabase } from "../../src/core/duckdb.js";
import { buildMap } from "../../src/map/build-map.js";
import type { MapOptions } from "../../src/map/build-map.js";
import { coordinates } from "../../src/map/coordinates.js";
import { parseEpochRange } from "../../src/map/epoch-range.js";
import { registerOtherLabel } from "../../src/map/other-label.js";
import { planMap } from "../../src/map/plan-map.js";
import { mapQuery } from "../../src/map/query.js";
import { readMap, streamMap } from "../../src/map/read-map.js";
import type { MapRow } from "../../src/map/read-map.js";
import { layout } from "../../src/run/layout.js";
import { openRun } from "../../src/run/reader.js";
import { goldenRun, naiveRow, randomRun, scratchFolder, shared, writeRun } from "./support.js";
import type { NaiveRow, TestRun } from "./support.js";

/** Two ways to compute a probability may be rounded to neighbouring 32-bit floats, which lie 6e-8 apart. */
const tolerance = 1e-6;

function expectNaive(found: MapRow["coordinates"], naive: NaiveRow, where: string): void {
  expect(Object.keys(found).sort(), "the naive map has every coordinate").toEqual(Object.keys(naive).sort());
  for (const [name, expected] of Object.entries(naive)) {
    const value = found[name] ?? null;
    if (typeof expected !== "number" || typeof value !== "number") {
      if (name === "other_label" && value !== expected) continue;
      expect(value, `${where}: ${name}`).toBe(expected);
    } else {
      const scale = Math.max(1, Math.abs(expected));
      // Two ways to compute a loss of 200 may be rounded to neighbouring 32-bit floats, which lie 1.5e-5 apart.
      const allowed = name.startsWith("loss_") ? 2e-5 : tolerance * scale;
      expect(Math.abs(value - expected), `${where}: ${name} ${value}, not ${expected}`).toBeLessThanOrEqual(
        allowed,
      );
    }
  }
}

async function rowsOf(folder: string): Promise<MapRow[]> {
  const rows: MapRow[] = [];
  for await (const chunk of streamMap(folder)) rows.push(...chunk);
  return rows;
}

async function expectMap(
  folder: string,
  run: TestRun,
  options: MapOptions,
  epochs: number[],
): Promise<MapRow[]> {
  await buildMap(folder, options);
  const rows = await rowsOf(folder);
  expect(rows.map(({ id }) => id)).toEqual(run.ids);
  expect(rows.map(({ row }) => row)).toEqual(run.ids.map((_, row) => row));
  rows.forEach((row, i) => {
    const naive = naiveRow(run, i, epochs, options.el2nEpoch);
    expectNaive(row.coordinates, naive, `row ${i}`);
    // Of labels that are equally probable up to rounding any may be named.
    const other = run.labelNames.indexOf(String(row.coordinates["other_label"]));
    expect(other).not.toBe(run.gold[i]);
  });
  return rows;
}

describe("the map's query", () => {
  it("gives what the definitions say, on random dynamics", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          seed: fc.integer(),
          size: fc.integer({ min: 1, max: 60 }),
          labels: fc.integer({ min: 2, max: 12 }),
          epochs: fc.integer({ min: 1, max: 9 }),
        }),
        async ({ seed, size, labels, epochs }) => {
          const folder = join(scratchFolder(), "run");
          const run = randomRun(seed, size, labels, epochs);
          await writeRun(folder, run);
          const all = Array.from({ length: epochs }, (_, e) => e);
          for (const { coordinates: of } of await expectMap(folder, run, {}, all)) {
            const get = (name: string): number => of[name] as number;
            expect(get("confidence")).toBeGreaterThanOrEqual(0);
            expect(get("confidence")).toBeLessThanOrEqual(1);
            const bound = Math.sqrt(get("confidence") * (1 - get("confidence")));
            expect(get("variability")).toBeLessThanOrEqual(bound + 1e-12);
            expect(get("threshold_closeness")).toBeCloseTo(get("aleatoric") + get("variability") ** 2, 14);
            if (epochs === 1) expect(get("variability")).toBe(0);
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  it("takes a range of epochs, a burn-out and another epoch's el2n", async () => {
    const folder = join(scratchFolder(), "run");
    const run = randomRun(4, 50, 3, 6);
    await writeRun(folder, run);
    await expectMap(folder, run, { epochs: parseEpochRange("1..4") }, [1, 2, 3, 4]);
    await expectMap(folder, run, { epochs: parseEpochRange("5"), el2nEpoch: 0 }, [5]);
    await expectMap(folder, run, { burnOut: 2, el2nEpoch: 5 }, [0, 1]);
    const { description } = await readMap(folder);
    expect(description).toMatchObject({ epochs: 2, range: { from: 0, to: 1 }, el2nEpoch: 5, el2nRuns: 1 });
  });

  it("averages el2n over runs of the same examples", async () => {
    const folder = scratchFolder();
    const [first, second] = [randomRun(1, 40, 3, 3), randomRun(2, 40, 3, 3)];
    const other = { ...second, gold: first.gold };
    await writeRun(join(folder, "a"), first);
    await writeRun(join(folder, "b"), other);
    await buildMap(join(folder, "a"), { el2nRuns: [join(folder, "b")] });
    (await rowsOf(join(folder, "a"))).forEach(({ coordinates: of }, row) => {
      const norms = [first, other].map((run) => naiveRow(run, row, [0, 1, 2])["el2n"] as number);
      expect(of["el2n"]).toBeCloseTo(((norms[0] ?? 0) + (norms[1] ?? 0)) / 2, 6);
    });
    await writeRun(join(folder, "c"), { ...randomRun(3, 40, 3, 3), ids: first.ids.map((id) => `${id}!`) });
    await expect(buildMap(join(folder, "a"), { el2nRuns: [join(folder, "c")] })).rejects.toThrow(
      /c: its dataset is not that of/,
    );
  });

  it("gives the same whatever the order of the examples, and where it may of the epochs", async () => {
    const folder = scratchFolder();
    const run = randomRun(9, 30, 4, 5);
    const order = Array.from({ length: 30 }, (_, i) => (i * 7 + 3) % 30);
    const moved: TestRun = {
      ...run,
      ids: order.map((row) => run.ids[row] ?? ""),
      gold: Int32Array.from(order, (row) => run.gold[row] ?? 0),
      logits: run.logits.map((values) =>
        Float32Array.from(order.flatMap((row) => [...values.subarray(4 * row, 4 * row + 4)])),
      ),
    };
    await writeRun(join(folder, "run"), run);
    await writeRun(join(folder, "moved"), moved);
    await writeRun(join(folder, "turned"), { ...run, logits: [...run.logits].reverse() });
    for (const name of ["run", "moved", "turned"]) await buildMap(join(folder, name));
    const byId = new Map((await rowsOf(join(folder, "run"))).map((row) => [row.id, row]));
    for (const row of await rowsOf(join(folder, "moved"))) {
      expect(row.coordinates).toEqual(byId.get(row.id)?.coordinates);
      expect(row.region).toBe(byId.get(row.id)?.region);
    }
    const ordered = new Set(["forgetting", "first_learned", "trend", "el2n"]);
    for (const row of await rowsOf(join(folder, "turned"))) {
      for (const { name, type } of coordinates) {
        const value = byId.get(row.id)?.coordinates[name];
        if (ordered.has(name)) continue;
        // Another order of summation, in double precision.
        if (type === "DOUBLE") expect(row.coordinates[name]).toBeCloseTo(value as number, 7);
        else expect(row.coordinates[name]).toBe(value);
      }
    }
  });

  it("gives null for what the run lacks", async () => {
    const folder = scratchFolder();
    const run = randomRun(2, 20, 7, 3);
    await writeRun(join(folder, "none"), { ...run, kept: "none" });
    await writeRun(join(folder, "top"), { ...run, kept: "top" });
    await buildMap(join(folder, "none"));
    for (const { coordinates: of } of await rowsOf(join(folder, "none"))) {
      expect([of["other_label"], of["other_probability"]]).toEqual([null, null]);
      expect(of["confidence"]).not.toBeNull();
    }
    // The largest five of seven hold the second place in all but contrived cases.
    await buildMap(join(folder, "top"));
    (await rowsOf(join(folder, "top"))).forEach(({ coordinates: of }, row) => {
      const naive = naiveRow(run, row, [0, 1, 2]);
      expect(of["other_probability"]).toBeLessThanOrEqual((naive["other_probability"] as number) + tolerance);
      expect(of["other_probability"]).toBeGreaterThan((naive["other_probability"] as number) / 2);
    });
  });

  it("keeps the order of the rows over several parts, in which rows and epochs have to agree", async () => {
    const folder = scratchFolder();
    const size = 2 ** 20 + 5000;
    const rows = (where: string): string => `range(${size}) t(i) WHERE ${where}`;
    await withDatabase({}, async (database) => {
      const copy = (select: string, path: string): Promise<void> =>
        database.run(`COPY (${select}) TO ${literal(join(folder, path))} (FORMAT parquet)`);
      for (const [part, where] of [`i < ${2 ** 20}`, `i >= ${2 ** 20}`].entries()) {
        for (let e = 0; e < 2; e++) {
          const p = `((hash(i * 2 + ${e}) % 1000) / 1000.0)::FLOAT`;
          await copy(
            `SELECT i::INTEGER AS "row", ${p} AS gold_probability, (2 * ${p} - 1)::FLOAT AS margin FROM ${rows(where)}`,
            `epoch-${e}-${part}.parquet`,
          );
        }
      }
      await copy(
        `SELECT i::INTEGER AS "row", 'x' || i AS id, 'a' AS label FROM ${rows("true")}`,
        "examples.parquet",
      );
    });
    const query = (part: number, second: string): string =>
      mapQuery({
        rows: { first: part * 2 ** 20, end: Math.min(size, (part + 1) * 2 ** 20) },
        examples: join(folder, "examples.parquet"),
        epochs: [
          { epoch: 0, file: join(folder, `epoch-0-${part}.parquet`) },
          { epoch: 1, file: join(folder, second) },
        ],
        el2nFiles: [],
        columns: ["gold_probability", "margin"],
        labelNames: ["a", "b", "c"],
        choices: false,
      });
    await withDatabase({}, async (database) => {
      registerOtherLabel(database.connection, 2, 3);
      const plan = await database.rows(`EXPLAIN ${query(0, "epoch-1-0.parquet")}`);
      expect(String(plan[0]?.["explain_value"])).toMatch(/POSITIONAL_SCAN/);
      expect(String(plan[0]?.["explain_value"])).not.toMatch(/POSITIONAL_JOIN|FILTER/);
      const wrong = await database.value(
        `SELECT count(*) FROM (${query(0, "epoch-1-0.parquet")} UNION ALL ${query(1, "epoch-1-1.parquet")}) WHERE ` +
          `id != 'x' || "row" OR abs(confidence - ((hash("row" * 2) % 1000) + (hash("row" * 2 + 1) % 1000)) / 2000.0) > 1e-6`,
      );
      expect(Number(wrong)).toBe(0);
      await expect(database.rows(query(0, "epoch-1-1.parquet"))).rejects.toThrow(/rows of the epochs differ/);
    });
  });
});

describe("building a map fails well", () => {
  async function small(): Promise<string> {
    const folder = join(scratchFolder(), "run");
    await writeRun(folder, randomRun(1, 20, 3, 4));
    return folder;
  }

  it.each<[string, MapOptions, RegExp]>([
    [
      "a range past the end",
      { epochs: { from: 1, to: 4 } },
      /--map-epochs: out of range, "1\.\.4"; .* has epochs 0\.\.3/,
    ],
    ["a range before the start", { epochs: { from: -1, to: 2 } }, /--map-epochs: out of range/],
    ["an empty range", { epochs: { from: 3, to: 1 } }, /--map-epochs: the range is empty, "3\.\.1"/],
    ["a broken epoch", { epochs: { from: 0.5, to: 1 } }, /--map-epochs: out of range/],
    ["a burn-out of nothing", { burnOut: 0 }, /--burn-out: not a number of epochs from 1 to 4, 0/],
    ["a burn-out past the end", { burnOut: 5 }, /--burn-out: not a number of epochs from 1 to 4, 5/],
    ["both", { burnOut: 2, epochs: { from: 0, to: 1 } }, /--burn-out: given together with --map-epochs/],
    ["an el2n epoch past the end", { el2nEpoch: 4 }, /--el2n-epoch: no such epoch, 4/],
    [
      "a threshold past its range",
      { regions: { variability: 0.7 } },
      /regions, variability: not a number from 0 to 0\.5, 0\.7/,
    ],
    ["a share past 1", { regions: 1.5 }, /regions, share: not a number from 0 to 1, 1\.5/],
    ["a share that is no number", { regions: NaN }, /regions, share: not a number/],
  ])("%s", async (_, options, message) => {
    await expect(buildMap(await small(), options)).rejects.toThrow(message);
  });

  it.each(["", "..", "a..b", "1-2", "1.5..2", "-1..2", "1..2..3"])("refuses --epochs %j", (text) => {
    expect(() => parseEpochRange(text)).toThrow(/--map-epochs: not a range of epochs/);
  });

  it("an epoch's file that is short, missing, or in another order", async () => {
    const [short, missing, moved] = [await small(), await small(), await small()];
    const spoil = async (folder: string, select: string): Promise<void> => {
      const path = layout.part(folder, 1, 0);
      const copy = `${path}.copy`;
      cpSync(path, copy);
      await withDatabase({}, (database) =>
        database.run(
          `COPY (${select} FROM read_parquet(${literal(copy)})) TO ${literal(path)} (FORMAT parquet)`,
        ),
      );
    };
    await spoil(short, `SELECT * EXCLUDE row, row`);
    await withDatabase({}, (database) =>
      database.run(
        `COPY (SELECT * FROM read_parquet(${literal(`${layout.part(short, 1, 0)}.copy`)}) LIMIT 19) ` +
          `TO ${literal(layout.part(short, 1, 0))} (FORMAT parquet)`,
      ),
    );
    await expect(buildMap(short)).rejects.toThrow(/part-0\.parquet: has 19 rows instead of 20; restore/);
    await spoil(moved, `SELECT * REPLACE (19 - "row" AS "row")`);
    await expect(buildMap(moved)).rejects.toThrow(/dynamics: the epochs' files do not hold the same rows/);
    expect(existsSync(layout.map(moved))).toBe(false);
    const run = await openRun(missing);
    rmSync(layout.part(missing, 1, 0));
    await expect(planMap(run)).rejects.toThrow(/part-0\.parquet: missing/);
  });

  it("no map yet, a file that is no map", async () => {
    const folder = await small();
    await expect(readMap(folder)).rejects.toThrow(/map\.parquet: there is no map/);
    cpSync(layout.examples(folder), layout.map(folder));
    await expect(readMap(folder)).rejects.toThrow(/map\.parquet: not a map that Alidade wrote/);
  });
});

describe.skipIf(!existsSync(join(shared, "golden/allenai")))("the golden dynamics", () => {
  it("give the naive map", async () => {
    const folder = join(scratchFolder(), "run");
    const run = goldenRun();
    await writeRun(folder, run);
    await expectMap(folder, run, {}, [0, 1, 2, 3, 4, 5]);
  });
});
