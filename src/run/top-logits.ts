/** With very many labels: the largest logits of each row, and what turns them into probabilities. */

import type { RowLogits } from "./observation.js";

/** How many logits `--logits top` keeps of each row. */
export const keptLogits = 5;

/** The largest logits of each row, largest first; of equal ones the label with the lower index first. */
export interface TopLogits {
  /** rows x width, or one row after another where rows are narrower than `keptLogits`. */
  readonly labels: Int32Array;
  readonly logits: Float32Array;
  readonly widths: number | Int32Array;
  /** Logarithm of the sum of the exponentials of all the row's logits: probability = exp(logit - this). */
  readonly logSumExp: Float32Array;
}

/** Picks each row's largest logits. */
export function topLogits({ values, widths }: RowLogits, size: number): TopLogits {
  const kept =
    typeof widths === "number"
      ? Math.min(keptLogits, widths)
      : widths.map((width) => Math.min(keptLogits, width));
  const total = typeof kept === "number" ? size * kept : kept.reduce((sum, width) => sum + width, 0);
  const labels = new Int32Array(total);
  const logits = new Float32Array(total);
  const logSumExp = new Float32Array(size);
  let start = 0;
  let at = 0;
  for (let row = 0; row < size; row++) {
    const width = typeof widths === "number" ? widths : (widths[row] as number);
    const keep = Math.min(keptLogits, width);
    let filled = 0;
    for (let k = 0; k < width; k++) {
      const value = values[start + k] as number;
      if (filled === keep && value <= (logits[at + keep - 1] as number)) continue;
      let place = filled < keep ? filled++ : keep - 1;
      for (; place > 0 && (logits[at + place - 1] as number) < value; place--) {
        logits[at + place] = logits[at + place - 1] as number;
        labels[at + place] = labels[at + place - 1] as number;
      }
      logits[at + place] = value;
      labels[at + place] = k;
    }
    const largest = logits[at] as number;
    let sum = 0;
    for (let k = 0; k < width; k++) sum += Math.exp((values[start + k] as number) - largest);
    logSumExp[row] = largest + Math.log(sum);
    start += width;
    at += keep;
  }
  return { labels, logits, widths: kept, logSumExp };
}
