/**
 * Writes typed arrays to a Parquet file: plain, uncompressed values, straight from memory. Floats of a training hardly
 * compress (a tenth, by DuckDB's measure), and DuckDB takes 25 ns a value to find that out; this takes 8 to 9. The same
 * columns give the same bytes, whatever version of DuckDB is installed.
 */

import { Appender } from "./append-file.js";
import { footer, pageHeader } from "./parquet-footer.js";
import type { ColumnPlace, RowGroup } from "./parquet-footer.js";
import { columnPages } from "./parquet-pages.js";
import type { Column, RowRange } from "./table-column.js";

/** Rows of a row group. What DuckDB makes too: the unit in which threads share a scan. */
export const groupRows = 122_880;

/** Writes a range of the columns' rows. The file is complete, but not yet synced, when this returns. */
export async function writeTable(path: string, columns: readonly Column[], range: RowRange): Promise<void> {
  await Appender.toNewFile(path, async (file) => {
    await file.append(Buffer.from("PAR1"));
    const groups: RowGroup[] = [];
    const end = range.first + range.count;
    for (let first = range.first; first < end; first += groupRows) {
      const rows = { first, count: Math.min(groupRows, end - first) };
      const places: ColumnPlace[] = [];
      for (const column of columns) places.push(await appendColumn(file, column, rows));
      groups.push({ rows: rows.count, columns: places });
    }
    await file.append(footer(columns, groups));
  });
}

async function appendColumn(file: Appender, column: Column, rows: RowRange): Promise<ColumnPlace> {
  const offset = file.position;
  let values = 0;
  for (const page of columnPages(column, rows)) {
    const bytes = page.content.reduce((sum, part) => sum + part.length, 0);
    await file.append(pageHeader(page.values, bytes));
    for (const part of page.content) await file.append(part);
    values += page.values;
  }
  return {
    offset,
    bytes: file.position - offset,
    values,
    range: column.kind === "row" ? [rows.first, rows.first + rows.count - 1] : null,
  };
}

/** Start of each row's values, and after the last the end, for a `list` column. */
export function listOffsets(widths: Int32Array): Float64Array {
  const offsets = new Float64Array(widths.length + 1);
  for (let row = 0; row < widths.length; row++) {
    offsets[row + 1] = (offsets[row] as number) + (widths[row] as number);
  }
  return offsets;
}
