/** Two decimals: a hundredth of a pixel. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
