import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { literal, withDatabase } from "../../src/core/duckdb.js";
import type { ExampleChunk } from "../../src/run/examples-reader.js";
import { layout } from "../../src/run/layout.js";
import { createRun } from "../../src/run/open-writer.js";
import { openRun } from "../../src/run/reader.js";
import type { Run } from "../../src/run/reader.js";
import { beginning, scratchFolder } from "./support.js";

const size = 3000;

/** A run with examples alone, as a dataset writes them. */
async function runWithExamples(): Promise<Run> {
  const folder = join(scratchFolder(), "r");
  const writer = await createRun(folder, beginning(size));
  await writer.publishFile(layout.examples(folder), (path) =>
    withDatabase({}, (database) =>
      database.run(
        `COPY (SELECT range::INTEGER AS row, '9007199254740' || range AS id,
           CASE WHEN range = 1 THEN NULL ELSE 'label ' || range % 2 END AS label,
           CASE WHEN range < 10 THEN 'first ten' END AS "group",
           {'text': 'wörds ' || range, 'n': 9007199254740993 + range, 'list': [range::DOUBLE, range + 0.5::DOUBLE]} AS source
         FROM range(${size})) TO ${literal(path)} (FORMAT parquet)`,
      ),
    ),
  );
  await writer.close();
  return await openRun(folder);
}

async function chunksOf(chunks: AsyncIterable<ExampleChunk>): Promise<ExampleChunk[]> {
  const all: ExampleChunk[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

describe("Run.examples", () => {
  it("streams ids, labels, groups and the source's columns in the order of the rows", async () => {
    const run = await runWithExamples();
    const chunks = await chunksOf(run.examples());
    expect(chunks.map(({ first, size: count }) => [first, count])).toEqual([
      [0, 2048],
      [2048, 952],
    ]);
    expect(chunks.flatMap((chunk) => chunk.ids)).toEqual(
      Array.from({ length: size }, (_, row) => `9007199254740${row}`),
    );
    const [head] = chunks;
    expect(head?.labels.slice(0, 3)).toEqual(["label 0", null, "label 0"]);
    expect(head?.groups.slice(9, 11)).toEqual(["first ten", null]);
    expect(head?.source?.[2]).toEqual({ text: "wörds 2", n: "9007199254740995", list: [2, 2.5] });
  });

  it("leaves the source out when told, and stops early without harm", async () => {
    const run = await runWithExamples();
    for await (const chunk of run.examples({ source: false })) {
      expect(chunk.source).toBeNull();
      break;
    }
    expect(run.epochs).toBe(0);
    await expect(run.readEpoch(0).next()).rejects.toThrow("no such epoch, 0; it has no dynamics");
  });

  it("says when the file cannot be read", async () => {
    const folder = join(scratchFolder(), "r");
    const writer = await createRun(folder, beginning(size));
    await writer.setManifest({});
    await writer.close();
    await expect((await openRun(folder)).examples().next()).rejects.toThrow(
      /examples\.parquet: cannot be read: [^\n]*; restore it from a copy, or make the run anew$/,
    );
  });
});
