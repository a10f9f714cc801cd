/**
 * What strategies read: a run's map and dynamics, and what is handed in beside them. Everything is asked for when it is needed;
 * what the run lacks is an error that names the option which records it.
 */

/** One vector an example, all of unit length. */
export interface Vectors {
  readonly width: number;
  /** size x width, row-major. */
  readonly values: Float32Array;
}

/** The loss of every example in every epoch. */
export interface Trajectories {
  readonly epochs: number;
  /** size x epochs, row-major: -log p(e), nats. */
  readonly losses: Float32Array;
}

/** Probabilities that a model gives each label of each example. */
export interface Probabilities {
  readonly labels: number;
  /** size x labels, row-major. */
  readonly values: Float32Array;
}

export interface SelectionSource {
  /** For messages: the run's folder. */
  readonly name: string;
  readonly size: number;
  readonly ids: readonly string[];
  /** Empty where labels are not known (an imported coordinates file). */
  readonly labelNames: readonly string[];
  /** Index of each example's label in `labelNames`; -1 where not known. */
  readonly gold: Int32Array;
  /** Multiple choice: labels are places of choices, no classes to balance. Default: false. */
  readonly choices?: boolean | undefined;
  /** Index into `regionNames`, 255 where none. */
  regions(): Promise<Uint8Array>;
  /** A numeric coordinate by its name in `map.parquet`, NaN where null. @throws UserError where the run lacks it for all examples */
  coordinate(name: string): Promise<Float64Array>;
  /** @throws UserError where the run has no dynamics */
  trajectories(): Promise<Trajectories>;
  /** Ready embeddings, or else the features of the default trainer, projected. @throws UserError where the run has no content */
  vectors(): Promise<Vectors>;
  /**
   * Trains a model on some rows and gives its probabilities of all.
   *
   * @throws UserError where the run has no content to train on
   */
  fit(rows: Int32Array, seed: number): Promise<Probabilities>;
}
