/**
 * The terms that coordinates are written in. The query has layers, each a plain projection that streams: first every
 * epoch's values as doubles, then their means, then sums of squared deviations from these means (the stable, two-pass
 * form of a variance), then the coordinates. A term here is the name of a column of a lower layer.
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
  get correctEpochs(): string {
    return "correct_sum";
  }

  mean(column: ObservedColumn): string {
    return `${column}_mean`;
  }

  /** Population variance: the mean squared deviation from the mean. */
  variance(column: VariedColumn): string {
    return `${column}_variance`;
  }

  /** Least-squares slope of p over the epochs' numbers. */
  get slope(): string {
    return "gold_probability_slope";
  }

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

  /** @internal The definitions of the layer of means. */
  meanSql(column: ObservedColumn): string {
    return `${total(this.epochs.map((epoch) => this.value(column, epoch)))} / ${this.epochs.length}`;
  }

  /** @internal */
  correctSql(): string {
    return total(this.epochs.map((epoch) => this.correct(epoch)));
  }

  /** @internal */
  varianceSql(column: VariedColumn): string {
    const deviations = this.epochs.map((epoch) => `(${this.value(column, epoch)} - ${this.mean(column)})`);
    return `${total(deviations.map((deviation) => `${deviation} * ${deviation}`))} / ${this.epochs.length}`;
  }

  /** @internal Weights sum to zero, so that the values need no centring; one epoch has slope 0. */
  slopeSql(): string {
    const [middle, spread] = [this.#middle, this.epochVariance * this.epochs.length];
    const terms = this.epochs.map((epoch) => {
      const weight = spread === 0 ? 0 : (epoch - middle) / spread;
      return `${this.value("gold_probability", epoch)} * ${double(weight)}`;
    });
    return total(terms);
  }
}

/** A sum as a balanced tree: little rounding, and no deep nesting however many epochs there are. */
export function total(terms: readonly string[]): string {
  if (terms.length === 1) return `(${terms[0] ?? "0"})`;
  const half = terms.length >> 1;
  return `(${total(terms.slice(0, half))} + ${total(terms.slice(half))})`;
}

function double(value: number): string {
  return `${value}::DOUBLE`;
}
