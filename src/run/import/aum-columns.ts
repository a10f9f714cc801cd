/** The columns of AUM's records, and whether what they hold fits together. */

import { identifier } from "../../core/duckdb.js";
import { UserError } from "../../core/errors.js";
import type { SourceTable } from "./source-table.js";

/** SQL expressions over the table's columns, but for the id, which is a column's name. */
export interface AumColumns {
  readonly id: string;
  readonly epoch: string;
  readonly label: string;
  readonly value: string;
  readonly otherLabel: string;
  readonly otherValue: string;
  readonly margin: string;
  readonly epochCount: number;
  /** Number of the first measurement: 1 as AUM writes it. */
  readonly firstEpoch: number;
  /** The largest class, and one. */
  readonly labels: number;
}

export async function aumColumns(table: SourceTable): Promise<AumColumns> {
  const named = (...names: string[]): string => {
    const found = table.column(...names);
    if (found !== null) return found;
    throw new UserError({
      subject: table.path,
      problem: `has no column ${names[0] ?? ""}, but ${table.columns.join(", ")}`,
      remedy: "give full_aum_records.csv as AUMCalculator writes it with compressed=False",
    });
  };
  const id = named("sample_id");
  const epochColumn = named("num_measurements", "epoch");
  const [logit, val, otherLogit, otherVal, margin] = [
    named("target_logit"),
    named("target_val"),
    named("other_logit"),
    named("other_val"),
    named("margin"),
  ].map((column) => `TRY_CAST(${identifier(column)} AS DOUBLE)`) as [string, string, string, string, string];
  const epoch = `TRY_CAST(${identifier(epochColumn)} AS INTEGER)`;

  const refuseRow = async (
    condition: string,
    problem: string,
    column: string,
    remedy: string,
  ): Promise<void> => {
    const [wrong] = await table.database.json(
      `SELECT rowid AS place, ${column}::VARCHAR AS written FROM source WHERE ${condition} LIMIT 1`,
    );
    if (!wrong) return;
    const subject = `${table.path}, row ${Number(wrong["place"]) + 1}`;
    throw new UserError({ subject, problem, value: wrong["written"] ?? undefined, remedy });
  };
  const finite = "log that training again without the epochs that diverged";
  await refuseRow(`coalesce(${identifier(id)}::VARCHAR, '') = ''`, "has no sample_id", "NULL", "fill it in");
  await refuseRow(
    `${epoch} IS NULL`,
    `no number of the measurement in ${epochColumn}`,
    identifier(epochColumn),
    "count them from 1",
  );
  for (const column of ["target_logit", "target_val", "other_logit", "other_val", "margin"]) {
    const number = `TRY_CAST(${identifier(named(column))} AS DOUBLE)`;
    await refuseRow(
      `${number} IS NULL`,
      `not a number in ${column}`,
      identifier(named(column)),
      "check the file",
    );
    await refuseRow(`NOT isfinite(${number})`, `not finite in ${column}`, identifier(named(column)), finite);
  }
  const differs = (a: string, b: string): string =>
    `abs(${a} - ${b} - ${margin}) > 1e-4 * (1 + abs(${a}) + abs(${b}))`;
  const wrong = async (condition: string): Promise<boolean> =>
    Number(await table.database.value(`SELECT count(*) FROM source WHERE ${condition}`)) > 0;
  const asWritten = !(await wrong(differs(logit, otherLogit)));
  if (!asWritten && (await wrong(differs(val, otherVal)))) {
    await refuseRow(
      differs(logit, otherLogit),
      "margin is not the target's value minus the other's",
      identifier(named("margin")),
      "give the file as AUMCalculator wrote it",
    );
  }
  const [label, value, otherLabel, otherValue] = asWritten
    ? [val, logit, otherVal, otherLogit]
    : [logit, val, otherLogit, otherVal];
  const classes = "classes count from 0";
  await refuseRow(
    `${label} < 0 OR ${label} <> floor(${label})`,
    "the target is not the number of a class",
    label,
    classes,
  );
  await refuseRow(
    `${otherLabel} < 0 OR ${otherLabel} <> floor(${otherLabel})`,
    "the other is not the number of a class",
    otherLabel,
    classes,
  );
  await refuseRow(`${otherLabel} = ${label}`, "the other class is the target itself", label, classes);

  const counts = await checkMeasurements(table, id, epoch);
  await checkLabels(table, id, label);
  const labels =
    Number(await table.database.value(`SELECT max(greatest(${label}, ${otherLabel})) FROM source`)) + 1;
  return { id, epoch, label, value, otherLabel, otherValue, margin, ...counts, labels };
}

/** Every sample once in every measurement. */
async function checkMeasurements(
  table: SourceTable,
  id: string,
  epoch: string,
): Promise<{ epochCount: number; firstEpoch: number }> {
  const [range = {}] = await table.database.json(
    `SELECT min(${epoch}) AS first, max(${epoch}) AS last FROM source`,
  );
  const firstEpoch = Number(range["first"]);
  const epochCount = Number(range["last"]) - firstEpoch + 1;
  const samples = `SELECT ${identifier(id)}::VARCHAR AS id, count(*) AS lines, count(DISTINCT ${epoch}) AS epochs FROM source GROUP BY 1`;
  const [twice] = await table.database.json(`SELECT id FROM (${samples}) WHERE lines > epochs LIMIT 1`);
  if (twice) {
    throw new UserError({
      subject: table.path,
      problem: "a sample stands twice in a measurement",
      value: twice["id"],
      remedy: "keep one of the lines",
    });
  }
  const incomplete = await table.database.json(
    `SELECT id, epochs, count(*) OVER () AS total FROM (${samples}) WHERE epochs < ${epochCount} LIMIT 1`,
  );
  const [few] = incomplete;
  if (few) {
    throw new UserError({
      subject: table.path,
      problem: `${String(few["total"])} samples lack a measurement: there are ${epochCount}, and ${String(few["epochs"])} of sample`,
      value: few["id"],
      remedy: "every sample has to be measured once in every epoch",
    });
  }
  return { epochCount, firstEpoch };
}

async function checkLabels(table: SourceTable, id: string, label: string): Promise<void> {
  const [changed] = await table.database.json(
    `SELECT ${identifier(id)}::VARCHAR AS id, min(${label})::INTEGER AS a, max(${label})::INTEGER AS b FROM source ` +
      `GROUP BY 1 HAVING min(${label}) <> max(${label}) LIMIT 1`,
  );
  if (!changed) return;
  throw new UserError({
    subject: table.path,
    problem: `the class of a sample changes between measurements, from ${String(changed["a"])} to ${String(changed["b"])}`,
    value: changed["id"],
    remedy: "a sample's class must not change",
  });
}
