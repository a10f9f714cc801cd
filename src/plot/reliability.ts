/** What a reliability diagram shows: plain data. */

export interface ReliabilityPoint {
  /** Mean forecast and share that came true, of the examples of a bin. */
  readonly forecast: number;
  readonly outcome: number;
  /** 95 %. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

export interface ReliabilityPanel {
  readonly title: string;
  /** Measures, a line each. */
  readonly notes: readonly string[];
  /** Lowest forecast first. */
  readonly points: readonly ReliabilityPoint[];
  /** The smoothed outcome, and a 95 % interval at each forecast. */
  readonly curve: readonly Omit<ReliabilityPoint, "count">[];
  /** Bars of examples by forecast. */
  readonly histogram: readonly { readonly low: number; readonly high: number; readonly count: number }[];
}

export interface ReliabilityData {
  readonly panels: readonly ReliabilityPanel[];
  /** What is across and up. */
  readonly across: string;
  readonly up: string;
}
