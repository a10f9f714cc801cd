/**
 * A recipe: everything that made a selection, as plain data. It is written beside every selection, is a part of every study's
 * plan, and gives the same rows again from the same map.
 */

import type { Region } from "../map/map.js";

/** A strategy by name with its own options, as a user wrote them. */
export interface StrategyChoice {
  readonly by: string;
  /** Default: the strategy's own. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

/** A share of the selection that another strategy gives instead. */
export interface MixPart extends StrategyChoice {
  /** Of the selection's n rows: floor(share x n) are replaced. */
  readonly share: number;
}

export interface Recipe extends StrategyChoice {
  /** Of all N examples, in (0, 1]: n = floor(fraction x N + 1e-9). Exactly one of `fraction` and `count` is given. */
  readonly fraction?: number | undefined;
  readonly count?: number | undefined;
  /** Of the strategy's randomness and of ties. Default: 0. */
  readonly seed?: number | undefined;
  /** The lowest scores first. Default: false. */
  readonly reverse?: boolean | undefined;
  /** This share from the beginning of the ranking, the rest from its end. Default: all from the beginning. */
  readonly bothEnds?: number | undefined;
  /** `label`: as many of each label as there can be. Default: none. */
  readonly balance?: "label" | undefined;
  /** At least so many of each label, where there are so many. Default: 0. */
  readonly minPerLabel?: number | undefined;
  /** Parts that replace the end of the selection. Default: none. */
  readonly mix?: readonly MixPart[] | undefined;
  /** Only examples of these regions. Default: all. */
  readonly within?: readonly Region[] | undefined;
  /** Ids that are never taken. Default: none. */
  readonly exclude?: readonly string[] | undefined;
  /** The share of all examples, those of the lowest margin (AUM), that are never taken. In [0, 1). Default: 0. */
  readonly withoutSuspects?: number | undefined;
  /** Spreads the choice over so many clusters of the vectors. Default: does not. */
  readonly diverse?: number | undefined;
}
