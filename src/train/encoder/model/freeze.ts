/** Which parameters stay as they are: `--freeze embeddings|layers:n|all`. */

import { UserError } from "../../../core/errors.js";

/** Whether a parameter, by our name, is not trained. */
export type Frozen = (name: string) => boolean;

/**
 * `none`; `embeddings`; `layers:n`, the embeddings and the first n layers; `all`, everything but the head.
 *
 * @param layers of the encoder
 */
export function frozenBy(freeze: string, layers: number): Frozen {
  if (freeze === "none") return () => false;
  if (freeze === "embeddings") return (name) => name.startsWith("embeddings.");
  if (freeze === "all") return (name) => !name.startsWith("head.");
  const count = Number(/^layers:(\d+)$/.exec(freeze)?.[1] ?? NaN);
  if (!(count >= 1 && count <= layers)) {
    throw new UserError({
      subject: "encoder option freeze",
      problem: "is none of none, embeddings, all, and layers:n",
      value: freeze,
      remedy: `this encoder has ${layers} layers: layers:1 to layers:${layers}`,
    });
  }
  return (name) => {
    if (name.startsWith("embeddings.")) return true;
    const layer = /^layers\.(\d+)\./.exec(name)?.[1];
    return layer !== undefined && Number(layer) < count;
  };
}
