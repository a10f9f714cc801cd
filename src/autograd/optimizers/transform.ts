/**
 * An optimizer is a chain of small steps, as in optax: each turns the update of a parameter (first its gradient) into
 * another update, and what the last leaves is added to the parameter. The chain runs over short stretches of a parameter
 * that stay in the cache, so that many steps cost one pass over the memory.
 */

import { UserError } from "../../core/errors.js";

/** A stretch of one parameter: arrays of one length, views into longer ones. */
export interface Stretch {
  /** Times `scale`, what will be added to the parameter. */
  readonly update: Float32Array;
  /** A factor of the update that is still to be applied: whoever only scales need not touch the memory. */
  scale: number;
  readonly parameter: Float32Array;
  /** What the chain's steps keep of this parameter, by name. */
  readonly kept: Readonly<Record<string, Float32Array>>;
  /** Whether weight decay applies: not to biases and normalisations. */
  readonly decays: boolean;
}

export interface Moment {
  /** 1 in the first update. */
  readonly count: number;
  /** The Euclidean norm of all gradients together. */
  readonly norm: () => number;
}

export interface Transform {
  /** Names of the arrays that it keeps for each parameter. They start as zeros. */
  readonly keeps: readonly string[];
  /** Called once an update. @returns what is done to each stretch */
  begin(moment: Moment): (stretch: Stretch) => void;
}

/** One after the other. @throws UserError where two of them keep arrays of one name: they would share them */
export function chain(...transforms: readonly Transform[]): Transform {
  const keeps = transforms.flatMap((transform) => transform.keeps);
  const twice = keeps.find((name, at) => keeps.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new UserError({ subject: "chain", problem: "two steps keep an array of one name", value: twice });
  }
  return {
    keeps,
    begin(moment) {
      const all = transforms.map((transform) => transform.begin(moment));
      return (stretch) => {
        for (const one of all) one(stretch);
      };
    },
  };
}
