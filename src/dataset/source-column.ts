import { InternalError } from "../core/errors.js";
import type { Dataset } from "./dataset.js";
import { TableDataset } from "./table-dataset.js";

/**
 * A column of the files that a dataset was read from, one text an example; null where missing.
 *
 * @param path its name, or a dotted path into nested fields
 * @param option what asks for it, for messages
 * @throws UserError naming the columns there are
 */
export async function sourceColumn(
  dataset: Dataset,
  path: string,
  option: string,
): Promise<(string | null)[]> {
  if (dataset instanceof TableDataset) return await dataset.column(path, option);
  throw new InternalError("sourceColumn: a dataset that neither readDataset nor createDataset made");
}
