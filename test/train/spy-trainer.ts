/**
 * A real trainer, and the smallest: it remembers how often it trained on each text or first feature, and its logits for
 * an example are those counts. So an observation tells whether its model ever trained on the example.
 */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { Dataset } from "../../src/dataset/dataset.js";
import type { Epoch, LogitsBatch, Trainer, TrainRequest, Training } from "../../src/train/trainer.js";

const options = z.strictObject({
  epochs: z.int().min(1).default(3).describe("passes"),
  /** Ends by itself after this epoch. */
  endsAfter: z.int().min(0).default(1_000_000).describe("early end"),
  /** Only a training without this id ends early, and says so. Empty: all do, and none says so. */
  endsOnlyWithout: z.string().default("").describe("which training ends early"),
  schedule: z.boolean().default(false).describe("whether the schedule depends on the epochs"),
});
type SpyOptions = z.infer<typeof options>;

/** Saves its state instead of replaying, so that the other way of resuming is tried too. */
export const spy: Trainer<SpyOptions> & { readonly requests: TrainRequest<SpyOptions>[] } = {
  requests: [],
  name: "spy",
  options,
  can: {
    protocols: ["epoch-end"],
    inputs: ["text", "features"],
    resume: "state",
    predict: true,
    embeddings: false,
    deterministic: true,
  },
  scheduleDependsOnEpochs: (parsed) => parsed.schedule,
  start(request) {
    spy.requests.push(request);
    return Promise.resolve(new SpyTraining(request));
  },
  load: () => Promise.reject(new Error("not tried")),
};

class SpyTraining implements Training {
  #trained = 0;
  #counts = new Map<string, number>();
  readonly #request: TrainRequest<SpyOptions>;

  constructor(request: TrainRequest<SpyOptions>) {
    this.#request = request;
    if (request.resume) {
      const saved = readFileSync(join(request.resume.folder ?? "none", "counts.json"), "utf8");
      this.#counts = new Map(JSON.parse(saved) as [string, number][]);
      this.#trained = request.resume.epochs;
    }
  }

  async *epochs(): AsyncGenerator<Epoch> {
    const { train, observe = train, options: parsed, resume, signal } = this.#request;
    const last = this.#endsEarly() ? parsed.endsAfter : parsed.epochs;
    for (let epoch = resume?.epochs ?? 0; epoch < Math.min(parsed.epochs, last); epoch++) {
      await Promise.resolve();
      this.#trained = epoch + 1;
      signal?.throwIfAborted();
      for (const id of train.ids) this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
      yield {
        epoch,
        observations: this.predict(observe),
        trainLoss: () => 1 / (epoch + 1),
        save: (folder) => {
          writeFileSync(join(folder, "counts.json"), JSON.stringify([...this.#counts]));
          return Promise.resolve();
        },
      };
    }
  }

  get ended(): boolean {
    const { endsOnlyWithout, endsAfter } = this.#request.options;
    return endsOnlyWithout !== "" && this.#endsEarly() && this.#trained >= endsAfter;
  }

  #endsEarly(): boolean {
    const { endsOnlyWithout } = this.#request.options;
    return endsOnlyWithout === "" || !this.#request.train.ids.some((id) => id === endsOnlyWithout);
  }

  async *predict(dataset: Dataset): AsyncGenerator<LogitsBatch> {
    await Promise.resolve();
    const width = dataset.labelNames.length;
    // Backwards: the order of rows is nobody's to rely on.
    for (let row = dataset.size - 1; row >= 0; row--) {
      const count = this.#counts.get(dataset.ids[row] ?? "") ?? 0;
      const logits = new Float32Array(width).fill(count);
      logits[0] = count + 0.5;
      yield { rows: Int32Array.of(row), logits, widths: width };
    }
  }

  saveModel(folder: string): Promise<void> {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "counts.json"), JSON.stringify([...this.#counts]));
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
