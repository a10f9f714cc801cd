/** A calibration report as a table: a line for each set, epoch, target, measure and whether temperature was applied. */

import { DuckDBDataChunk, DOUBLE, INTEGER, VARCHAR } from "@duckdb/node-api";
import { withDatabase } from "../../core/duckdb.js";
import { keepSources, replaceFile } from "../../map/replace-file.js";
import { openRun } from "../../run/reader.js";
import { subsetFormat } from "../../select/subset-format.js";
import { writeTable } from "../../select/write-table.js";
import type { CalibrationReport } from "./calibration-report.js";
import type { MeasuredForecasts } from "./measure-forecasts.js";

const columns = [
  { name: "set", type: VARCHAR },
  { name: "epoch", type: INTEGER },
  { name: "against", type: VARCHAR },
  { name: "temperature", type: DOUBLE },
  { name: "measure", type: VARCHAR },
  { name: "value", type: DOUBLE },
  { name: "low", type: DOUBLE },
  { name: "high", type: DOUBLE },
  { name: "n", type: INTEGER },
] as const;

type Line = readonly (string | number | null)[];

/** @throws UserError where the extension is none, or the path is that of a file of the run */
export async function writeCalibration(report: CalibrationReport, path: string): Promise<void> {
  const format = subsetFormat(path, false);
  await keepSources(path, await openRun(report.run));
  const lines = report.sets.flatMap(({ name, epochs }) =>
    epochs.flatMap(({ epoch, gold, votes }) => [
      ...linesOf(name, epoch, "gold", gold),
      ...(votes === null ? [] : linesOf(name, epoch, "votes", votes)),
    ]),
  );
  await replaceFile(path, (scratch) =>
    withDatabase({}, async (database) => {
      const defined = columns.map(({ name, type }) => `"${name}" ${type.toString()}`).join(", ");
      await database.run(`CREATE TABLE measures (place INTEGER, ${defined})`);
      const appender = await database.connection.createAppender("measures");
      const most = 2048;
      for (let from = 0; from < lines.length; from += most) {
        const part = lines.slice(from, from + most);
        const chunk = DuckDBDataChunk.create([INTEGER, ...columns.map(({ type }) => type)]);
        chunk.setRows(part.map((line, i) => [from + i, ...line]));
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
      const named = columns.map(({ name }) => `"${name}"`).join(", ");
      await writeTable(database, `SELECT ${named} FROM measures ORDER BY place`, scratch, format);
    }),
  );
}

function linesOf(set: string, epoch: number, against: string, measured: MeasuredForecasts): Line[] {
  const { size, before, after, temperature } = measured;
  return (
    [
      [1, before],
      [temperature.temperature, after],
    ] as const
  ).flatMap(([used, estimates]) =>
    Object.entries(estimates).flatMap(([measure, estimate]) =>
      estimate == null
        ? []
        : [[set, epoch, against, used, measure, estimate.value, estimate.low, estimate.high, size]],
    ),
  );
}
