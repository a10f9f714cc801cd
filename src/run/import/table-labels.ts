/** The gold labels of a table. */

import { UserError, nearest } from "../../core/errors.js";
import type { ImportRequest } from "./imported-run.js";
import type { SourceTable } from "./source-table.js";

export interface TableLabels {
  /** By row of the run; null where neither the table nor the data says. */
  readonly gold: Int32Array | null;
  readonly labelNames: readonly string[];
}

/**
 * From the data, else from the table's own column, whose names are sorted unless `labelNames` fixes them. Where both say
 * them they have to agree.
 *
 * @param places of each row its place in the table
 */
export async function tableLabels(
  table: SourceTable,
  column: string | null,
  places: Int32Array,
  { data, labelNames }: Pick<ImportRequest, "data" | "labelNames">,
): Promise<TableLabels> {
  if (column === null) return { gold: data?.gold ?? null, labelNames: data?.labelNames ?? labelNames ?? [] };
  const texts = await table.texts(column);
  const missing = texts.findIndex((text) => text === null || text === "");
  if (missing >= 0) {
    throw new UserError({
      subject: `${table.path}, row ${missing + 1}`,
      problem: "has no gold label",
      remedy: `fill in ${JSON.stringify(column)}`,
    });
  }
  const names = data?.labelNames ?? labelNames ?? [...new Set(texts as string[])].sort(byNumberThenText);
  const gold = Int32Array.from(places, (place) =>
    labelIndex(texts[place] as string, names, `${table.path}, row ${place + 1}`),
  );
  if (data) {
    const differing = gold.findIndex((label, row) => label !== data.gold[row]);
    if (differing >= 0) {
      throw new UserError({
        subject: `${table.path}, row ${(places[differing] as number) + 1}`,
        problem: `the gold label of example ${JSON.stringify(data.ids[differing])} is not that of ${data.name}`,
        value: texts[places[differing] as number] ?? undefined,
        remedy: "give the data that the model was trained on",
      });
    }
  }
  return { gold, labelNames: names };
}

/** A label by its name, or by its index where no name is like that. @throws UserError where it is neither */
export function labelIndex(text: string, names: readonly string[], subject: string): number {
  const named = names.indexOf(text);
  if (named >= 0) return named;
  if (/^\d+$/.test(text) && Number(text) < names.length) return Number(text);
  const near = nearest(text, names);
  throw new UserError({
    subject,
    problem: "not one of the labels",
    value: text,
    remedy: near === null ? `there are ${names.slice(0, 10).join(", ")}` : `did you mean ${near}?`,
  });
}

function byNumberThenText(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  return difference || (a < b ? -1 : 1);
}
