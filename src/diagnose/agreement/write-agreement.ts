/** Each example's votes and what they say, as a table beside its place on the map. */

import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileLiteral, identifier, withDatabase } from "../../core/duckdb.js";
import { readingMaps } from "../../map/damaged-map.js";
import { keepSources, replaceFile } from "../../map/replace-file.js";
import { layout } from "../../run/layout.js";
import { openRun } from "../../run/reader.js";
import { subsetFormat } from "../../select/subset-format.js";
import { writeTable } from "../../select/write-table.js";
import { jensenShannonDistance } from "./distribution-distance.js";
import { agreementOf, measureNames } from "./example-agreement.js";
import type { MeasuredAgreement } from "./measure-agreement.js";

/**
 * Writes id, label, the number of votes and those for each label (`votes_<label>`), `majority`, `pairs`, `gold` and `entropy` (in nats, its sign as usual), the
 * Jensen-Shannon distance to the model's mean distribution where the run has logits, confidence, variability, correctness and region: of the examples with
 * two votes or more, in the order of the run's rows, in the format that the path's extension names.
 *
 * @throws UserError where the extension is none, or the path is that of a file of the run
 */
export async function writeAgreement(
  folder: string,
  { examples, moments, found }: MeasuredAgreement,
  path: string,
): Promise<void> {
  const format = subsetFormat(path, false);
  await keepSources(path, await openRun(folder));
  const { labels, counts, votes, gold, rows } = examples;
  const names = found.votes.labelNames.map((name) => `votes_${name}`);
  const columns = {
    row: "INTEGER",
    votes: "INTEGER",
    ...Object.fromEntries(names.map((name) => [name, "INTEGER"])),
    ...Object.fromEntries(measureNames.map((name) => [name, "DOUBLE"])),
    js_distance: "DOUBLE",
  };
  function* lines(): Generator<string> {
    for (const [i, row] of rows.entries()) {
      const own = Array.from(counts.subarray(i * labels, (i + 1) * labels));
      const human = own.map((n) => n / votes[i]!);
      const measures = measureNames.map((name) => {
        const value = agreementOf(name, own, 0, labels, gold[i]!);
        return [name, Number.isNaN(value) ? null : name === "entropy" ? Math.abs(value) : value];
      });
      const model = moments?.mean.subarray(i * labels, (i + 1) * labels);
      yield `${JSON.stringify({
        row,
        votes: votes[i],
        ...Object.fromEntries(names.map((name, k) => [name, own[k]])),
        ...Object.fromEntries(measures),
        js_distance: model ? jensenShannonDistance(human, model) : null,
      })}\n`;
    }
  }
  await replaceFile(path, async (scratch) => {
    const json = `${scratch}.jsonl`;
    try {
      await pipeline(Readable.from(lines()), createWriteStream(json, { flags: "wx" }));
      const types = Object.entries(columns).map(([name, type]) => `${identifier(name)}: '${type}'`);
      const measured = `read_json(${fileLiteral(json)}, format = 'newline_delimited', columns = {${types.join(", ")}})`;
      const shown = Object.keys(columns)
        .filter((name) => name !== "row")
        .map((name) => `a.${identifier(name)}`);
      const sql =
        `SELECT m.id, m.label, ${shown.join(", ")}, m.confidence, m.variability, m.correctness, m.region ` +
        `FROM ${measured} a JOIN read_parquet(${fileLiteral(layout.map(folder))}) m ON m."row" = a."row" ORDER BY a."row"`;
      await readingMaps([folder], () =>
        withDatabase({ threads: 1 }, (database) => writeTable(database, sql, scratch, format)),
      );
    } finally {
      await rm(json, { force: true });
    }
  });
}
