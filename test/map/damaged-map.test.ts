/** A `map.parquet` that is damaged: one line that says so and what to do, whichever command reads it. */

import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { literal, withDatabase } from "../../src/core/duckdb.js";
import { writeComparison } from "../../src/diagnose/compare/write-comparison.js";
import { readDescription } from "../../src/map/map-description.js";
import { runHere } from "../util/run-here.js";

let folder = "";
const cli = (line: string) => runHere(line, folder);
const at = (name: string) => join(folder, name);
const map = (run: string) => at(`${run}/map.parquet`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alidade-damaged-"));
  const lines = Array.from({ length: 300 }, (_, i) => `${i % 2 ? "good" : "bad"} film ${i},${i % 2}`);
  await writeFile(at("data.csv"), `text,label\n${lines.join("\n")}\n`);
  for (const [run, seed] of [
    ["run", 0],
    ["other", 1],
  ] as const) {
    const { code, stderr } = await cli(`map data.csv -o ${run} --epochs 3 --seed ${seed} --threads 1`);
    expect(code, stderr).toBe(0);
  }
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The map's rows with another description, or none. */
async function rewrite(to: string, description: unknown, columns = "*"): Promise<void> {
  const metadata =
    description === null
      ? ""
      : `, KV_METADATA {alidade_map: ${literal(typeof description === "string" ? description : JSON.stringify(description))}}`;
  await withDatabase({}, (database) =>
    database.run(
      `COPY (SELECT ${columns} FROM read_parquet(${literal(map("run"))})) TO ${literal(to)} (FORMAT parquet${metadata})`,
    ),
  );
}

const described = () => withDatabase({}, (database) => readDescription(database, map("run")));

const damages: readonly (readonly [
  name: string,
  problem: string,
  damage: (path: string) => Promise<void>,
])[] = [
  [
    "cut in the middle",
    "not a Parquet file that can be read",
    async (path) => {
      const bytes = await readFile(path);
      await writeFile(path, bytes.subarray(0, bytes.length / 2));
    },
  ],
  ["empty", "not a Parquet file that can be read", (path) => writeFile(path, "")],
  ["not Parquet", "not a Parquet file that can be read", (path) => writeFile(path, "id,confidence\na,0.5\n")],
  [
    "values overwritten",
    "damaged since it was written",
    async (path) => {
      const bytes = await readFile(path);
      bytes.fill(0xff, 4, bytes.length - bytes.readUInt32LE(bytes.length - 8) - 8);
      await writeFile(path, bytes);
    },
  ],
  ["no description", "not a map that Alidade wrote", (path) => rewrite(path, null)],
  [
    "a description that is cut",
    "damaged: what it was computed with cannot be read",
    (path) => rewrite(path, '{"size": 300, "epo'),
  ],
  [
    "a description of another shape",
    "damaged: what it was computed with cannot be read",
    (path) => rewrite(path, { size: "many" }),
  ],
  [
    "a description of more examples",
    "damaged: a map of 301 examples that has 300 rows",
    async (path) => rewrite(path, { ...(await described()), size: 301 }),
  ],
  [
    "a column is lacking",
    "damaged: it has no column confidence of DOUBLE",
    async (path) => rewrite(path, await described(), "* EXCLUDE confidence"),
  ],
  [
    "a column of texts",
    "damaged: it has no column variability of DOUBLE",
    async (path) => rewrite(path, await described(), "* REPLACE (label AS variability)"),
  ],
];

describe.each(damages)("%s", (name, problem, damage) => {
  it.each([
    ["show", "show damaged"],
    ["compare, first", "compare damaged other"],
    ["compare, second", "compare other damaged"],
    ["select", "select damaged --by ambiguous --fraction 0.3 -o subset.csv"],
    ["export", "export damaged --table table.csv"],
  ])("%s", async (_, line) => {
    await rm(at("damaged"), { recursive: true, force: true });
    await cp(at("run"), at("damaged"), { recursive: true });
    await damage(map("damaged"));
    expect(await cli(line)).toEqual({
      code: 2,
      stdout: "",
      stderr: `alidade: ${join("damaged", "map.parquet")}: ${problem}; compute the map of this run again: buildMap, \`alidade map --resume\`, or where it was imported the same import with --resume\n`,
    });
    if (name === "cut in the middle") {
      expect((await cli("map --resume damaged")).code).toBe(0);
      expect((await readFile(map("damaged"))).equals(await readFile(map("run")))).toBe(true);
    }
  });
});

it("damage in a column that only movers and tables read: no table", async () => {
  await rm(at("damaged"), { recursive: true, force: true });
  await cp(at("run"), at("damaged"), { recursive: true });
  const [chunk] = await withDatabase({}, (database) =>
    database.json(
      `SELECT least(data_page_offset, coalesce(dictionary_page_offset, data_page_offset)) AS first, total_compressed_size AS size FROM parquet_metadata(${literal(map("damaged"))}) WHERE path_in_schema = 'row'`,
    ),
  );
  const { first, size } = chunk as { first: number; size: number };
  const bytes = await readFile(map("damaged"));
  bytes.fill(0xff, Number(first), Number(first) + Number(size));
  await writeFile(map("damaged"), bytes);
  expect(await cli("compare damaged other -o moved.csv")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      `${join("damaged", "map.parquet")}: damaged since it was written;`,
    ) as string,
  });
  await expect(writeComparison([at("damaged"), at("other")], at("moved.csv"))).rejects.toThrow(
    "damaged since it was written",
  );
  expect(existsSync(at("moved.csv"))).toBe(false);
});

it("an imported run whose map is damaged: the same import with --resume", async () => {
  const lines = ["a", "b"].map((guid, index) =>
    JSON.stringify({ guid, index, confidence: 0.5, variability: 0.1 * index, correctness: 2 }),
  );
  await writeFile(at("coordinates.jsonl"), `${lines.join("\n")}\n`);
  expect((await cli("import coordinates.jsonl -o imported")).code).toBe(0);
  const whole = await readFile(map("imported"));
  await writeFile(map("imported"), "");
  expect((await cli("show imported")).stderr).toContain("map.parquet: not a Parquet file that can be read");
  expect((await cli("import coordinates.jsonl -o imported --resume")).code).toBe(0);
  expect((await readFile(map("imported"))).equals(whole)).toBe(true);
});
