/**
 * What a strategy is: something that says which examples to take. Most order all examples by a score; some build a set,
 * and what they take depends on how many are asked for. Shares, counts, balance, mixes, exclusions and ties are not theirs:
 * `select.ts` does that once for all of them.
 */

import type { z } from "zod";
import type { Effects } from "../core/effects.js";
import type { SelectionSource } from "./source.js";

/** What a strategy asks of its source: any coordinate, by its name in `map.parquet`, or one of these. */
export type Need = { readonly coordinate: string } | "labels" | "trajectories" | "vectors" | "model";

/** A score an example, the highest first; NaN: cannot be taken. Equals are ordered by a seeded hash of the id. */
export interface Ranking {
  readonly kind: "ranking";
  readonly scores: Float64Array;
  /** Where the score is a coordinate, or one with its sign turned: for messages about values. */
  readonly of?: { readonly coordinate: string; readonly sign: 1 | -1 } | undefined;
}

/** A set that is built: what is taken depends on how many are asked for and from which candidates. */
export interface Picker {
  readonly kind: "picker";
  /**
   * Takes `count` of the candidates, in the order in which they are taken.
   *
   * @param candidates rows, in an order that does not depend on that of the dataset (by a seeded hash of the id)
   * @param count at most as many as there are candidates
   */
  pick(candidates: Int32Array, count: number): Promise<Int32Array>;
  /**
   * Takes so many of each label, for a strategy that learns labels and so must see those of all at once. Default: `pick` is
   * asked label by label.
   *
   * @param candidates as of `pick`
   * @param counts of each label, at most as many as there are candidates of it
   */
  pickByLabel?(candidates: Int32Array, counts: Int32Array): Promise<Int32Array>;
}

export type Chooser = Ranking | Picker;

export interface StrategyRequest<Options> {
  readonly source: SelectionSource;
  readonly options: Options;
  /** A whole number from 0 to 2^32 - 1. The same seed gives the same choice on every machine and in every row order. */
  readonly seed: number;
  /** Results do not depend on it. Default: the machine's cores. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly effects: Effects;
}

export interface Strategy<Options = unknown> {
  readonly name: string;
  /** One sentence: what it takes. */
  readonly meaning: string;
  /** Who defined it; null: Alidade. */
  readonly source: string | null;
  /** Raised whenever it takes other examples than before: part of every cached result's key. */
  readonly version: number;
  readonly needs: readonly Need[];
  /** Whether it builds a set (its chooser is a picker): a direction, ends and spread over clusters go with rankings only. Default: false. */
  readonly buildsSet?: boolean | undefined;
  /** Parses and defaults its options; the fields carry descriptions, which the command line shows. */
  readonly options: z.ZodType<Options>;
  start(request: StrategyRequest<Options>): Promise<Chooser>;
}
