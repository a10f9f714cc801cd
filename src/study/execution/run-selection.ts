/** Makes a selection: rows in the order of taking, and the recipe with its defaults. */

import { select } from "../../select/select.js";
import type { Holdings } from "./holdings.js";
import type { SelectionRecord } from "../folder/record.js";
import type { StepSetting } from "./step-setting.js";
import type { SelectionStep } from "../plan/step.js";

export async function runSelection(
  step: SelectionStep,
  holdings: Holdings,
  { signal, effects }: StepSetting,
): Promise<{ record: Omit<SelectionRecord, "started" | "host">; rows: Int32Array }> {
  const began = performance.now();
  const source = await holdings.source(step, { signal, effects });
  const { rows, recipe, notes } = await select(source, step.recipe, { signal, effects });
  return {
    record: {
      kind: "selection",
      key: step.key,
      n: rows.length,
      recipe: { ...recipe },
      notes: { ...notes },
      seconds: (performance.now() - began) / 1000,
    },
    rows,
  };
}
