/** Which labels are mistaken for which: a matrix of probabilities, one row a true label, one column the label given. */

import { UserError } from "../../core/errors.js";
import { loadSource } from "../../dataset/load-source.js";

export interface TransitionMatrix {
  /** labels x labels, row-major; rows sum to 1; the diagonal is the probability that the label stays. */
  readonly values: Float64Array;
  readonly labels: number;
}

/** How far from 1 a row may sum: what a file rounds to six digits. */
const tolerance = 1e-4;

/**
 * Reads a matrix from a table (any format of the dataset reader): its first column names the true label, the other columns are the labels given.
 *
 * @param labelNames every one has to stand once in the rows and once in the columns, in any order
 * @throws UserError where it has another size, other labels, or a row that is no distribution
 */
export async function readTransitionMatrix(
  path: string,
  labelNames: readonly string[],
): Promise<TransitionMatrix> {
  const { table } = await loadSource([path], {});
  let rows: Record<string, unknown>[];
  let columns: string[];
  try {
    columns = table.columns.map(({ name }) => name);
    rows = await table.database.json("SELECT * FROM source");
  } finally {
    table.close();
  }
  const [first = "", ...given] = columns;
  const labels = labelNames.length;
  if (rows.length !== labels || given.length !== labels) {
    throw new UserError({
      subject: path,
      problem: `is ${rows.length} x ${given.length}, and there are ${labels} labels`,
      remedy: `give a first column of the true labels and a column for each of ${shown(labelNames)}`,
    });
  }
  const values = new Float64Array(labels * labels).fill(NaN);
  for (const row of rows) {
    const from = place(String(row[first]), labelNames, path, "row");
    for (const name of given) {
      const to = place(name, labelNames, path, "column");
      const value = row[name] === null ? NaN : Number(row[name]);
      if (!(value >= 0 && value <= 1)) {
        throw new UserError({
          subject: `${path}, ${JSON.stringify(labelNames[from])} to ${JSON.stringify(name)}`,
          problem: "not a probability",
          value: row[name],
          remedy: "give numbers from 0 to 1",
        });
      }
      values[from * labels + to] = value;
    }
  }
  return checked(values, labelNames, path);
}

function checked(values: Float64Array, labelNames: readonly string[], path: string): TransitionMatrix {
  const labels = labelNames.length;
  labelNames.forEach((name, from) => {
    const sum = values.subarray(from * labels, (from + 1) * labels).reduce((a, b) => a + b, 0);
    if (Math.abs(sum - 1) <= tolerance) return;
    throw new UserError({
      subject: `${path}, row ${JSON.stringify(name)}`,
      problem: Number.isNaN(sum) ? "is missing, another stands twice" : "does not sum to 1",
      value: Number.isNaN(sum) ? undefined : sum,
      remedy: "each row is a distribution: what becomes of that label",
    });
  });
  return { values, labels };
}

function place(name: string, labelNames: readonly string[], path: string, what: string): number {
  const at = labelNames.indexOf(name);
  if (at >= 0) return at;
  throw new UserError({
    subject: path,
    problem: `a ${what} of no label`,
    value: name,
    remedy: `there are ${shown(labelNames)}`,
  });
}

function shown(names: readonly string[]): string {
  return names.slice(0, 6).join(", ") + (names.length > 6 ? ", ..." : "");
}
