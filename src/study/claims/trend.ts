/** Whether a score follows the number of training examples: one slope a replicate, a t test over them. */

import type { Arm } from "../results/arms.js";
import { mean } from "../statistics/moments.js";
import { pairedT } from "../statistics/paired-t.js";
import type { Evidence } from "./verdict.js";

/** Least squares of accuracy over log2 n; its p is not yet adjusted, and `speaks` says which way it points. */
export function trendEvidence(
  dataset: string,
  test: string,
  arms: readonly Arm[],
  expect: "rising" | "falling",
): Evidence {
  const replicates = new Map<number, { x: number; y: number }[]>();
  for (const arm of arms)
    for (const { replicate, n, accuracy } of arm.cells.get(test) ?? [])
      replicates.set(replicate, [...(replicates.get(replicate) ?? []), { x: Math.log2(n), y: accuracy }]);
  const slopes = [...replicates.values()].filter((points) => points.length >= 3).map(slope);
  const { mean: centre, interval, p, n } = pairedT(slopes);
  const points = centre > 0 === (expect === "rising");
  return {
    dataset,
    test,
    what: `${arms[0]?.by ?? "no such arm"}: accuracy over log2 n`,
    unit: "points per doubling",
    value: centre,
    interval,
    n,
    p,
    adjusted: null,
    speaks: n < 2 ? "neither" : points ? "for" : "against",
    because: null,
  };
}

/** Of a straight line by least squares. */
function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const [mx, my] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))];
  const across = points.reduce((sum, { x }) => sum + (x - mx) ** 2, 0);
  return points.reduce((sum, { x, y }) => sum + (x - mx) * (y - my), 0) / across;
}
