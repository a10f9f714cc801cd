/** A dataset whose labels or groups were changed, over the same source. */

import { InternalError } from "../core/errors.js";
import type { Dataset } from "./dataset.js";
import { TableDataset } from "./table-dataset.js";

/**
 * The same examples with other gold labels. `writeExamples` writes the new labels; the source's own columns stay as they were read.
 * Shares the dataset's source: it goes with the dataset, and closing the new one does nothing.
 *
 * @param gold index of each row's label among `labelNames`; in multiple choice, of a choice that the row has
 * @param labelNames more labels than the dataset's own may follow those. Default: the dataset's
 */
export function relabel(dataset: Dataset, gold: Int32Array, labelNames = dataset.labelNames): Dataset {
  if (gold.length !== dataset.size)
    throw new InternalError(`relabel: ${gold.length} labels for ${dataset.size} examples`);
  const choices = dataset.input.kind === "choices" ? dataset.input.choices : null;
  gold.forEach((label, row) => {
    if (!(label >= 0 && label < (choices?.[row]?.length ?? labelNames.length)))
      throw new InternalError(`relabel: row ${row} has no label ${label}`);
  });
  return changed(dataset, { gold, labelNames });
}

/**
 * The same examples in other groups.
 *
 * @param groups a name each; null: the example stands alone
 */
export function regroup(dataset: Dataset, groups: readonly (string | null)[]): Dataset {
  if (groups.length !== dataset.size)
    throw new InternalError(`regroup: ${groups.length} groups for ${dataset.size} examples`);
  return changed(dataset, { groups });
}

function changed(
  dataset: Dataset,
  changes: Partial<Pick<Dataset, "gold" | "labelNames" | "groups">>,
): Dataset {
  if (dataset instanceof TableDataset) return dataset.withColumns(changes);
  return {
    ...dataset,
    ...changes,
    writeExamples: () =>
      Promise.reject(
        new InternalError("relabel: a dataset that neither readDataset nor createDataset made has no source"),
      ),
    close: () => undefined,
  };
}
