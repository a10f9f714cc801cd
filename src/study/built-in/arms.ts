/** Arms that several studies have. */

import { armName } from "../spec/arm-name.js";
import type { ArmSpec } from "../spec/spec.js";

type Recipe = NonNullable<ArmSpec["recipe"]>;

/** An arm that its recipe names. */
export function armOf(recipe: ArmSpec["recipe"]): ArmSpec {
  return { name: armName(recipe), recipe };
}

/** The whole training set. */
export const wholeSet: ArmSpec = armOf(null);

/** The fraction of the paper's subsets that a reader calls a third. */
export const third = 0.33;

/** `by` with shares of its rows replaced by others'. Shares of 0 are left out. */
export function mixed(
  by: string,
  fraction: number,
  parts: readonly (readonly [by: string, share: number])[],
  more: Partial<Recipe> = {},
): ArmSpec {
  const mix = parts.filter(([, share]) => share > 0).map(([part, share]) => ({ by: part, share }));
  return armOf({ by, fraction, ...(mix.length > 0 ? { mix } : {}), ...more });
}
