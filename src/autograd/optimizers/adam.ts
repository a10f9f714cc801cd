import type { Transform } from "./transform.js";

export interface AdamOptions {
  /** How slowly the mean of the gradients forgets. Default: 0.9. */
  readonly beta1?: number;
  /** How slowly the mean of their squares forgets. Default: 0.999. */
  readonly beta2?: number;
  /** Added to the root of the latter. Default: 1e-8. */
  readonly epsilon?: number;
}

/** Gradients over their running size (Kingma and Ba 2015, algorithm 1), both means corrected for having started at zero. */
export function scaleByAdam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {}): Transform {
  return {
    keeps: ["mean", "square"],
    begin({ count }) {
      const meanFactor = 1 / (1 - beta1 ** count);
      const squareFactor = 1 / Math.sqrt(1 - beta2 ** count);
      return ({ update, from, length, offset, kept }) => {
        const mean = kept.mean!;
        const square = kept.square!;
        for (let i = 0; i < length; i++) {
          const at = offset + i;
          const gradient = update[from + i]!;
          const m = beta1 * mean[at]! + (1 - beta1) * gradient;
          const s = beta2 * square[at]! + (1 - beta2) * gradient * gradient;
          mean[at] = m;
          square[at] = s;
          update[from + i] = (m * meanFactor) / (Math.sqrt(s) * squareFactor + epsilon);
        }
      };
    },
  };
}
