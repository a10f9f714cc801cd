/** Which parameters stay as they are: `--freeze embeddings|layers:n|all`. */

import { UserError } from "../../../core/errors.js";

/** Whether a parameter, by our name, is not trained. */
export type Frozen = (name: string) => boolean;

/**
 * How many of the encoder's lower layers stay as they are, and the embeddings below them: 0 of `none` and `embeddings`, n of `layers:n`, all layers
 * of `all`. What stays as it is gives the same states every time: they need be computed only once.
 */
export function frozenDepth(freeze: string, layers: number): number {
  if (freeze === "none" || freeze === "embeddings") return 0;
  if (freeze === "all") return layers;
  const count = Number(/^layers:(\d+)$/.exec(freeze)?.[1] ?? NaN);
  if (count >= 1 && count <= layers) return count;
  throw new UserError({
    subject: "encoder option freeze",
    problem: "is none of none, embeddings, all, and layers:n",
    value: freeze,
    remedy: `this encoder has ${layers} layers: layers:1 to layers:${layers}`,
  });
}

/**
 * `none`; `embeddings`; `layers:n`, the embeddings and the first n layers; `all`, everything but the head.
 *
 * @param layers of the encoder
 */
export function frozenBy(freeze: string, layers: number): Frozen {
  const depth = frozenDepth(freeze, layers);
  if (freeze === "none") return () => false;
  return (name) => {
    if (name.startsWith("embeddings.")) return true;
    const layer = /^layers\.(\d+)\./.exec(name)?.[1];
    return layer !== undefined && Number(layer) < depth;
  };
}
