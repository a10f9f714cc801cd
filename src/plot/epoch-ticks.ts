/** Whole epochs to name on an axis: evenly spaced from 0, at most ten steps, and no more than there is room for. */
export function epochTicks(epochs: number, pixels: number): number[] {
  const widest = 14 + 7 * String(epochs).length;
  const most = Math.max(1, Math.min(10, Math.floor(pixels / widest)));
  const step = Math.max(1, Math.ceil((epochs - 1) / most));
  return Array.from({ length: Math.floor((epochs - 1) / step) + 1 }, (_, i) => i * step);
}

/** From the first epoch to the last; one epoch stands in the middle. */
export function epochDomain(epochs: number): [number, number] {
  return epochs > 1 ? [0, epochs - 1] : [-0.5, 0.5];
}
