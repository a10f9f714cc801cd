/** Near pairs by content: of each the others. */

import type { NearDuplicates } from "../../dataset/duplicates/find-near-duplicates.js";

/** Near duplicates of content c: others[starts[c]] .. others[starts[c + 1] - 1]. */
export interface NearLists {
  readonly starts: Int32Array;
  readonly others: Int32Array;
  readonly similarity: Float64Array;
}

export function nearLists({ near, contents }: Pick<NearDuplicates, "near" | "contents">): NearLists {
  const starts = new Int32Array(contents.count + 1);
  for (const content of near.a) starts[content + 1]!++;
  for (const content of near.b) starts[content + 1]!++;
  for (let content = 0; content < contents.count; content++) starts[content + 1]! += starts[content]!;
  const next = starts.slice();
  const others = new Int32Array(2 * near.a.length);
  const similarity = new Float64Array(2 * near.a.length);
  const add = (from: number, to: number, own: number): void => {
    const at = next[from]!++;
    others[at] = to;
    similarity[at] = own;
  };
  near.a.forEach((a, k) => {
    add(a, near.b[k]!, near.similarity[k]!);
    add(near.b[k]!, a, near.similarity[k]!);
  });
  return { starts, others, similarity };
}
