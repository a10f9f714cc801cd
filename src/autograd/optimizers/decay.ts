import type { Transform } from "./transform.js";

/** Adds `rate` times the parameter, where it decays: after the gradient was scaled, decay is decoupled (Loshchilov and Hutter 2019). */
export function addDecayedWeights(rate: number): Transform {
  return {
    keeps: [],
    begin:
      () =>
      ({ update, from, length, parameter, offset, decays }) => {
        if (!decays || rate === 0) return;
        for (let i = 0; i < length; i++) update[from + i]! += rate * parameter[offset + i]!;
      },
  };
}
