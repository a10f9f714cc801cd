import type { Transform } from "./transform.js";

/** Adds `rate` times the parameter, where it decays: after the gradient was scaled, decay is decoupled (Loshchilov and Hutter 2019). */
export function addDecayedWeights(rate: number): Transform {
  return {
    keeps: [],
    begin: () => (stretch) => {
      const { update, scale, parameter, decays } = stretch;
      if (!decays || rate === 0) return;
      for (let i = 0; i < update.length; i++) update[i] = scale * update[i]! + rate * parameter[i]!;
      stretch.scale = 1;
    },
  };
}
