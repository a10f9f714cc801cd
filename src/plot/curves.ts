/** What a figure of curves shows: plain data. */

export interface CurvePoint {
  readonly x: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Some cells are not ok. */
  readonly flawed: boolean;
}

export interface CurvePanel {
  readonly title: string;
  /** The points of each curve, in the order of `names`; empty: not measured here. */
  readonly curves: readonly (readonly CurvePoint[])[];
  /** A dashed line: chance. Default: none. */
  readonly reference?: number | undefined;
}

export interface CurvesData {
  readonly panels: readonly CurvePanel[];
  readonly names: readonly string[];
  readonly across: { readonly label: string; readonly scale: "linear" | "log" };
  readonly up: string;
  /** What the dashed lines are. Default: chance. */
  readonly reference?: string | undefined;
}
