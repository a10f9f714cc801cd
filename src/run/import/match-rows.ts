/** Joins a source's rows to those of the data by id. */

import { UserError } from "../../core/errors.js";
import type { Dataset } from "../../dataset/dataset.js";
import { showIds } from "./show-ids.js";

/**
 * Of each row of the run its place in the source: the data's order where there is data, else the source's own.
 *
 * @param ids the source's. null: it has none, and its rows are the data's rows in their order
 * @throws UserError where an id stands twice, or where the data and the source do not have the same
 */
export function matchRows(
  ids: readonly string[] | null,
  size: number,
  data: Dataset | null,
  subject: string,
): { readonly ids: readonly string[]; readonly places: Int32Array } {
  if (ids === null) {
    if (data && data.size !== size) {
      throw new UserError({
        subject,
        problem: `${size} rows without ids, but ${data.name} has ${data.size} examples`,
        remedy: "add a column `id`",
      });
    }
    const places = Int32Array.from({ length: size }, (_, row) => row);
    return { ids: data ? data.ids : Array.from(places, String), places };
  }
  const placeOf = new Map<string, number>();
  const twice = new Set<string>();
  ids.forEach((id, place) => {
    if (placeOf.has(id)) twice.add(id);
    else placeOf.set(id, place);
  });
  if (twice.size > 0) {
    throw new UserError({
      subject,
      problem: `ids stand in more than one row: ${showIds([...twice])}`,
      remedy: "keep one row of each example",
    });
  }
  if (!data) return { ids, places: Int32Array.from(ids, (_, place) => place) };
  const missing = data.ids.filter((id) => !placeOf.has(id));
  if (missing.length > 0 || ids.length !== data.size) {
    const known = new Set(data.ids);
    const extra = ids.filter((id) => !known.has(id));
    const problems = [
      ...(missing.length > 0 ? [`lacks ${showIds(missing)} of ${data.name}`] : []),
      ...(extra.length > 0 ? [`has ${showIds(extra)} that ${data.name} lacks`] : []),
    ];
    throw new UserError({
      subject,
      problem: problems.join(" and "),
      remedy: "give the --data that the model was trained on, and its --id column",
    });
  }
  return { ids: data.ids, places: Int32Array.from(data.ids, (id) => placeOf.get(id) ?? -1) };
}
