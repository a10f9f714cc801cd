/** One example through the training. */
export interface Trajectory {
  readonly id: string;
  /** What stands beside the id: the label, say. */
  readonly note?: string | undefined;
  /** Gold probability in each epoch; NaN where not recorded. */
  readonly probabilities: readonly number[];
  /** The other classes' probabilities, each epoch by epoch: drawn lightly. Default: none. */
  readonly others?: readonly (readonly number[])[] | undefined;
}
