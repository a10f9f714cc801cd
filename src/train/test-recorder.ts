/** Scores a test set with the model as it stands, and writes scores and predictions into the run. */

import { collectLogits } from "../run/collect.js";
import type { RowLogits } from "../run/observation.js";
import type { RunWriter } from "../run/writer.js";
import { predictLabels, scorePredictions, type Scores } from "./score.js";
import type { PlannedTest } from "./test-sets.js";
import { readTestPredictions } from "./test-predictions.js";
import type { Protocol, Predictor } from "./trainer.js";

/** What `tests/<name>.json` holds. */
export interface TestScores extends Scores {
  readonly test: string;
  /** The epoch after which the model was scored, 0-based. */
  readonly epoch: number;
  readonly protocol: Protocol;
  /** What made the predictions, in words. */
  readonly model: string;
  /** In the order of the logits in `tests/<name>.parquet`. */
  readonly modelLabels: readonly string[];
  /** In the order of `gold` and `predicted` there. */
  readonly labels: readonly string[];
  readonly mapLabels: Readonly<Record<string, string>>;
  /** Where every epoch is scored. */
  readonly epochs?: readonly ({ readonly epoch: number } & Omit<Scores, "size" | "perLabel">)[];
}

export interface TestSetting {
  readonly protocol: Protocol;
  readonly folds: number | null;
  readonly modelLabels: readonly string[];
}

interface EpochLogits {
  readonly epoch: number;
  readonly logits: RowLogits;
}

export class TestRecorder {
  readonly #test: PlannedTest;
  readonly #writer: RunWriter;
  readonly #setting: TestSetting;
  /** Of the epochs before, where they are kept. */
  readonly #earlier: EpochLogits[] = [];

  private constructor(test: PlannedTest, writer: RunWriter, setting: TestSetting) {
    this.#test = test;
    this.#writer = writer;
    this.#setting = setting;
  }

  /** Where a run is resumed, reads back what the finished epochs predicted. */
  static async open(test: PlannedTest, writer: RunWriter, setting: TestSetting): Promise<TestRecorder> {
    const recorder = new TestRecorder(test, writer, setting);
    const { finished } = writer.manifest.epochs;
    if (test.everyEpoch) {
      for (let epoch = 0; epoch < finished; epoch++) {
        const logits = await readTestPredictions(writer.folder, test.name, epoch, test.dataset.size);
        recorder.#earlier.push({ epoch, logits });
      }
    }
    return recorder;
  }

  /** After an epoch; the test set is scored if it is the last, or if every epoch is. */
  async record(model: Pick<Predictor, "predict">, epoch: number, last: boolean): Promise<void> {
    const { name, dataset, everyEpoch } = this.#test;
    if (!last && !everyEpoch) return;
    // A training that ended early tells only then which epoch was its last.
    if (everyEpoch && this.#earlier.at(-1)?.epoch === epoch) return;
    const logits = await collectLogits(model.predict(dataset), {
      size: dataset.size,
      what: `test set ${name}`,
      ids: dataset.ids,
    });
    const current = { epoch, logits };
    await this.#write(everyEpoch ? [...this.#earlier, current] : [current]);
    if (everyEpoch) this.#earlier.push(current);
  }

  async #write(epochs: readonly EpochLogits[]): Promise<void> {
    const { name, dataset, labels, everyEpoch } = this.#test;
    const each = epochs.map(({ epoch, logits }) => {
      const predictions = predictLabels(logits, labels);
      return { epoch, logits, predictions, scores: scorePredictions(predictions, labels) };
    });
    const last = each.at(-1);
    if (last === undefined) return;
    const many = each.length;
    await this.#writer.writeTest(name, this.#scores(last.epoch, last.scores, everyEpoch ? each : null), {
      ids: repeated(dataset.ids, many),
      gold: Int32Array.from(repeated([...labels.gold], many)),
      predicted: joined(each.map((one) => one.predictions.predicted)),
      logits: joinedLogits(each.map((one) => one.logits)),
      ...(everyEpoch && {
        epoch: joined(each.map(({ epoch }) => new Int32Array(dataset.size).fill(epoch))),
      }),
    });
  }

  #scores(
    epoch: number,
    scores: Scores,
    every: readonly { epoch: number; scores: Scores }[] | null,
  ): TestScores {
    const { name, labels, mapLabels } = this.#test;
    const { protocol, folds, modelLabels } = this.#setting;
    const model =
      folds === null
        ? "the model after that epoch"
        : `the mean of the probabilities of ${folds} models, each trained without one fold`;
    return {
      test: name,
      epoch,
      protocol,
      model,
      ...scores,
      labels: labels.names,
      modelLabels,
      mapLabels,
      ...(every !== null && {
        epochs: every.map((one) => {
          const { accuracy, macroF1, matthews, loss } = one.scores;
          return { epoch: one.epoch, accuracy, macroF1, matthews, loss };
        }),
      }),
    };
  }
}

function repeated<T>(values: readonly T[], times: number): readonly T[] {
  return times === 1 ? values : Array.from({ length: times }, () => values).flat();
}

function joined(parts: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function joinedLogits(parts: readonly RowLogits[]): RowLogits {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.values.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part.values, at);
    at += part.values.length;
  }
  const widths = first?.widths ?? 0;
  if (typeof widths === "number") return { values, widths };
  return { values, widths: joined(parts.map(({ widths: own }) => (typeof own === "number" ? widths : own))) };
}
