/** The suspects as a table. */

import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileLiteral, withDatabase } from "../../core/duckdb.js";
import { keepSources, replaceFile } from "../../map/replace-file.js";
import { openRun } from "../../run/reader.js";
import { subsetFormat } from "../../select/subset-format.js";
import { writeTable } from "../../select/write-table.js";
import type { Suspects } from "./find-suspects.js";
import { rankedTexts } from "./ranked-texts.js";

/**
 * Writes rank, id, label, suggested, score, probability, why, the place in each detector's ranking, and the text; in the format that the path's
 * extension names.
 *
 * @throws UserError where the extension is none, or the path is that of a file of the run
 */
export async function writeSuspects(folder: string, { suspects }: Suspects, path: string): Promise<void> {
  const format = subsetFormat(path, false);
  await keepSources(path, await openRun(folder));
  const texts = await rankedTexts(
    folder,
    suspects.map(({ row }) => row),
  );
  const names = Object.keys(suspects[0]?.places ?? {});
  const columns = {
    rank: "INTEGER",
    id: "VARCHAR",
    label: "VARCHAR",
    suggested: "VARCHAR",
    score: "DOUBLE",
    probability: "DOUBLE",
    why: "VARCHAR",
    ...Object.fromEntries(names.map((name) => [placeColumn(name), "INTEGER"])),
    text: "VARCHAR",
  };
  const lines = suspects.map(({ places, row, ...suspect }) =>
    JSON.stringify({
      ...suspect,
      ...Object.fromEntries(names.map((name) => [placeColumn(name), places[name] ?? null])),
      text: texts.get(row) ?? null,
    }),
  );
  await replaceFile(path, async (scratch) => {
    const json = `${scratch}.jsonl`;
    try {
      await pipeline(
        Readable.from(lines.map((line) => `${line}\n`)),
        createWriteStream(json, { flags: "wx" }),
      );
      const types = Object.entries(columns).map(([name, type]) => `${name}: '${type}'`);
      const sql = `SELECT * FROM read_json(${fileLiteral(json)}, format = 'newline_delimited', columns = {${types.join(", ")}})`;
      await withDatabase({ threads: 1 }, (database) => writeTable(database, sql, scratch, format));
    } finally {
      await rm(json, { force: true });
    }
  });
}

function placeColumn(detector: string): string {
  return `${detector.replaceAll("-", "_")}_place`;
}
