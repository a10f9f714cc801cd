/** Multiple choice: the choices of each row, and which of them is right. */

import { UserError } from "../core/errors.js";

/**
 * The index of the right choice. A label may be the choice's text, its column's name, or its number.
 *
 * @param columns the choices' columns; null where they come as a list
 * @param base what the first choice is numbered
 * @throws UserError where the label names none of the choices, or several
 */
export function rightChoice(
  label: string,
  choices: readonly string[],
  columns: readonly string[] | null,
  base: 0 | 1,
  subject: string,
): number {
  const readings = new Set<number>();
  choices.forEach((choice, index) => {
    if (choice.trim() === label.trim()) readings.add(index);
    if (columns?.[index] === label) readings.add(index);
    if (String(index + base) === label.trim()) readings.add(index);
  });
  const [only] = readings;
  if (only !== undefined && readings.size === 1) return only;
  const listed = choices.map((choice) => JSON.stringify(choice)).join(", ");
  throw new UserError({
    subject,
    problem: readings.size === 0 ? "the label is none of the choices" : "the label names several choices",
    value: label,
    remedy:
      readings.size === 0
        ? `the choices are ${listed}, numbered from ${base}; --choice-base 0 counts from 0`
        : `the choices are ${listed}: write the label as one of the columns' names`,
  });
}

/** "1", "2", ... up to the most choices of any row. */
export function choiceNames(choices: readonly (readonly string[])[]): string[] {
  const most = choices.reduce((max, row) => Math.max(max, row.length), 0);
  return Array.from({ length: most }, (_, index) => String(index + 1));
}
