import { z } from "zod";
import { findNearDuplicates, type NearDuplicates } from "../../../dataset/duplicates/find-near-duplicates.js";
import type { Dataset } from "../../../dataset/dataset.js";
import { nearLists } from "../../duplicates/near-lists.js";
import { labelOf } from "../../duplicates/relations.js";
import type { Detector } from "../detector.js";
import type { LabelEvidence } from "../evidence.js";

const options = z.strictObject({
  similarity: z
    .number()
    .min(0.5)
    .max(1)
    .default(0.7)
    .describe("Jaccard index of runs of 5 characters from which on two are near duplicates"),
});

export const conflictingDuplicates: Detector<z.infer<typeof options>> = {
  name: "conflicting-duplicates",
  meaning: "an exact or near duplicate has another label",
  source: null,
  version: 2,
  needs: ["texts"],
  options,
  async detect({ evidence, options: { similarity } }) {
    const { size } = evidence;
    const given = await evidence.dataset();
    const found = await findDuplicatesOnce(given, similarity);
    const [labels, rows] = [labelsOf(given, evidence), membersOf(found)];
    const { starts, others: near } = nearLists(found);
    const scores = new Float64Array(size).fill(NaN);
    const suggested = new Int32Array(size).fill(-1);
    const flagged = new Uint8Array(size);
    const twins = new Int32Array(size);
    const others = new Int32Array(size);
    for (let content = 0; content < rows.length; content++) {
      const votes = new Map<string, number>();
      let total = 0;
      for (const one of [content, ...near.subarray(starts[content], starts[content + 1])]) {
        for (const row of rows[one]!) {
          votes.set(labels[row]!, (votes.get(labels[row]!) ?? 0) + 1);
          total++;
        }
      }
      if (total < 2) continue;
      for (const row of rows[content]!) {
        const agree = votes.get(labels[row]!)! - 1;
        twins[row] = total - 1;
        others[row] = twins[row] - agree;
        // One twin that agrees speaks less for the label than three do.
        scores[row] = (others[row] - agree) / total;
        if (others[row] > agree) flagged[row] = 1;
        suggested[row] = commonest(namesOf(given, evidence, row), votes, labels[row]!, agree);
      }
    }
    return {
      scores,
      suggested,
      flagged,
      why: (row) =>
        twins[row] === 0
          ? "no near duplicate"
          : `${others[row]} of ${twins[row]} near duplicates have another label`,
    };
  },
};

const cache = new WeakMap<Dataset["input"], Map<number, Promise<NearDuplicates>>>();

/** Texts are compared once, whatever labels they are given. */
function findDuplicatesOnce(dataset: Dataset, similarity: number): Promise<NearDuplicates> {
  const kept = cache.get(dataset.input) ?? new Map<number, Promise<NearDuplicates>>();
  cache.set(dataset.input, kept);
  let found = kept.get(similarity);
  if (found === undefined) kept.set(similarity, (found = findNearDuplicates(dataset, { similarity })));
  return found;
}

/** What each example's label says, as the evidence has it: in multiple choice the choice's text. */
function labelsOf({ input, size }: Dataset, { gold, labelNames }: LabelEvidence): string[] {
  return Array.from({ length: size }, (_, row) => labelOf({ input, gold, labelNames }, row));
}

/** The labels that an example may have. */
function namesOf({ input }: Dataset, { labelNames }: LabelEvidence, row: number): readonly string[] {
  return input.kind === "choices" ? (input.choices[row] ?? []).map((choice) => choice.trim()) : labelNames;
}

/** The other label that most duplicates have, where more have it than the given one; -1: none. */
function commonest(
  names: readonly string[],
  votes: ReadonlyMap<string, number>,
  own: string,
  agree: number,
): number {
  let [best, most] = [-1, agree];
  for (const [name, count] of votes) {
    const label = name === own || count < most || (count === most && best < 0) ? -1 : names.indexOf(name);
    if (label >= 0 && (count > most || label < best)) [best, most] = [label, count];
  }
  return best;
}

/** Rows of each content. */
function membersOf({ contents }: NearDuplicates): number[][] {
  const members = Array.from({ length: contents.count }, (): number[] => []);
  contents.of[0]!.forEach((content, row) => members[content]!.push(row));
  return members;
}
