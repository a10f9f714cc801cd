import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withDatabase } from "../../src/core/duckdb.js";
import { joinParquet } from "../../src/run/join-parquet.js";
import { decodeStruct, encodeStruct } from "../../src/run/thrift.js";
import type { ThriftValue } from "../../src/run/thrift.js";
import { scratchFolder } from "./support.js";

/** Columns with dictionaries and without, nulls, nested ones, and bloom filters behind the row groups. */
const columns =
  `i AS "row", 'id ' || i AS id, ['red', 'green', 'blue'][1 + i % 3] AS colour, ` +
  `CASE WHEN i % 5 > 0 THEN i / 7 END AS number, [i, i + 1] AS list, {a: (i % 100)::TINYINT, b: NULL::UINTEGER} AS struct`;

describe("joinParquet", () => {
  it("gives the rows of all files in their order, to readers that skip row groups too", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 100 }), { minLength: 1, maxLength: 5 }), async (sizes) => {
        const folder = scratchFolder();
        const joined = join(folder, "joined.parquet");
        await withDatabase({ threads: 1 }, async (database) => {
          let rows = 0;
          const files: string[] = [];
          for (const [k, size] of sizes.entries()) {
            const file = join(folder, `${k}.parquet`);
            await database.run(
              `COPY (SELECT ${columns} FROM range(${rows}, ${rows + size}) t(i)) TO '${file}' ` +
                `(FORMAT parquet, ROW_GROUP_SIZE 30, KV_METADATA {name: 'file ${k}'})`,
            );
            files.push(file);
            rows += size;
          }
          expect(await joinParquet(files, joined)).toBe(rows);
          expect(files.filter((file) => existsSync(file))).toEqual([]);
          const expected = `SELECT ${columns} FROM range(${rows}) t(i)`;
          expect(await database.json(`FROM read_parquet('${joined}')`)).toEqual(
            await database.json(expected),
          );
          for (const where of [`"row" >= 50 AND "row" < 90`, "colour = 'green'", "id = 'id 77'"]) {
            expect(await database.json(`FROM read_parquet('${joined}') WHERE ${where}`)).toEqual(
              await database.json(`FROM (${expected}) WHERE ${where}`),
            );
          }
          const name = await database.value(
            `SELECT decode(value) FROM parquet_kv_metadata('${joined}') WHERE decode(key) = 'name'`,
          );
          expect(name).toBe("file 0");
        });
      }),
      { numRuns: 15 },
    );
  });

  it("refuses what is not Parquet", async () => {
    const folder = scratchFolder();
    const file = join(folder, "a.parquet");
    await writeFile(file, "row,id\n0,a\n1,b\n");
    await expect(joinParquet([file], join(folder, "joined"))).rejects.toThrow(/a\.parquet is not Parquet/);
    expect((await readFile(file)).length).toBe(15);
  });
});

describe("Thrift's compact protocol", () => {
  const integer = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
  const { value } = fc.letrec<{ value: ThriftValue; fields: [number, ThriftValue][] }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.record({ bool: fc.boolean() }),
      fc.record({ i8: integer(8) }),
      fc.record({ i16: integer(16) }),
      fc.record({ i32: integer(32) }),
      fc.record({ i64: integer(52) }),
      fc.record({ binary: fc.uint8Array() }),
      fc.record({ list: fc.array(fc.record({ i32: integer(32) }), { maxLength: 40 }) }),
      fc.record({ struct: tie("fields") }),
    ),
    fields: fc
      .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 15 }), tie("value")), { selector: ([id]) => id })
      .map((fields) => fields.sort(([a], [b]) => a - b)),
  }));

  it("reads what it writes", () => {
    fc.assert(
      fc.property(value, (one) => {
        const fields = [[4, one] as const];
        expect(decodeStruct(encodeStruct(fields))).toEqual(fields);
      }),
    );
  });
});
