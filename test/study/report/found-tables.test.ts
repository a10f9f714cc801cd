/** A built-in study's own tables: written by the study, read back, and shown whole in its report. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFindings, writeFindings, type FoundTable } from "../../../src/study/built-in/findings.js";
import { foundTable } from "../../../src/study/report/found-tables.js";

const transfer: FoundTable = {
  ...{ name: "transfer", title: "", notes: [] },
  columns: ["test", "map", "gain", "±"],
  rows: [
    ['a "b", c', "words first\nepochs", -1.23456, null],
    ["100 %", "x", 2, 1e-9],
  ],
};

describe("a study's own tables", () => {
  let folder = "";
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "alidade-found-"))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("are read as they were written, and only those that there are", async () => {
    expect(await readFindings(folder)).toEqual([]);
    await writeFindings(folder, [transfer, { ...transfer, name: "search-oracle", rows: [] }]);
    const [first, second, ...rest] = await readFindings(folder);
    expect(rest).toEqual([]);
    expect(first).toMatchObject({ name: "transfer", columns: transfer.columns, rows: transfer.rows });
    expect(second).toMatchObject({ name: "search-oracle", rows: [] });
  });

  it("show numbers to three places, typeset", () => {
    const table = foundTable(transfer);
    expect(table.rows[0]).toEqual(['a "b", c', "words first\nepochs", "−1.235", "-"]);
    expect(table.columns.map(({ align }) => align)).toEqual(["left", "left", "right", "right"]);
    expect(table.notes.at(-1)).toContain("transfer.csv");
  });

  it("stand on their side where they are wide", () => {
    const columns = Array.from({ length: 20 }, (_, i) => `c${i}`);
    const table = foundTable({
      ...transfer,
      columns,
      rows: [columns.map((_, i) => i), columns.map(() => null)],
    });
    expect(table.columns.map(({ title }) => title)).toEqual(["", "1", "2"]);
    expect(table.rows).toHaveLength(20);
    expect(table.rows[7]).toEqual(["c7", "7", "-"]);
  });
});
