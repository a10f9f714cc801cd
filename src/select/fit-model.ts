/**
 * A model trained on some examples and asked about all of them: what active learning needs. Any trainer will do that predicts.
 */

import { quiet, type Effects } from "../core/effects.js";
import { InternalError, UserError } from "../core/errors.js";
import { defaultThreads } from "../core/threads.js";
import type { Dataset } from "../dataset/dataset.js";
import { subset } from "../dataset/subset.js";
import { collectLogits } from "../run/collect.js";
import type { RowLogits } from "../run/observation.js";
import { parseOptions } from "../train/parse-options.js";
import type { Trainer } from "../train/trainer.js";
import { hashedOrder } from "./hashed-order.js";
import type { Probabilities } from "./source.js";

export interface FitOptions {
  readonly dataset: Dataset;
  readonly trainer: Trainer;
  /** The trainer's own, as a user wrote them. Default: the trainer's defaults. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  /** Rows of `dataset` to train on, at least one, each once; in any order, the result is the same. */
  readonly rows: Int32Array;
  readonly seed: number;
  /** Results do not depend on it. Default: the machine's cores. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly effects?: Effects | undefined;
}

/**
 * Trains on the rows with all of the trainer's epochs, then gives the probabilities of every example of the dataset; in multiple choice
 * those of its choices, 0 beyond an example's last.
 *
 * @throws UserError where the trainer cannot predict, or reads another kind of input
 */
export async function fitModel(request: FitOptions): Promise<Probabilities> {
  const { dataset, trainer, rows, seed, threads = defaultThreads(), signal, effects = quiet } = request;
  if (rows.length === 0) throw new InternalError("a model of no examples");
  checkCapabilities(trainer, dataset);
  const training = await trainer.start({
    // A trainer shuffles positions, so these must not depend on the order of the dataset's rows.
    train: subset(dataset, hashedOrder(dataset.ids, rows)),
    // A trainer may have to know beforehand what it will be asked.
    tests: { all: dataset },
    protocol: trainer.can.protocols.includes("epoch-end") ? "epoch-end" : "train-pass",
    seed,
    options: parseOptions(trainer, request.options),
    threads,
    signal,
    effects,
  });
  try {
    for await (const { observations } of training.epochs()) for await (const _ of observations);
    const { ids, size, name } = dataset;
    return softmax(await collectLogits(training.predict(dataset), { ids, size, what: name }), size);
  } finally {
    await training.close();
  }
}

function checkCapabilities(trainer: Trainer, dataset: Dataset): void {
  const { can, name } = trainer;
  const wrong = !can.predict
    ? "cannot predict"
    : can.inputs.includes(dataset.input.kind)
      ? null
      : `does not read ${dataset.input.kind}`;
  if (wrong === null) return;
  throw new UserError({
    subject: dataset.name,
    problem: `a model of some of its examples is needed, and the ${name} trainer ${wrong}`,
    remedy: "choose another trainer, or a strategy that reads the map only",
  });
}

/** Rows of different widths get the widest's, filled with 0. */
function softmax({ values, widths }: RowLogits, size: number): Probabilities {
  const labels =
    typeof widths === "number" ? widths : widths.reduce((most, width) => Math.max(most, width), 0);
  const probabilities = new Float32Array(size * labels);
  let from = 0;
  for (let row = 0; row < size; row++) {
    const width = typeof widths === "number" ? widths : (widths[row] ?? 0);
    let largest = -Infinity;
    for (let k = 0; k < width; k++) largest = Math.max(largest, values[from + k]!);
    let sum = 0;
    for (let k = 0; k < width; k++) sum += Math.exp(values[from + k]! - largest);
    for (let k = 0; k < width; k++) {
      probabilities[row * labels + k] = Math.exp(values[from + k]! - largest) / sum;
    }
    from += width;
  }
  return { labels, values: probabilities };
}
