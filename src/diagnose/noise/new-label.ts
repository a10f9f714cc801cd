/** Which wrong label an example gets: three kinds of mistake, each a function of the example and one draw. */

import type { TransitionMatrix } from "./transition-matrix.js";

export type NewLabel = (row: number, draw: number) => number | null;

/** Any other label, all alike. @param widthOf how many labels a row has */
export function uniformLabel(gold: Int32Array, widthOf: (row: number) => number): NewLabel {
  return (row, draw) => {
    const width = widthOf(row);
    if (width < 2) return null;
    const other = Math.min(width - 2, Math.floor(draw * (width - 1)));
    return other >= gold[row]! ? other + 1 : other;
  };
}

/** By the label's row of the matrix, the diagonal apart; null where that row never errs. */
export function matrixLabel(gold: Int32Array, { values, labels }: TransitionMatrix): NewLabel {
  return (row, draw) => {
    const from = gold[row]!;
    let rest = draw * (1 - values[from * labels + from]!);
    let last: number | null = null;
    for (let to = 0; to < labels; to++) {
      const p = values[from * labels + to]!;
      if (to === from || p === 0) continue;
      last = to;
      rest -= p;
      if (rest < 0) return to;
    }
    return last;
  };
}

/** What the model would say instead. @param second -1 where not known */
export function confusedLabel(second: Int32Array): NewLabel {
  return (row) => (second[row]! < 0 ? null : second[row]!);
}
