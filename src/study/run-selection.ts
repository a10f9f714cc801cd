/** Makes a selection: rows and ids in the order of taking, the recipe beside them. */

import { select } from "../select/select.js";
import type { Holdings } from "./holdings.js";
import type { StepSetting } from "./step-setting.js";
import { studyLayout } from "./layout.js";
import { publishTable } from "./publish-table.js";
import type { SelectionRecord } from "./record.js";
import type { SelectionStep } from "./step.js";

export async function runSelection(
  step: SelectionStep,
  holdings: Holdings,
  { signal, effects }: StepSetting,
): Promise<Omit<SelectionRecord, "started" | "host">> {
  const began = performance.now();
  const source = await holdings.source(step, { signal, effects });
  const { rows, recipe, notes } = await select(source, step.recipe, { signal, effects });
  const ids = Array.from(rows, (row) => source.ids[row] ?? "");
  await publishTable(
    holdings.folder,
    studyLayout.selection(holdings.folder, step.key),
    [
      { name: "row", kind: "number", values: rows },
      { name: "id", kind: "text", values: ids },
    ],
    rows.length,
  );
  holdings.hold(step.key, rows);
  return {
    kind: "selection",
    key: step.key,
    n: rows.length,
    recipe: { ...recipe },
    notes: { ...notes },
    seconds: (performance.now() - began) / 1000,
  };
}
