/** Early stopping: a training ends when its accuracy on a dev set has not risen for some epochs. */

import type { Effects } from "../../core/effects.js";
import { UserError } from "../../core/errors.js";
import type { Dataset } from "../../dataset/dataset.js";
import { readDataset } from "../../dataset/read-dataset.js";
import type { EncoderNetwork } from "./network.js";
import type { EncoderOptions } from "./options.js";

export interface EarlyStopState {
  /** The highest accuracy so far; -1 before the first. */
  readonly best: number;
  /** Epochs since. */
  readonly since: number;
}

export class EarlyStop {
  /** null: it never stops early. */
  readonly dev: Dataset | null;
  readonly #patience: number;
  readonly #effects: Effects;
  #best = -1;
  #since = 0;
  #looked = -1;

  private constructor(dev: Dataset | null, patience: number, effects: Effects) {
    this.dev = dev;
    this.#patience = patience;
    this.#effects = effects;
  }

  /** @throws UserError where only one of dev and patience is given, or the file is not like the training data */
  static async open({ dev, patience }: EncoderOptions, train: Dataset, effects: Effects): Promise<EarlyStop> {
    if (dev === undefined) return new EarlyStop(null, 0, effects);
    const dataset = await readDataset(dev, { rolesFrom: train.roles, labels: train.labelNames });
    return new EarlyStop(dataset, patience, effects);
  }

  /** Looks at the model after an epoch, once. @returns whether it is time to stop; without a dev set it never is */
  async look(network: EncoderNetwork, epoch: number): Promise<boolean> {
    if (this.dev === null) return false;
    if (epoch === this.#looked) return this.stops;
    this.#looked = epoch;
    const accuracy = await accuracyOf(network, this.dev);
    this.#since = accuracy > this.#best ? 0 : this.#since + 1;
    this.#best = Math.max(this.#best, accuracy);
    if (this.stops) {
      const best = `${(100 * this.#best).toFixed(1)} %`;
      this.#effects.log(`stopped early: no better than ${best} on the dev set for ${this.#since} epochs`);
    }
    return this.stops;
  }

  /** Whether what it saw so far is reason to stop. */
  get stops(): boolean {
    return this.dev !== null && this.#since >= this.#patience;
  }

  /** For a resumed training. */
  get state(): EarlyStopState {
    return { best: this.#best, since: this.#since };
  }

  restore({ best, since }: EarlyStopState): void {
    this.#best = best;
    this.#since = since;
  }

  async close(): Promise<void> {
    this.dev?.close();
  }
}

/** What is wrong with the two options whatever the data. */
export function checkEarlyStop({ dev, patience }: EncoderOptions): void {
  if (patience > 0 && dev === undefined) {
    throw new UserError({
      subject: "--patience",
      problem: "needs a dev set to look at",
      value: patience,
      remedy: "give --dev FILE",
    });
  }
  if (patience === 0 && dev !== undefined) {
    throw new UserError({
      subject: "--dev",
      problem: "is read for early stopping only",
      value: dev,
      remedy: "give --patience, 1 or more epochs",
    });
  }
}

async function accuracyOf(network: EncoderNetwork, dev: Dataset): Promise<number> {
  let right = 0;
  for await (const { rows, logits, widths } of network.predict(dev)) {
    let at = 0;
    rows.forEach((row, i) => {
      const width = typeof widths === "number" ? widths : widths[i]!;
      const own = logits.subarray(at, at + width);
      if (own.indexOf(Math.max(...own)) === dev.gold[row]) right++;
      at += width;
    });
  }
  return right / dev.size;
}
