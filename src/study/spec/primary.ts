/** The comparisons that a study is there for, where its user declares none. */

import type { ArmSpec, PrimaryComparison } from "./spec.js";

/** Ambiguous and hard, each against random of the same size and against the whole set, where the study has them. */
export function defaultPrimary(arms: readonly ArmSpec[]): PrimaryComparison[] {
  const whole = arms.find((arm) => arm.recipe === null);
  return arms.flatMap((arm) => {
    if (!plain(arm, "ambiguous") && !plain(arm, "hard")) return [];
    const random = arms.find(
      (other) =>
        plain(other, "random") &&
        other.recipe?.fraction === arm.recipe?.fraction &&
        other.recipe?.count === arm.recipe?.count &&
        other.recipe?.balance === arm.recipe?.balance,
    );
    return [random, whole].flatMap((against) =>
      against === undefined ? [] : [{ arm: arm.name, against: against.name }],
    );
  });
}

function plain({ recipe, train }: ArmSpec, by: string): boolean {
  return recipe?.by === by && recipe.mix === undefined && train !== false;
}
