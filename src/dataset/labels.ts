/** Gold labels: their names, their order, and what is wrong with them. */

import { UserError } from "../core/errors.js";
import { shortList } from "./source-table.js";

export interface GoldLabels {
  readonly names: readonly string[];
  readonly gold: Int32Array;
}

/** More distinct values than this, most of them used once, are not labels. */
const manyLabels = 1000;

/** Whole numbers in their order, else by code unit. */
export function sortLabels(names: Iterable<string>): string[] {
  const list = [...names];
  const numbers = list.every((name) => /^-?\d{1,15}$/.test(name));
  return list.sort(
    numbers ? (a, b) => Number(a) - Number(b) || (a < b ? -1 : 1) : (a, b) => (a < b ? -1 : 1),
  );
}

/**
 * @param values one label a row, none missing
 * @param fixed names and order, where the user or the source gives them
 * @throws UserError for one label only, a label beside the fixed ones, or values that look like text
 */
export function goldLabels(
  values: readonly string[],
  fixed: readonly string[] | undefined,
  subject: string,
  column: string,
): GoldLabels {
  const found = new Set(values);
  const names = fixed ?? sortLabels(found);
  if (fixed && new Set(fixed).size < fixed.length) {
    throw new UserError({
      subject: "--labels",
      problem: "names a label twice",
      value: fixed.join(","),
      remedy: "name each once",
    });
  }
  if (!fixed && found.size > manyLabels && found.size > values.length / 5) {
    throw new UserError({
      subject: subject,
      problem: `label column ${JSON.stringify(column)} has ${found.size.toLocaleString("en-US")} distinct values: is this the text?`,
      value: values[0],
      remedy: "name the label's column with --label",
    });
  }
  const index = new Map(names.map((name, position) => [name, position]));
  const gold = new Int32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const at = index.get(values[row] ?? "");
    if (at === undefined) {
      const unknown = [...found].filter((name) => !index.has(name));
      throw new UserError({
        subject: `${subject}, row ${row}`,
        problem: `a label that is not among the ${names.length} named`,
        value: values[row],
        remedy: `add it to --labels, or leave --labels out (unknown: ${shortList(unknown, 5)})`,
      });
    }
    gold[row] = at;
  }
  return { names, gold };
}

/** @throws UserError where all examples have one label: there is nothing to learn */
export function needsTwoLabels(
  names: readonly string[],
  gold: Int32Array,
  subject: string,
  column: string,
): void {
  if (gold.some((label) => label !== gold[0])) return;
  throw new UserError({
    subject,
    problem: `all ${gold.length.toLocaleString("en-US")} examples have one label`,
    value: names[gold[0] ?? 0],
    remedy: `a map needs two; is ${JSON.stringify(column)} the label? name it with --label`,
  });
}

/** Rows without a label: an error that names the first, or their count where they are to be dropped. */
export function missingLabels(
  rows: readonly number[],
  policy: "error" | "drop",
  subject: string,
): string | null {
  if (rows.length === 0) return null;
  const n = rows.length.toLocaleString("en-US");
  if (policy === "drop") return `${subject}: dropped ${n} rows without a label`;
  throw new UserError({
    subject,
    problem: `${n} ${rows.length === 1 ? "row has" : "rows have"} no label (rows ${shortList(rows.map(String), 5)}, counted from 0)`,
    remedy: "mend them, or give --missing-labels drop",
  });
}

/** Labels that look like one and count as several; null where there are none. */
export function labelsAlike(names: readonly string[]): string | null {
  const plain = new Map<string, string>();
  for (const name of names) {
    const key = name.trim().replace(/\s+/g, " ").toLowerCase();
    const other = plain.get(key);
    if (other !== undefined)
      return `labels ${JSON.stringify(other)} and ${JSON.stringify(name)} differ in case or white space only, and count as two`;
    plain.set(key, name);
  }
  return null;
}
