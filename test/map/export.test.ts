import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { literal, withDatabase } from "../../src/core/duckdb.js";
import { buildMap } from "../../src/map/build-map.js";
import { exportAllenai } from "../../src/map/compat.js";
import { exportCoordinates, exportDynamics, exportTable } from "../../src/map/export.js";
import { goldenRun, randomRun, scratchFolder, shared, writeRun } from "./support.js";

const golden = join(shared, "golden/allenai");

function linesOf(path: string): Record<string, unknown>[] {
  return readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe.skipIf(!existsSync(golden))("--compat allenai", () => {
  it.each([
    ["td_metrics.jsonl", {}],
    ["td_metrics_include_ci.jsonl", { includeCi: true }],
    ["td_metrics_burn_out_3.jsonl", { burnOut: 3 }],
  ])("equals the reference's %s on every value, in its rows' and columns' order", async (name, options) => {
    const folder = scratchFolder();
    const run = goldenRun();
    // Rows in another order than the source: the export restores it.
    const order = run.ids.map((_, i) => (i * 7 + 1) % run.ids.length);
    await writeRun(join(folder, "run"), {
      ...run,
      ids: order.map((row) => run.ids[row] ?? ""),
      gold: Int32Array.from(order, (row) => run.gold[row] ?? 0),
      logits: run.logits.map((values) =>
        Float32Array.from(order.flatMap((row) => [...values.subarray(3 * row, 3 * row + 3)])),
      ),
      sourceIndex: order,
    });
    const path = join(folder, name);
    await exportAllenai(join(folder, "run"), path, options);
    const [found, expected] = [linesOf(path), linesOf(join(golden, name))];
    expect(found.length).toBe(expected.length);
    found.forEach((line, i) => {
      const reference = expected[i] ?? {};
      expect(Object.keys(line)).toEqual(Object.keys(reference));
      for (const [column, value] of Object.entries(reference)) {
        const difference = Math.abs((line[column] as number) - (value as number));
        // The reference's softmax is in 32-bit floats; counts and guids are whole.
        expect(difference, `${name} line ${i + 1}: ${column}`).toBeLessThanOrEqual(1e-6);
      }
    });
    const first = readFileSync(path, "utf8").split("\n", 1)[0];
    expect(first).toMatch(/^\{"guid":\d+,"index":0,"threshold_closeness":0\.\d+,"confidence":0/);
  });

  it("writes the dynamics that were read, and their numbers", async () => {
    const folder = scratchFolder();
    const run = goldenRun();
    await writeRun(join(folder, "run"), { ...run, sourceIndex: run.ids.map((_, i) => i) });
    const files = await exportDynamics(join(folder, "run"), join(folder, "dynamics"));
    expect(files.map((file) => file.split("/").pop())).toEqual(
      [0, 1, 2, 3, 4, 5].map((e) => `dynamics_epoch_${e}.jsonl`),
    );
    files.forEach((file, e) => {
      const byGuid = new Map(
        linesOf(join(golden, `training_dynamics/dynamics_epoch_${e}.jsonl`)).map((line) => [
          line["guid"],
          line,
        ]),
      );
      for (const line of linesOf(file)) {
        const source = byGuid.get(line["guid"]);
        expect(line["gold"]).toBe(source?.["gold"]);
        const floats = (of: unknown): number[] => [...Float32Array.from(of as number[])];
        expect(floats(line[`logits_epoch_${e}`])).toEqual(floats(source?.[`logits_epoch_${e}`]));
      }
    });
  });
});

describe("exports", () => {
  async function mapped(): Promise<{ folder: string; run: string }> {
    const folder = scratchFolder();
    const run = join(folder, "run");
    const texts = [
      'with "quotes", commas',
      "with\nlines",
      "ünï 🙂",
      ...Array.from({ length: 17 }, (_, i) => `${i}`),
    ];
    await writeRun(run, { ...randomRun(5, 20, 3, 4), texts });
    await buildMap(run);
    return { folder, run };
  }

  it("coordinates have the reference's columns", async () => {
    const { folder, run } = await mapped();
    const path = join(folder, "coords.jsonl");
    await exportCoordinates(run, path);
    const lines = linesOf(path);
    expect(lines.length).toBe(20);
    expect(Object.keys(lines[0] ?? {})).toEqual([
      "guid",
      "index",
      "confidence",
      "variability",
      "correctness",
    ]);
    expect(lines[3]).toMatchObject({ guid: "example 3", index: 3 });
    expect(Number.isInteger(lines[3]?.["correctness"])).toBe(true);
  });

  it.each([".csv", ".parquet", ".jsonl"])(
    "a table in %s has every column, and the dataset's on request",
    async (extension) => {
      const { folder, run } = await mapped();
      const [plain, whole] = [join(folder, `plain${extension}`), join(folder, `whole${extension}`)];
      await exportTable(run, plain);
      await exportTable(run, whole, { source: true });
      const reader =
        { ".csv": "read_csv", ".parquet": "read_parquet", ".jsonl": "read_json" }[extension] ?? "";
      await withDatabase({}, async (database) => {
        const rows = await database.json(`SELECT * FROM ${reader}(${literal(whole)})`);
        expect(Object.keys(rows[0] ?? {}).slice(0, 5)).toEqual([
          "row",
          "id",
          "label",
          "text",
          "source_label",
        ]);
        expect(rows.slice(0, 3).map((row) => row["text"])).toEqual([
          'with "quotes", commas',
          "with\nlines",
          "ünï 🙂",
        ]);
        expect(rows.every((row) => row["label"] === row["source_label"])).toBe(true);
        const [first = {}] = await database.json(`SELECT * FROM ${reader}(${literal(plain)})`);
        expect(Object.keys(first)).not.toContain("text");
        expect(first["confidence"]).toBeCloseTo(Number(rows[0]?.["confidence"]), 12);
        expect(Object.keys(first).at(-1)).toBe("region");
      });
    },
  );

  it("replace a file only when the new one is whole, and leave nothing beside it", async () => {
    const { folder, run } = await mapped();
    const path = join(folder, "coords.jsonl");
    writeFileSync(path, "old");
    await expect(exportAllenai(run, path, { burnOut: 9 })).rejects.toThrow(/--burn-out/);
    expect(readFileSync(path, "utf8")).toBe("old");
    await exportCoordinates(run, path);
    expect(linesOf(path).length).toBe(20);
    expect(readdirSync(folder).sort()).toEqual(["coords.jsonl", "run"]);
  });

  it("say what is wrong", async () => {
    const { folder, run } = await mapped();
    await expect(exportTable(run, join(folder, "map.xlsx"))).rejects.toThrow(
      /map\.xlsx: not a format that a table can be written in, "\.xlsx"; let the name end in \.csv/,
    );
    await expect(exportTable(run, join(folder, "no/map.csv"))).rejects.toThrow(/its folder does not exist/);
    await expect(exportCoordinates(run, folder)).rejects.toThrow(/is a folder; give the name of a file/);
    await expect(exportCoordinates(join(folder, "nowhere"), join(folder, "x"))).rejects.toThrow(
      /no such folder/,
    );
    await writeRun(join(folder, "top"), { ...randomRun(1, 5, 3, 1), kept: "top" });
    await expect(exportDynamics(join(folder, "top"), join(folder, "d"))).rejects.toThrow(
      /only the largest logits/,
    );
    await expect(exportAllenai(join(folder, "top"), join(folder, "x"), { includeCi: true })).rejects.toThrow(
      /--include-ci: the interval of a variance needs at least two epochs, 1/,
    );
    await expect(exportTable(join(folder, "top"), join(folder, "x.csv"))).rejects.toThrow(/there is no map/);
  });
});
