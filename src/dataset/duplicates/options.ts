/** What counts as a near duplicate. */

export interface Shingles {
  /** `characters`: runs of them in the text, case and white space aside; `words`: runs of words. */
  readonly of: "characters" | "words";
  /** How many make one. */
  readonly size: number;
}

export interface NearDuplicateOptions {
  /**
   * Two texts are near duplicates where the Jaccard index of their sets of shingles (common ones over all of both) is at least this, in
   * [0.5, 1]. Default: 0.8.
   */
  readonly similarity?: number | undefined;
  /** What texts are cut into. Default: 5 characters (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.2, for short texts). */
  readonly shingles?: Shingles | undefined;
  /**
   * How many words a text has that is specific: standing inside several others, it holds them together. A shorter one stands in many texts that have
   * nothing else in common. Default: 4.
   */
  readonly words?: number | undefined;
}

export const defaultSimilarity = 0.8;
export const defaultShingles: Shingles = { of: "characters", size: 5 };
export const defaultWords = 4;

/** Raised whenever the same texts get other groups than before. */
export const nearDuplicatesVersion = 1;
