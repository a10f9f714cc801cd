/** The progress of a training: examples observed so far of all epochs', and how many of the epoch's are right. */

import type { Effects, Task } from "../core/effects.js";
import type { Dataset } from "../dataset/dataset.js";
import type { LogitsBatch } from "./trainer.js";

export class TrainingProgress {
  readonly #task: Task;
  readonly #dataset: Dataset;
  readonly #planned: number;
  #epoch = 0;
  #seen = 0;
  #right = 0;

  constructor(effects: Effects, dataset: Dataset, finished: number, planned: number) {
    this.#dataset = dataset;
    this.#planned = planned;
    this.#task = effects.progress("training", planned * dataset.size, "examples");
    this.#task.update(finished * dataset.size);
  }

  begin(epoch: number): void {
    this.#epoch = epoch;
    this.#seen = 0;
    this.#right = 0;
    this.#show();
  }

  observed({ rows, logits, widths }: LogitsBatch): void {
    let start = 0;
    for (let i = 0; i < rows.length; i++) {
      const width = typeof widths === "number" ? widths : (widths[i] ?? 0);
      let best = start;
      for (let k = start + 1; k < start + width; k++) if (logits[k]! > logits[best]!) best = k;
      if (best - start === this.#dataset.gold[rows[i]!]) this.#right++;
      start += width;
    }
    this.#seen += rows.length;
    this.#show();
  }

  end(failed: boolean): void {
    this.#task.end(failed);
  }

  #show(): void {
    const accuracy = this.#seen === 0 ? "" : `, accuracy ${(this.#right / this.#seen).toFixed(3)}`;
    const done = this.#epoch * this.#dataset.size + this.#seen;
    this.#task.update(done, `epoch ${this.#epoch + 1} of ${this.#planned}${accuracy}`);
  }
}
