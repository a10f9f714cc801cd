import type { Transform } from "./transform.js";

/** Adds up gradients that forget at `rate`: velocity = rate velocity + gradient (Polyak 1964, as PyTorch's SGD). */
export function trace(rate: number): Transform {
  return {
    keeps: ["velocity"],
    begin:
      () =>
      ({ update, from, length, offset, kept }) => {
        const velocity = kept.velocity!;
        for (let i = 0; i < length; i++) {
          const sum = rate * velocity[offset + i]! + update[from + i]!;
          velocity[offset + i] = sum;
          update[from + i] = sum;
        }
      },
  };
}
