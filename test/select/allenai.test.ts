/** The reference's filtered sets: against its own metrics, the published WinoGrande map, and a small set counted by hand. */

import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allenaiMetrics, readAllenaiMetric } from "../../src/map/compat.js";
import { buildMap } from "../../src/map/build-map.js";
import { readCoordinate, readMap } from "../../src/map/read-map.js";
import { importRun } from "../../src/run/import/import-run.js";
import { allenaiFractions, allenaiSets } from "../../src/select/allenai-sets.js";
import { shared } from "../map/support.js";
import { runCli, words } from "../util/run-cli.js";
import { titled } from "../util/requires.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alidade-allenai-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const golden = join(shared, "golden/allenai");
const wino = join(shared, "data/cartography/winogrande_roberta_0_6_data_map_coordinates.jsonl.gz");
const reason = (path: string): string | null => (existsSync(path) ? null : `${path} is absent`);

it.skipIf(reason(wino) !== null)(
  titled("WinoGrande: 13,409 rows at .3319, cut where the paper's sets are cut", reason(wino)),
  async () => {
    const run = join(folder, "wino");
    await importRun([wino], { out: run });
    await buildMap(run);
    const { ids } = await readMap(run);
    const ambiguous = allenaiSets(ids, await readCoordinate(run, "variability"), { metric: "variability" });
    const hard = allenaiSets(ids, await readCoordinate(run, "confidence"), { metric: "confidence" });
    expect(ambiguous.map(({ rows }) => rows.length)).toEqual([
      404, 2020, 4040, 6735, 10100, 13409, 20200, 30299,
    ]);
    expect(ambiguous[5]?.cut).toBeCloseTo(0.1904498929, 10);
    expect(hard[5]?.rows).toHaveLength(13409);
    expect(hard[5]?.cut).toBeCloseTo(0.9019120485, 10);
    const both = allenaiSets(ids, await readCoordinate(run, "confidence"), {
      metric: "confidence",
      bothEnds: 0.7,
    });
    expect(both[5]?.rows).toHaveLength(13408);
  },
  120_000,
);

describe.skipIf(reason(golden) !== null)(titled("the reference's own metrics", reason(golden)), () => {
  const lines = reason(golden)
    ? []
    : readFileSync(join(golden, "td_metrics.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, number>);
  let run = "";
  beforeAll(async () => {
    run = join(folder, "golden");
    await importRun([join(golden, "training_dynamics")], { out: run });
    await buildMap(run);
  }, 120_000);

  it.each(allenaiMetrics.flatMap((metric) => [false, true].map((worst) => [metric, worst] as const)))(
    "%s, worst %s: a plain sort of them gives the same sets but for ties",
    async (metric, worst) => {
      const { ids } = await readMap(run);
      const values = await readAllenaiMetric(run, metric);
      const ascending = (metric === "confidence" || metric === "correctness") !== worst;
      const sorted = [...lines].sort((a, b) => ((a[metric] ?? 0) - (b[metric] ?? 0)) * (ascending ? 1 : -1));
      for (const { fraction, rows, cut } of allenaiSets(ids, values, { metric, worst })) {
        const theirs = sorted.slice(0, Math.trunc(fraction * lines.length) + 1);
        expect(rows).toHaveLength(theirs.length);
        // Their file has ten decimals, of 32-bit probabilities.
        Array.from(rows, (row) => values[row] ?? NaN).forEach((value, i) =>
          expect(Math.abs(value - (theirs[i]?.[metric] ?? NaN))).toBeLessThan(1e-6),
        );
        const beyond = (value: number): boolean => Math.abs(value - (cut ?? NaN)) > 1e-6;
        const mine = Array.from(rows).filter((row) => beyond(values[row] ?? NaN));
        const sure = theirs.filter((line) => beyond(line[metric] ?? NaN));
        expect(mine.map((row) => ids[row]).sort()).toEqual(sure.map((line) => String(line["guid"])).sort());
      }
    },
  );
});

it("takes int(fraction x N) + 1 rows, with both ends exactly int(fraction x N)", () => {
  // Twelve values with a tie of four at 3: at .3319 (int 3.98 = 3) four rows are taken, 9, 8, 7 and one of the 3s.
  const values = Float64Array.of(3, 9, 1, 3, 8, 0, 3, 2, 7, 3, 1.5, 0.5);
  const ids = Array.from(values, (_, i) => `id${i}`);
  const sets = allenaiSets(ids, values, { metric: "variability" });
  expect(sets.map(({ fraction }) => fraction)).toEqual([...allenaiFractions]);
  expect(sets.map(({ rows }) => rows.length)).toEqual([1, 1, 2, 3, 4, 4, 7, 10]);
  const taken = sets.map(({ rows }) => Array.from(rows, (row) => values[row]));
  expect(taken[5]).toEqual([9, 8, 7, 3]);
  expect(sets[5]?.ties).toEqual([{ score: 3, sharing: 4, taken: 1 }]);
  expect(sets[6]?.ties).toEqual([]);
  // int(.75 x 12) = 9: int(6.3) = 6 from the top, 3 from the end in the order of the ranking.
  const both = allenaiSets(ids, values, { metric: "variability", bothEnds: 0.7 });
  expect(Array.from(both[7]?.rows ?? [], (row) => values[row])).toEqual([9, 8, 7, 3, 3, 3, 1, 0.5, 0]);
  expect(both[7]?.ties).toEqual([{ score: 3, sharing: 4, taken: 3 }]);
  const worst = allenaiSets(ids, values, { metric: "variability", worst: true });
  expect(Array.from(worst[4]?.rows ?? [], (row) => values[row])).toEqual([0, 0.5, 1, 1.5]);
});

describe("the command", () => {
  const cli = (line: string) => runCli(words(line), { cwd: folder });
  const lines = Array.from(
    { length: 40 },
    (_, i) => `${i}\ta ${i % 2 ? "good" : "bad"} "film" ${i}\t${i % 2}`,
  );

  beforeAll(async () => {
    await writeFile(join(folder, "train.tsv"), `index\tsentence\tlabel\n${lines.join("\n")}\n`);
    await writeFile(join(folder, "dev.tsv"), "dev\n");
    const made = await cli(
      "map train.tsv --no-quotes --id index --text sentence --label label -o run --epochs 2 --threads 1",
    );
    expect(made.code).toBe(0);
  }, 60_000);

  it("writes every set with the lines of the training file as they were, and what it did", async () => {
    const { code, stdout } = await cli(
      "select run --compat allenai --task TOY --dev-file dev.tsv -o filtered",
    );
    expect(code).toBe(0);
    expect(stdout).toContain("beside each: dev.tsv");
    expect((await readdir(join(folder, "filtered"))).sort()).toEqual([
      "alidade.json",
      ...["0.01", "0.05", "0.10", "0.17", "0.25", "0.33", "0.50", "0.75"].map(
        (part) => `cartography_variability_${part}`,
      ),
      "filtering_configs.json",
    ]);
    const set = join(folder, "filtered/cartography_variability_0.33/TOY");
    const [header, ...rows] = (await readFile(join(set, "train.tsv"), "utf8")).trimEnd().split("\n");
    expect(header).toBe("index\tsentence\tlabel");
    expect(rows).toHaveLength(14);
    expect(rows.filter((row) => !lines.includes(row))).toEqual([]);
    expect(await readFile(join(set, "dev.tsv"), "utf8")).toBe("dev\n");
    const configs = JSON.parse(
      await readFile(join(folder, "filtered/filtering_configs.json"), "utf8"),
    ) as object;
    expect(configs).toMatchObject({
      metric: "variability",
      task_name: "TOY",
      worst: false,
      both_ends: false,
    });
    expect(Object.keys(configs)).toEqual([...Object.keys(configs)].sort());
  });

  it.each([
    ["run --compat allenai", "--compat: needs a folder to write to"],
    ["run --compat allenai --by hard -o filtered2", "--by: cannot be combined with --compat"],
    ["run --by hard --count 3 --metric confidence", "--metric: goes with --compat"],
    ["run --compat allenai --metric loss -o filtered2", '--metric: unknown value, "loss"'],
    ["run --compat allenai --task-folder run -o filtered2", "--task-folder: holds none of dev.tsv"],
    ["run --compat allenai --dev-file nothing.tsv -o filtered2", "--dev-file: there is no such file"],
    ["run --compat allenai --both-ends 2 -o filtered2", "--both-ends: out of range, 2"],
  ])("select %s is one line", async (line, message) => {
    const { code, stderr } = await cli(`select ${line}`);
    expect(stderr).toContain(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(code).toBe(2);
    expect(existsSync(join(folder, "filtered2"))).toBe(false);
  });
});
