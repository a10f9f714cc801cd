/** What duplicates there are as a table, and the dataset with its groups as one more column. */

import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileLiteral, withDatabase } from "../../core/duckdb.js";
import type { Dataset } from "../../dataset/dataset.js";
import { regroup } from "../../dataset/relabel.js";
import { replaceFile } from "../../map/replace-file.js";
import { subsetFormat } from "../../select/subset-format.js";
import { writeTable } from "../../select/write-table.js";
import { keepInput, writeChanged } from "../changed-file.js";
import { textsOf, type InspectedDuplicates } from "./inspect-duplicates.js";
import { labelOf, type Relations } from "./relations.js";

const columns = {
  file: "VARCHAR",
  id: "VARCHAR",
  label: "VARCHAR",
  kind: "VARCHAR",
  similarity: "DOUBLE",
  other_id: "VARCHAR",
  other_label: "VARCHAR",
  conflict: "BOOLEAN",
  duplicate_group: "VARCHAR",
  leak: "BOOLEAN",
  text: "VARCHAR",
  other_text: "VARCHAR",
};

/**
 * Writes one line for each example that has a duplicate in the training set (of the training set and of each test set): its closest one, how similar, both labels
 * and texts, whether any exact or near duplicate has another label, its group, and of training examples whether a test set has them too.
 *
 * @throws UserError where the extension names no format, or the path is that of a file that was read
 */
export async function writeDuplicates(inspected: InspectedDuplicates, path: string): Promise<void> {
  const format = subsetFormat(path, false);
  const { dataset, tests } = inspected;
  for (const read of [dataset, ...tests]) await keepInput(path, read);
  await replaceFile(path, async (scratch) => {
    const json = `${scratch}.jsonl`;
    try {
      await pipeline(Readable.from(lines(inspected)), createWriteStream(json, { flags: "wx" }));
      const types = Object.entries(columns).map(([name, type]) => `${name}: '${type}'`);
      const sql = `SELECT * FROM read_json(${fileLiteral(json)}, format = 'newline_delimited', columns = {${types.join(", ")}})`;
      await withDatabase({ threads: 1 }, (database) => writeTable(database, sql, scratch, format));
    } finally {
      await rm(json, { force: true });
    }
  });
}

function* lines(inspected: InspectedDuplicates): Generator<string> {
  const { dataset, tests, relations, groups, leaking } = inspected;
  const compared = tests.length > 0;
  yield* linesOf(dataset, dataset, relations.train, (row) => ({
    duplicate_group: groups[row] ?? null,
    leak: compared ? leaking[row] === 1 : null,
  }));
  for (const [at, test] of tests.entries())
    yield* linesOf(test, dataset, relations.tests[at]!, () => ({ duplicate_group: null, leak: null }));
}

function* linesOf(
  own: Dataset,
  train: Dataset,
  { closest, conflicting }: Relations,
  more: (row: number) => { duplicate_group: string | null; leak: boolean | null },
): Generator<string> {
  for (let row = 0; row < own.size; row++) {
    const relation = closest[row] ?? null;
    const beside = more(row);
    if (relation === null && beside.duplicate_group === null && beside.leak !== true) continue;
    const other = relation?.other ?? null;
    yield `${JSON.stringify({
      file: own.name,
      id: own.ids[row],
      label: labelOf(own, row),
      kind: relation?.kind ?? null,
      similarity: relation?.similarity ?? null,
      other_id: other === null ? null : train.ids[other],
      other_label: other === null ? null : labelOf(train, other),
      conflict: conflicting[row] === 1,
      ...beside,
      text: textsOf(own, row).join(" | "),
      other_text: other === null ? null : textsOf(train, other).join(" | "),
    })}\n`;
  }
}

/** The column that `writeGroups` adds. */
export const groupColumn = "duplicate_group";

/**
 * Writes the training set with its own columns and one more, `duplicate_group`: the group of each example, empty where it stands alone.
 *
 * @throws UserError as `writeDuplicates` does, and where there is such a column already
 */
export async function writeGroups({ dataset, groups }: InspectedDuplicates, path: string): Promise<void> {
  await writeChanged(regroup(dataset, groups), { labels: new Map(), groupColumn }, path);
}
