import type { Transform } from "./transform.js";

/** A learning rate, or one for each update: its argument is how many were made before. */
export type Rate = number | ((updatesBefore: number) => number);

/** Steps against the gradient, times the learning rate. */
export function scaleByLearningRate(rate: Rate): Transform {
  return {
    keeps: [],
    begin({ count }) {
      const factor = typeof rate === "number" ? -rate : -rate(count - 1);
      return (stretch) => {
        stretch.scale *= factor;
      };
    },
  };
}

export interface LinearOptions {
  /** The highest rate, where warm-up ends. */
  readonly peak: number;
  /** Updates in all; the rate is 0 from there on. */
  readonly total: number;
  /** Updates over which the rate rises from 0. Default: 0. */
  readonly warmup?: number;
}

/** Rises from 0 to the peak, then falls to 0, both in straight lines. */
export function linearRate({ peak, total, warmup = 0 }: LinearOptions): (updatesBefore: number) => number {
  return (before) =>
    before < warmup
      ? (peak * before) / warmup
      : peak * Math.max(0, (total - before) / Math.max(1, total - warmup));
}
