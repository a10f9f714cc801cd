import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withDatabase } from "../../src/core/duckdb.js";
import { listOffsets, writeTable } from "../../src/run/table-file.js";
import type { Column } from "../../src/run/table-column.js";
import { scratchFolder } from "./support.js";

/** The file as DuckDB reads it, floats as they are in 32 bits. */
const rowsOf = (path: string) =>
  withDatabase({ threads: 1 }, (database) => database.json(`FROM read_parquet('${path}')`));

const float32 = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => Math.fround(value) + 0),
  fc.constantFrom(0, 1, -1.5),
);
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const row = (width: number) =>
  fc.record({
    float: float32,
    int: int32,
    vector: fc.array(float32, { minLength: width, maxLength: width }),
    list: fc.array(int32, { minLength: 1, maxLength: 11 }),
    text: fc.string({ unit: "grapheme", maxLength: 20 }),
  });
const table = fc
  .integer({ min: 1, max: 20 })
  .chain((width) =>
    fc.tuple(fc.constant(width), fc.array(row(width), { minLength: 1, maxLength: 60 }), fc.nat(), fc.nat()),
  );

describe("writeTable", () => {
  it("writes what DuckDB reads back, for any range of the rows", async () => {
    const folder = scratchFolder();
    let files = 0;
    await fc.assert(
      fc.asyncProperty(table, async ([width, rows, a, b]) => {
        const first = a % rows.length;
        const count = b % (rows.length - first + 1);
        const path = join(folder, `${files++}.parquet`);
        const columns: Column[] = [
          { name: "row", kind: "row" },
          { name: "float", kind: "number", values: Float32Array.from(rows, ({ float }) => float) },
          { name: "int", kind: "number", values: Int32Array.from(rows, ({ int }) => int) },
          {
            name: "vector",
            kind: "vector",
            width,
            values: Float32Array.from(rows.flatMap(({ vector }) => vector)),
          },
          {
            name: "list",
            kind: "list",
            values: Int32Array.from(rows.flatMap(({ list }) => list)),
            offsets: listOffsets(Int32Array.from(rows, ({ list }) => list.length)),
          },
          { name: "text", kind: "text", values: rows.map(({ text }) => text) },
        ];
        await writeTable(path, columns, { first, count });
        expect(await rowsOf(path)).toEqual(
          rows.slice(first, first + count).map((cells, i) => ({ row: first + i, ...cells })),
        );
      }),
      { numRuns: 60 },
    );
  });

  it("keeps every value across pages and row groups", async () => {
    const path = join(scratchFolder(), "t.parquet");
    const count = 300_000;
    const first = 7;
    const width = 5;
    const size = first + count;
    const widths = Int32Array.from({ length: size }, (_, i) => 1 + (i % 4));
    const offsets = listOffsets(widths);
    const total = offsets[size] ?? 0;
    await writeTable(
      path,
      [
        { name: "row", kind: "row" },
        { name: "text", kind: "text", values: Array.from({ length: size }, (_, i) => `id-${i}`) },
        {
          name: "vector",
          kind: "vector",
          width,
          values: Float32Array.from({ length: size * width }, (_, i) => i % 9973),
        },
        { name: "list", kind: "list", offsets, values: Int32Array.from({ length: total }, (_, i) => i) },
      ],
      { first, count },
    );
    await withDatabase({}, async (database) => {
      const wrong = await database.value(
        `SELECT count(*) FROM (SELECT *, row_number() OVER () - 1 + ${first} AS place FROM '${path}')
         WHERE row != place OR text != 'id-' || place OR len(list) != 1 + place % 4 OR list[-1] - list[1] != place % 4
           OR len(vector) != ${width} OR vector[1] != (place * ${width}) % 9973 OR vector[5] != (place * ${width} + 4) % 9973`,
      );
      expect(Number(wrong)).toBe(0);
      expect(Number(await database.value(`SELECT count(*) FROM '${path}'`))).toBe(count);
      expect(Number(await database.value(`SELECT max(list[-1]) FROM '${path}'`))).toBe(total - 1);
      // Smallest and largest row of each group: a search for one row reads one group.
      const groups = await database.rows(
        `SELECT row_group_num_rows AS n, stats_min_value AS a, stats_max_value AS b
         FROM parquet_metadata('${path}') WHERE path_in_schema = 'row' ORDER BY row_group_id`,
      );
      expect(groups.map(({ n, a, b }) => [Number(n), a, b])).toEqual([
        [122880, "7", "122886"],
        [122880, "122887", "245766"],
        [54240, "245767", "300006"],
      ]);
    });
  });

  it("gives the same bytes for the same columns, and the same for a part as for its rows alone", async () => {
    const folder = scratchFolder();
    const values = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i));
    const column = (part: Float32Array): Column => ({ name: "x", kind: "number", values: part });
    await writeTable(join(folder, "a"), [column(values)], { first: 20, count: 50 });
    await writeTable(join(folder, "b"), [column(values.slice(20, 70))], { first: 0, count: 50 });
    expect(readFileSync(join(folder, "a")).equals(readFileSync(join(folder, "b")))).toBe(true);
  });

  it("writes a table without rows", async () => {
    const path = join(scratchFolder(), "t.parquet");
    await writeTable(path, [{ name: "x", kind: "text", values: [] }], { first: 0, count: 0 });
    expect(await rowsOf(path)).toEqual([]);
  });

  it("refuses an empty list, and a file that is there", async () => {
    const folder = scratchFolder();
    for (const widths of [
      [0, 2],
      [2, 0],
      [1, 0, 1],
    ]) {
      const offsets = listOffsets(Int32Array.from(widths));
      const column: Column = { name: "x", kind: "list", values: new Int32Array(2), offsets };
      await expect(
        writeTable(join(folder, widths.join("-")), [column], { first: 0, count: widths.length }),
      ).rejects.toThrow(`internal: row ${widths.indexOf(0)} has an empty list`);
    }
    await writeTable(join(folder, "t"), [{ name: "row", kind: "row" }], { first: 0, count: 1 });
    await expect(
      writeTable(join(folder, "t"), [{ name: "row", kind: "row" }], { first: 0, count: 1 }),
    ).rejects.toThrow("EEXIST");
  });
});
