/** Whole epochs to name on an axis: at most `most` + 1, evenly spaced from 0. */
export function epochTicks(epochs: number, most: number): number[] {
  const step = Math.max(1, Math.ceil((epochs - 1) / most));
  return Array.from({ length: Math.floor((epochs - 1) / step) + 1 }, (_, i) => i * step);
}

/** From the first epoch to the last; one epoch stands in the middle. */
export function epochDomain(epochs: number): [number, number] {
  return epochs > 1 ? [0, epochs - 1] : [-0.5, 0.5];
}
