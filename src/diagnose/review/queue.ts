/**
 * What is reviewed: the suspects by rank, and among them, unmarked, examples drawn from all the others. The reviewer cannot tell which is which; what is
 * found among the others says how many errors the suspects miss.
 */

import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { UserError } from "../../core/errors.js";
import { writeFileAtomically } from "../../core/files.js";
import { deriveSeed, Random } from "../../core/random.js";
import { hashOrder } from "../../select/ties.js";

const queueSchema = z.strictObject({
  format: z.literal(1),
  /** Examples of the run. */
  size: z.int().positive(),
  /** Which detector ranked. */
  by: z.string(),
  seed: z.int(),
  /** All in the order of the review. */
  items: z.array(z.strictObject({ id: z.string(), from: z.enum(["suspect", "random"]) })),
});
export type ReviewQueue = z.infer<typeof queueSchema>;

/** Where a run's queue lies. */
export function queuePath(folder: string): string {
  return join(folder, "companions", "review.json");
}

/**
 * @param suspects ids by rank
 * @param options.blind how many examples that are no suspects there are to each suspect; 0: none
 */
export function makeQueue(
  ids: readonly string[],
  suspects: readonly string[],
  { by, blind, seed }: { readonly by: string; readonly blind: number; readonly seed: number },
): ReviewQueue {
  const taken = new Set(suspects);
  const others = hashOrder(ids, Int32Array.from(ids.keys()), deriveSeed(seed, "blind")).filter(
    (row) => !taken.has(ids[row]!),
  );
  const drawn = Array.from(others.subarray(0, Math.round(blind * suspects.length)), (row) => ids[row]!);
  // Where in the queue the drawn ones stand is chance, the suspects among themselves keep their order.
  const total = suspects.length + drawn.length;
  const places = new Set(new Random(deriveSeed(seed, "places")).permutation(total).subarray(0, drawn.length));
  let [suspect, random] = [0, 0];
  const items = Array.from({ length: total }, (_, place) =>
    places.has(place)
      ? { id: drawn[random++]!, from: "random" as const }
      : { id: suspects[suspect++]!, from: "suspect" as const },
  );
  return { format: 1, size: ids.length, by, seed, items };
}

export async function writeQueue(folder: string, queue: ReviewQueue): Promise<void> {
  await mkdir(dirname(queuePath(folder)), { recursive: true });
  await writeFileAtomically(queuePath(folder), `${JSON.stringify(queue)}\n`);
}

/** null where none was made yet. @throws UserError where the file is damaged */
export async function readQueue(folder: string): Promise<ReviewQueue | null> {
  const path = queuePath(folder);
  const text = await readFile(path, "utf8").catch(() => null);
  if (text === null) return null;
  let content: unknown = null;
  try {
    content = JSON.parse(text);
  } catch {
    // Said below.
  }
  const parsed = queueSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new UserError({
    subject: path,
    problem: "is no queue of a review",
    remedy: "give --anew to make one",
  });
}
