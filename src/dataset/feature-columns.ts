/** Columns as features: numbers where every value is one, categories otherwise. */

import { UserError } from "../core/errors.js";
import type { FeatureColumn } from "./dataset.js";

const missing = new Set(["", "?", "NA", "N/A", "NaN", "nan", "null", "None"]);

/** @throws UserError where a value is infinite, or nothing is there */
export function featureColumn(name: string, raw: readonly (string | null)[], subject: string): FeatureColumn {
  const values = raw.map((value) => {
    const trimmed = value?.trim() ?? "";
    return missing.has(trimmed) ? null : trimmed;
  });
  if (values.every((value) => value === null)) {
    throw new UserError({
      subject,
      problem: `feature column ${JSON.stringify(name)} is empty`,
      remedy: "leave it out of --features",
    });
  }
  if (values.some((value) => value !== null && Number.isNaN(Number(value))))
    return { name, kind: "categorical", values };
  const numbers = new Float64Array(values.length);
  values.forEach((value, row) => {
    numbers[row] = value === null ? NaN : Number(value);
    if (value !== null && !Number.isFinite(numbers[row])) {
      throw new UserError({
        subject: `${subject}, row ${row}`,
        problem: `feature ${JSON.stringify(name)} is not finite`,
        value,
        remedy: "mend it, or leave it empty for missing",
      });
    }
  });
  return { name, kind: "numeric", values: numbers };
}
