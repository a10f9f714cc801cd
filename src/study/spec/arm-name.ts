/** What the report calls an arm where its user gave no name. */

import type { ArmSpec } from "./spec.js";

/** `ambiguous 33 %`, `random 17 %, 10 % easy, balanced`; the whole set is `100 %`. */
export function armName(recipe: ArmSpec["recipe"]): string {
  if (recipe === null) return "100 %";
  const {
    by,
    fraction,
    count,
    reverse,
    bothEnds,
    balance,
    minPerLabel,
    mix = [],
    within,
    withoutSuspects,
    exclude,
    diverse,
  } = recipe;
  const size = fraction === undefined ? `${count ?? 0} examples` : percent(fraction);
  const parts = [
    `${by} ${size}`,
    ...mix.map((part) => `${percent(part.share)} ${part.by}`),
    ...(reverse === true ? ["lowest first"] : []),
    ...(bothEnds === undefined ? [] : [`${percent(bothEnds)} from the top`]),
    ...(within === undefined ? [] : [`within ${within.join(" and ")}`]),
    ...(balance === undefined ? [] : ["balanced"]),
    ...(minPerLabel === undefined ? [] : [`at least ${minPerLabel} a label`]),
    ...(diverse === undefined ? [] : ["diverse"]),
    ...(withoutSuspects === undefined ? [] : [`without ${percent(withoutSuspects)} suspects`]),
    ...(exclude === undefined ? [] : ["some excluded"]),
  ];
  return parts.join(", ");
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
