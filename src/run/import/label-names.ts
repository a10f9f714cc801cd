/** The names of an imported run's labels. */

import { UserError } from "../../core/errors.js";
import type { ImportRequest } from "./imported-run.js";

/**
 * Names of `count` labels: those of the data, those that were given, else "0", "1", ...
 *
 * @param subject for messages: the file that shows how many there are
 */
export function labelNamesFor(
  count: number,
  { data, labelNames }: Pick<ImportRequest, "data" | "labelNames">,
  subject: string,
): { labelNames: readonly string[]; notes: readonly string[] } {
  const known = labelNames ?? data?.labelNames;
  if (!known) {
    const names = Array.from({ length: count }, (_, label) => String(label));
    return {
      labelNames: names,
      notes: [`Labels have no names here: they are called ${names[0] ?? ""} to ${names[count - 1] ?? ""}.`],
    };
  }
  if (known.length !== count) {
    throw new UserError({
      subject,
      problem: `${count} labels, but ${labelNames ? "--labels" : (data?.name ?? "the data")} names ${known.length}`,
      value: known.slice(0, 10).join(", "),
      remedy: "name one label for each, in their order, with --labels",
    });
  }
  return { labelNames: known, notes: [] };
}
