/** Near duplicates among the examples of one dataset or several: the same content, alike, worded the same, or one inside the other. */

import { UserError } from "../../core/errors.js";
import { sortBy } from "../../core/sort-by.js";
import { Breather } from "../../core/stop.js";
import type { Dataset } from "../dataset.js";
import { before, collectContents, type Contents } from "./contents.js";
import { indexWords, standingInside, type Masks } from "./containment.js";
import { crowd, nearPairs, type NearPairs } from "./near-pairs.js";
import { defaultShingles, defaultSimilarity, defaultWords, type NearDuplicateOptions } from "./options.js";
import { collectWordings, type Wordings } from "./wordings.js";

export interface NearDuplicates {
  readonly contents: Contents;
  /** Pairs that are as similar as asked, and those of one wording (they differ in punctuation alone) whatever their similarity. */
  readonly near: NearPairs;
  readonly wordings: Wordings;
  /** As they were used. */
  readonly options: Required<{ [K in keyof NearDuplicateOptions]: NonNullable<NearDuplicateOptions[K]> }>;
  /**
   * Visits every wording that stands inside a longer one with each of those, the shortest first.
   *
   * @param visit true: no other of this one
   */
  readonly inside: (masks: Masks, visit: (part: number, whole: number) => boolean) => Promise<void>;
  /** Whether one content comes before another in a sorted list of texts. */
  readonly comesBefore: (a: number, b: number) => boolean;
}

/**
 * Compares all examples with all others. Exact is the containment of words; near pairs are found by MinHash and verified, so that none is wrong and of
 * pairs of exactly the asked similarity one in 2,000 is missed. What is found does not depend on the order of the rows.
 *
 * Both texts of a pair must be alike (the less similar counts), or each stand in the other's; in multiple choice the text and the choices, in any order.
 *
 * @param datasets of one kind of input
 * @param signal stops it: then it throws `Stopped`
 * @throws UserError where a dataset is of features, or an option is out of range
 */
export async function findNearDuplicates(
  datasets: Dataset | readonly Dataset[],
  {
    similarity = defaultSimilarity,
    shingles = defaultShingles,
    words = defaultWords,
  }: NearDuplicateOptions = {},
  signal?: AbortSignal,
): Promise<NearDuplicates> {
  const options = { similarity, shingles, words };
  checkOptions(options);
  const breather = new Breather(signal);
  const contents = await collectContents(
    Array.isArray(datasets) ? (datasets as readonly Dataset[]) : [datasets as Dataset],
    breather,
  );
  const wordings = await collectWordings(contents, breather);
  const near = await nearPairs(contents, sameWording(wordings), options, breather);
  const index = await indexWords(wordings, await shortestFirst(contents, wordings, breather), breather);
  return {
    ...{ contents, near, wordings, options },
    comesBefore: (a, b) => before(contents.sides[a]!, contents.sides[b]!),
    inside: (masks, visit) => standingInside(wordings, index, masks, visit, breather),
  };
}

/** Pairs of contents with the same words; of very many, each with the first. */
function* sameWording({ of, count }: Wordings): Generator<readonly [number, number]> {
  const members = new Map<number, number[]>();
  const first = new Int32Array(count).fill(-1);
  of.forEach((wording, content) => {
    if (wording < 0) return;
    if (first[wording]! < 0) first[wording] = content;
    else members.set(wording, [...(members.get(wording) ?? [first[wording]!]), content]);
  });
  for (const contents of members.values())
    for (let i = 0; i < contents.length; i++)
      for (let j = i + 1; j < contents.length && (i === 0 || contents.length <= crowd); j++)
        yield [contents[i]!, contents[j]!];
}

/** By length, those of one length by their texts: sorted length by length, as a sort cannot be stopped. */
async function shortestFirst(
  { sides }: Contents,
  { lengths, content, count }: Wordings,
  breather: Breather,
): Promise<Int32Array> {
  const order = sortBy(
    Int32Array.from({ length: count }, (_, wording) => wording),
    Float64Array.from(lengths),
  );
  for (let from = 0, to = 0; from < count; from = to) {
    const length = lengths[order[from]!]!;
    for (to = from + 1; to < count && lengths[order[to]!] === length;) to++;
    await breather.turn();
    order.subarray(from, to).sort((a, b) => (before(sides[content[a]!]!, sides[content[b]!]!) ? -1 : 1));
  }
  return order;
}

function checkOptions({ similarity, shingles, words }: NearDuplicates["options"]): void {
  const wrong = (subject: string, value: number, remedy: string): UserError =>
    new UserError({ subject, problem: "out of range", value, remedy });
  if (!(similarity >= 0.5 && similarity <= 1))
    throw wrong("similarity", similarity, "give a number from 0.5 to 1");
  if (!(Number.isInteger(shingles.size) && shingles.size >= 1 && shingles.size <= 100))
    throw wrong("shingle size", shingles.size, "give a whole number from 1 to 100");
  if (!(Number.isInteger(words) && words >= 1)) throw wrong("words", words, "give a whole number from 1 up");
}
