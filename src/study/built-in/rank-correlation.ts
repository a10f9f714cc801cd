/** Spearman's correlation: Pearson's, of ranks; equals share the mean of their ranks. */

/** Rows where either is NaN are left out. null where fewer than two are left or one of them is constant. */
export function spearman(a: Float64Array, b: Float64Array): number | null {
  const rows = Array.from(a.keys()).filter((row) => !Number.isNaN(a[row]) && !Number.isNaN(b[row]));
  const x = ranks(rows.map((row) => a[row] ?? 0));
  const y = ranks(rows.map((row) => b[row] ?? 0));
  const middle = (rows.length - 1) / 2;
  let both = 0;
  let first = 0;
  let second = 0;
  for (let i = 0; i < rows.length; i++) {
    const dx = (x[i] ?? 0) - middle;
    const dy = (y[i] ?? 0) - middle;
    both += dx * dy;
    first += dx * dx;
    second += dy * dy;
  }
  return first > 0 && second > 0 ? both / Math.sqrt(first * second) : null;
}

function ranks(values: readonly number[]): Float64Array {
  const order = Array.from(values.keys()).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const result = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1] ?? 0] === values[order[from] ?? 0]) to++;
    for (let k = from; k <= to; k++) result[order[k] ?? 0] = (from + to) / 2;
    from = to + 1;
  }
  return result;
}
