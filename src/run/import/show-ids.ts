import { showValue } from "../../core/errors.js";

const shown = 5;

/** `2 examples ("a", "b")`; of more than five the first five. */
export function showIds(ids: readonly string[]): string {
  const names = ids.slice(0, shown).map(showValue).join(", ");
  const count = `${ids.length} ${ids.length === 1 ? "example" : "examples"}`;
  return ids.length > shown ? `${count} (first ${names})` : `${count} (${names})`;
}
