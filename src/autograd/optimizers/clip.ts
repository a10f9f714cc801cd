import type { Transform } from "./transform.js";

/**
 * Scales all gradients down together where their common norm is above `most` (Pascanu et al. 2013), by
 * most / (norm + 1e-6) as PyTorch does.
 */
export function clipByGlobalNorm(most: number): Transform {
  return {
    keeps: [],
    begin({ norm }) {
      const factor = Math.min(1, most / (norm() + 1e-6));
      return (stretch) => {
        stretch.scale *= factor;
      };
    },
  };
}
