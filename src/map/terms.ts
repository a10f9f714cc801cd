/**
 * The terms that coordinates are written in. The query has layers, each a plain projection that streams: first every
 * epoch's values as doubles, then their differences from the first epoch's, then means and variances, then the coordinates.
 * A variance is that of the differences, mean square less squared mean: as one of the values is the origin, the mean square
 * is at most E variances, so that the rounding error is at most E times that of the two-pass form. A term here is the name of a column of a lower layer.
 */

/** Columns whose every epoch is read. */
export const observedColumns = ["gold_probability", "margin", "loss", "entropy"] as const;
export type ObservedColumn = (typeof observedColumns)[number];

/** Columns whose variance some coordinate takes. */
export const variedColumns = ["gold_probability", "loss"] as const;
type VariedColumn = (typeof variedColumns)[number];

export class Terms {
  /** @param epochs numbers of the epochs that are used, ascending */
  constructor(readonly epochs: readonly number[]) {}

  /** An epoch's value, a DOUBLE. */
  value(column: ObservedColumn, epoch: number): string {
    return `${column}_${epoch}`;
  }

  /** 1 or 0, a DOUBLE: whether the epoch's prediction is right. */
  correct(epoch: number): string {
    return `correct_${epoch}`;
  }

  /** Number of epochs whose prediction is right, a DOUBLE. */
  readonly correctEpochs = "correct_sum";

  mean(column: ObservedColumn): string {
    return `${column}_mean`;
  }

  /** Population variance: the mean squared deviation from the mean. */
  variance(column: VariedColumn): string {
    return `${column}_variance`;
  }

  /** Least-squares slope of p over the epochs' numbers. */
  readonly slope = "gold_probability_slope";

  /** Variance of the epochs' numbers. */
  get epochVariance(): number {
    const middle = this.#middle;
    return this.epochs.reduce((sum, epoch) => sum + (epoch - middle) ** 2, 0) / this.epochs.length;
  }

  get #middle(): number {
    return this.epochs.reduce((sum, epoch) => sum + epoch, 0) / this.epochs.length;
  }

  /** The label other than the gold one with the highest mean probability: its name, and that probability. */
  readonly other = { label: "other_name", probability: "other_mean" } as const;

  /** The error norm of one early epoch, averaged over the runs. */
  readonly el2n = "el2n_mean";

  /** @internal Columns of the layer of differences. */
  differencesSql(column: VariedColumn): string[] {
    const [first = 0] = this.epochs;
    return this.epochs
      .slice(1)
      .map(
        (epoch) => `${this.value(column, epoch)} - ${this.value(column, first)} AS ${column}_step_${epoch}`,
      );
  }

  /** @internal Mean and mean square of the differences, the first of which is 0. */
  momentsSql(column: VariedColumn): string[] {
    const steps = this.epochs.slice(1).map((epoch) => `${column}_step_${epoch}`);
    const squares = steps.map((step) => `${step} * ${step}`);
    return [`${this.#average(steps)} AS ${column}_shift`, `${this.#average(squares)} AS ${column}_square`];
  }

  /** @internal */
  variationSql(column: VariedColumn): string[] {
    const [first = 0] = this.epochs;
    return [
      `${this.value(column, first)} + ${column}_shift AS ${this.mean(column)}`,
      `${column}_square - ${column}_shift * ${column}_shift AS ${this.variance(column)}`,
    ];
  }

  /** @internal Of a column whose variance nobody takes. */
  meanSql(column: ObservedColumn): string {
    return this.#average(this.epochs.map((epoch) => this.value(column, epoch)));
  }

  /** @internal */
  correctSql(): string {
    return total(this.epochs.map((epoch) => this.correct(epoch)));
  }

  /** @internal The weights sum to zero, so that differences do as well as values; one epoch has slope 0. */
  slopeSql(): string {
    const [middle, spread] = [this.#middle, this.epochVariance * this.epochs.length];
    const terms = this.epochs
      .slice(1)
      .map((epoch) => `gold_probability_step_${epoch} * ${(epoch - middle) / spread}::DOUBLE`);
    return terms.length > 0 ? total(terms) : "0::DOUBLE";
  }

  #average(terms: readonly string[]): string {
    return terms.length > 0 ? `${total(terms)} * ${1 / this.epochs.length}::DOUBLE` : "0::DOUBLE";
  }
}

/** The value, or 0 where rounding left it below: exactly `greatest(value, 0)`, which takes four times as long. */
export function notBelowZero(value: string): string {
  return `(${value} + abs(${value})) * 0.5::DOUBLE`;
}

/** A sum as a balanced tree: little rounding, and no deep nesting however many epochs there are. */
export function total(terms: readonly string[]): string {
  if (terms.length === 1) return `(${terms[0] ?? "0"})`;
  const half = terms.length >> 1;
  return `(${total(terms.slice(0, half))} + ${total(terms.slice(half))})`;
}
