import { adamStretch } from "./kernels.js";
import type { Transform } from "./transform.js";

export interface AdamOptions {
  /** How slowly the mean of the gradients forgets. Default: 0.9. */
  readonly beta1?: number;
  /** How slowly the mean of their squares forgets. Default: 0.999. */
  readonly beta2?: number;
  /** Added to the root of the latter. Default: 1e-8. */
  readonly epsilon?: number;
}

/** In 32 bits a smaller one would be 0, and 0 / 0 no number. */
const leastEpsilon = (epsilon: number): number => (epsilon > 0 ? Math.max(epsilon, 2 ** -126) : epsilon);

/** Gradients over their running size (Kingma and Ba 2015, algorithm 1), both means corrected for having started at zero. */
export function scaleByAdam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamOptions = {}): Transform {
  return {
    keeps: ["mean", "square"],
    begin({ count }) {
      const meanFactor = 1 / (1 - beta1 ** count);
      const squareFactor = 1 / Math.sqrt(1 - beta2 ** count);
      return (stretch) => {
        const { update, scale, kept } = stretch;
        const numbers = { scale, beta1, beta2, meanFactor, squareFactor, epsilon: leastEpsilon(epsilon) };
        adamStretch(update, kept["mean"]!, kept["square"]!, numbers);
        stretch.scale = 1;
      };
    },
  };
}
