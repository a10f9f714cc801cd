import { InternalError } from "../core/errors.js";
import type { Dataset } from "./dataset.js";
import { selectRows } from "./select-rows.js";
import { TableDataset } from "./table-dataset.js";

/**
 * Some examples of a dataset, in the order of `rows`. Shares the dataset's source: closing the dataset closes its subsets, closing
 * a subset does nothing. Of a dataset that is an object of the caller's own, a subset cannot write its examples.
 *
 * @param rows 0-based rows of `dataset`, each at most once
 */
export function subset(dataset: Dataset, rows: Int32Array): Dataset {
  const seen = new Uint8Array(dataset.size);
  for (const row of rows) {
    if (!(row >= 0 && row < dataset.size) || seen[row] === 1)
      throw new InternalError(`subset: row ${row} twice or out of range`);
    seen[row] = 1;
  }
  if (dataset instanceof TableDataset) return dataset.take(rows);
  return {
    ...selectRows(dataset, rows),
    name: dataset.name,
    size: rows.length,
    labelNames: dataset.labelNames,
    roles: dataset.roles,
    sources: dataset.sources,
    subsetOf: { dataset, rows },
    writeExamples: () =>
      Promise.reject(
        new InternalError("subset: a dataset that neither readDataset nor createDataset made has no source"),
      ),
    close: () => undefined,
  };
}
