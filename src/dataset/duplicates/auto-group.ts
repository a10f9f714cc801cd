/** `--group auto`: near duplicates as groups, found when a dataset is read. A run keeps them with its examples, and is opened again with those. */

import { UserError } from "../../core/errors.js";
import type { SourceTable } from "../source-table.js";

/** In the place of a column's name. */
export const autoGroup = "auto";

/** @throws UserError where a column has that name */
export function checkAutoGroup({ name, columns }: Pick<SourceTable, "name" | "columns">): void {
  if (!columns.some((column) => column.name === autoGroup)) return;
  throw new UserError({
    subject: name,
    problem: "--group auto finds near duplicates, and there is a column of that name too",
    remedy: "give the column another name",
  });
}

/** Of more a search takes seconds. */
const worthSaying = 20_000;

/** What is begun, where it takes a while; null where it does not. */
export function searchMessage(size: number): string | null {
  if (size < worthSaying) return null;
  return `--group auto looks for near duplicates among ${count(size)} examples`;
}

/** What was found, in a sentence. */
export function groupsMessage(groups: readonly (string | null)[]): string {
  const sizes = new Map<string, number>();
  for (const group of groups) if (group !== null) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const all = [...sizes.values()];
  if (all.length === 0) return "--group auto found no near duplicates";
  const grouped = all.reduce((sum, size) => sum + size, 0);
  const largest = all.reduce((most, size) => Math.max(most, size), 0);
  return (
    `--group auto put ${count(grouped)} of ${count(groups.length)} examples into ${count(all.length)} groups of near duplicates, ` +
    `the largest of ${count(largest)}`
  );
}

function count(n: number): string {
  return n.toLocaleString("en-US");
}
