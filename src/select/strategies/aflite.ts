/**
 * Adversarial filtering. Linear models, each trained on a random part of what is left, say which labels can be predicted from the vectors alone:
 * an example's predictability is the share of the models that did not train on it and are right about it. The most predictable are taken out,
 * phase by phase, until as many are left as are asked for, or too few are that predictable: then those with the lowest predictability of what is left
 * are taken. The order within is by the last phase's predictability, the lowest first.
 *
 * Models and threshold are the paper's; its sizes of parts and slices are set for each dataset, and shares of that order here. Of a model it says
 * no more than that it is linear: softmax regression here.
 */

import { z } from "zod";
import { UserError } from "../../core/errors.js";
import { deriveSeed, Random } from "../../core/random.js";
import { Breather } from "../../core/stop.js";
import { LogisticRegression, modelPieces } from "../logistic-regression.js";
import { packVectors } from "../packed-vectors.js";
import type { SelectionSource, Vectors } from "../source.js";
import type { Strategy } from "../strategy.js";

const options = z.strictObject({
  models: z.int().min(2).max(10_000).default(64).describe("linear models a phase, the paper's m"),
  trainShare: z
    .number()
    .positive()
    .max(0.9)
    .default(0.1)
    .describe("share of what is left that each model trains on, the paper's t"),
  slice: z
    .number()
    .positive()
    .max(1)
    .default(0.02)
    .describe("share of the candidates that a phase takes out at most, the paper's k"),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .default(0.75)
    .describe("predictability from which on an example may be taken out, the paper's tau"),
});
type Options = z.infer<typeof options>;

export const aflite: Strategy<Options> = {
  name: "aflite",
  meaning: "what is left when the examples are taken out whose labels linear models predict",
  source: "Le Bras et al. 2020, Algorithm 1: AFLite",
  version: 2,
  needs: ["labels", "vectors"],
  buildsSet: true,
  options,
  async start({ source, options, seed, signal }) {
    const gold = knownLabels(source);
    const vectors = await source.vectors();
    const task = { vectors, gold, labels: source.labelNames.length, options, seed, signal };
    return {
      kind: "picker",
      pick: async (candidates, count) => await filter(task, candidates, count, null),
      pickByLabel: async (candidates, counts) =>
        await filter(
          task,
          candidates,
          counts.reduce((sum, count) => sum + count, 0),
          counts,
        ),
    };
  },
};

interface Task {
  readonly vectors: Vectors;
  readonly gold: Int32Array;
  readonly labels: number;
  readonly options: Options;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
}

/** @param counts of each label, of which so many must stay; null: whatever labels they have */
async function filter(
  task: Task,
  candidates: Int32Array,
  count: number,
  counts: Int32Array | null,
): Promise<Int32Array> {
  const slice = Math.max(1, Math.floor(task.options.slice * candidates.length));
  const random = new Random(deriveSeed(task.seed, "aflite"));
  const breather = new Breather(task.signal);
  let left = candidates;
  for (;;) {
    const scores = await predictability(task, left, random, breather);
    const order = Int32Array.from(left, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
    const spare = spareOfLabels(task.gold, left, counts);
    const most = Math.min(slice, left.length - count);
    const out = new Set<number>();
    for (let place = order.length - 1; place >= 0 && out.size < most; place--) {
      const at = order[place]!;
      if (scores[at]! < task.options.threshold) break;
      if (spare === null || spare[task.gold[left[at]!]!]!-- > 0) out.add(at);
    }
    const kept = order.filter((at) => !out.has(at));
    if (out.size < slice || kept.length === count) {
      const ordered = kept.map((at) => left[at]!);
      if (counts === null) return ordered.subarray(0, count);
      const wanted = counts.slice();
      return ordered.filter((row) => wanted[task.gold[row]!]!-- > 0);
    }
    // In the order of the candidates again, so that equals stay in it.
    left = kept.sort().map((at) => left[at]!);
  }
}

/** How many of each label may still be taken out; null: labels do not matter. */
function spareOfLabels(gold: Int32Array, left: Int32Array, counts: Int32Array | null): Int32Array | null {
  if (counts === null) return null;
  const spare = counts.map((count) => -count);
  for (const row of left) spare[gold[row]!]! += 1;
  return spare;
}

/** Of each example, the share of right predictions by models that did not train on it; 0 where there is none. */
export async function predictability(
  { vectors, gold, labels, options }: Pick<Task, "vectors" | "gold" | "labels" | "options">,
  rows: Int32Array,
  random: Random,
  breather: Breather,
): Promise<Float64Array> {
  const trained = Math.min(rows.length, Math.max(1, Math.floor(options.trainShare * rows.length)));
  const size = { labels, most: trained };
  const packed = packVectors(vectors, rows, (width) => modelPieces(size, width), true);
  const model = new LogisticRegression(packed, size);
  const labelsHere = rows.map((row) => gold[row]!);
  const right = new Uint32Array(rows.length);
  const asked = new Uint32Array(rows.length);
  for (let m = 0; m < options.models; m++) {
    await breather.turn();
    const order = random.permutation(rows.length);
    model.fit(order.subarray(0, trained), labelsHere);
    const predicted = model.predict();
    for (const at of order.subarray(trained)) {
      asked[at]!++;
      if (predicted[at] === labelsHere[at]) right[at]!++;
    }
  }
  return Float64Array.from(right, (count, at) => (asked[at] === 0 ? 0 : count / asked[at]!));
}

function knownLabels({ name, labelNames, gold }: SelectionSource): Int32Array {
  if (labelNames.length > 0 && gold.every((label) => label >= 0)) return gold;
  throw new UserError({
    subject: name,
    problem: "aflite needs the label of every example",
    remedy: "import the run with --data, the labelled file that it was trained on",
  });
}
