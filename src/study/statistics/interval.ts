/** What every interval looks like. */

export interface Interval {
  readonly low: number;
  readonly high: number;
}
