import type { Transform } from "./transform.js";

/** Adds up gradients that forget at `rate`: velocity = rate velocity + gradient (Polyak 1964, as PyTorch's SGD). */
export function trace(rate: number): Transform {
  return {
    keeps: ["velocity"],
    begin: () => (stretch) => {
      const { update, scale, kept } = stretch;
      const velocity = kept.velocity!;
      for (let i = 0; i < update.length; i++) {
        const sum = rate * velocity[i]! + scale * update[i]!;
        velocity[i] = sum;
        update[i] = sum;
      }
      stretch.scale = 1;
    },
  };
}
