/** What every trainer promises: one suite, held to what its `can` claims. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { quiet } from "../../src/core/effects.js";
import type { Dataset, Input } from "../../src/dataset/dataset.js";
import { collectLogits } from "../../src/run/collect.js";
import type { RowLogits } from "../../src/run/observation.js";
import { subset } from "../../src/dataset/subset.js";
import type { Predictor, Trainer, TrainRequest, Training } from "../../src/train/trainer.js";
import { choicesDataset, featuresDataset, pairDataset, textDataset, type Made } from "./datasets.js";
import { contents, scratchFolder } from "./scratch.js";

const makers: Record<Input["kind"], (made: Made) => Dataset> = {
  text: textDataset,
  pair: pairDataset,
  choices: choicesDataset,
  features: featuresDataset,
};

const planned = 3;

interface Observed {
  readonly logits: RowLogits[];
  readonly losses: number[];
}

/** Reads a training to its end: each epoch's logits in the order of the rows, every row exactly once. */
async function readAll(training: Training, observed: Dataset): Promise<Observed> {
  const logits: RowLogits[] = [];
  const losses: number[] = [];
  for await (const epoch of training.epochs()) {
    logits.push(await logitsOf(epoch.observations, observed, epoch.epoch));
    losses.push(epoch.trainLoss());
  }
  return { logits, losses };
}

function logitsOf(
  batches: ReturnType<Predictor["predict"]>,
  dataset: Dataset,
  what: number | string = "test",
) {
  return collectLogits(batches, { size: dataset.size, what, ids: dataset.ids });
}

export function conformance(trainer: Trainer): void {
  const { can } = trainer;
  describe(`the ${trainer.name} trainer`, () => {
    const folder = scratchFolder(`conformance-${trainer.name}`);
    const parsed = trainer.options.parse({ epochs: planned });

    it("claims something", () => {
      expect(can.protocols.length).toBeGreaterThan(0);
      expect(can.inputs.length).toBeGreaterThan(0);
      expect(trainer.options.parse({}).epochs).toBeGreaterThan(0);
    });

    for (const kind of can.inputs) {
      for (const protocol of can.protocols) {
        describe(`${kind}, ${protocol}`, () => {
          const train = makers[kind]({ size: 150, seed: 3 });
          const test = makers[kind]({ size: 60, seed: 4 });
          const labelCount = train.labelNames.length;
          const start = (more: Partial<TrainRequest> = {}): Promise<Training> =>
            trainer.start({
              train,
              protocol,
              seed: 11,
              options: parsed,
              threads: 1,
              effects: quiet,
              ...more,
            });
          const observed = async (more: Partial<TrainRequest> = {}, of = train): Promise<Observed> => {
            const training = await start(more);
            try {
              return await readAll(training, of);
            } finally {
              await training.close();
            }
          };

          it("observes every row exactly once in every epoch, with one finite logit a label", async () => {
            const { logits, losses } = await observed();
            expect(logits).toHaveLength(planned);
            for (const { widths } of logits) {
              if (typeof widths === "number") expect(widths).toBe(labelCount);
              else
                expect([...widths]).toEqual(
                  train.input.kind === "choices" && train.input.choices.map((c) => c.length),
                );
            }
            for (const loss of losses) expect(Number.isFinite(loss) && loss >= 0).toBe(true);
          });

          it("learns: the training loss falls", async () => {
            const { losses } = await observed();
            expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
          });

          if (can.deterministic) {
            it("gives the same bits for a seed, whatever the threads, and others for another seed", async () => {
              const first = await observed();
              expect(await observed()).toEqual(first);
              expect(await observed({ threads: 3 })).toEqual(first);
              expect(await observed({ seed: 12 })).not.toEqual(first);
            });
          }

          if (protocol === "epoch-end") {
            it("observes what it is asked to, a part or another dataset", async () => {
              const rows = Int32Array.from({ length: 40 }, (_, i) => 3 * i);
              const rest = subset(train, rows);
              const own = await observed({ observe: rest }, rest);
              expect(own.logits.every(({ values }) => values.length > 0)).toBe(true);
              await observed({ observe: test }, test);
            });

            it("trains on a part that lacks a label", async () => {
              const rows = Int32Array.from(train.gold.keys()).filter((row) => train.gold[row] === 0);
              const one = subset(train, rows);
              const { logits } = await observed({ train: one, observe: train });
              expect(logits).toHaveLength(planned);
            });
          }

          if (can.predict) {
            it("predicts the same before and after saving, and saves the same bytes twice", async () => {
              const training = await start();
              await readAll(training, train);
              const before = await logitsOf(training.predict(test), test);
              const [one, two] = [1, 2].map((k) => join(folder, `${kind}-${protocol}-${k}`));
              for (const place of [one ?? "", two ?? ""]) {
                mkdirSync(place, { recursive: true });
                await training.saveModel(place);
              }
              await training.close();
              expect(contents(one ?? "")).toEqual(contents(two ?? ""));
              expect(Object.keys(contents(one ?? "")).length).toBeGreaterThan(0);
              const model = await trainer.load(one ?? "", 2);
              expect(await logitsOf(model.predict(test), test)).toEqual(before);
              await model.close();
            });

            it("predicts in the middle of a training without disturbing it", async () => {
              const undisturbed = await observed();
              const training = await start();
              const logits: RowLogits[] = [];
              for await (const epoch of training.epochs()) {
                logits.push(await logitsOf(epoch.observations, train, epoch.epoch));
                await logitsOf(training.predict(test), test);
              }
              await training.close();
              expect(logits).toEqual(undisturbed.logits);
            });
          }

          const perEpoch = trainer.updatesPerEpoch?.(parsed, train.size);
          if (perEpoch !== undefined) {
            const bySteps = (steps: number) => trainer.options.parse({ steps });
            const modelOf = async (more: Partial<TrainRequest>): Promise<RowLogits> => {
              const training = await start(more);
              await readAll(training, train);
              const logits = await logitsOf(training.predict(test), test);
              await training.close();
              return logits;
            };

            it("a budget of whole epochs in updates is those epochs", async () => {
              expect(await observed({ options: bySteps(planned * perEpoch) })).toEqual(await observed());
              expect(await modelOf({ options: bySteps(planned * perEpoch) })).toEqual(await modelOf({}));
            });

            it("stops at the update that was asked for; each update counts", async () => {
              const whole = await observed();
              const steps = 2 * perEpoch + Math.ceil(perEpoch / 2);
              const { logits, losses } = await observed({ options: bySteps(steps) });
              // A train pass that is not whole is trained, but observes nothing.
              expect(logits).toHaveLength(protocol === "train-pass" ? 2 : 3);
              expect(logits.slice(0, 2)).toEqual(whole.logits.slice(0, 2));
              expect(losses.every((loss) => Number.isFinite(loss) && loss >= 0)).toBe(true);
              const models = [];
              for (const more of [-1, 0, 1]) models.push(await modelOf({ options: bySteps(steps + more) }));
              expect(models[0]).not.toEqual(models[1]);
              expect(models[1]).not.toEqual(models[2]);
              expect(await modelOf({ options: bySteps(steps) })).toEqual(models[1]);
              if (can.resume !== "replay") return;
              const resumed = { options: bySteps(steps), resume: { epochs: 2, folder: null } };
              expect(await modelOf(resumed)).toEqual(models[1]);
              expect((await observed(resumed)).logits).toEqual(logits.slice(2));
            });
          }

          if (can.resume !== null) {
            it("goes on after each epoch as if nothing had happened", async () => {
              const whole = await observed();
              for (let epochs = 1; epochs < planned; epochs++) {
                const state = join(folder, `${kind}-${protocol}-state-${epochs}`);
                const first = await start();
                for await (const epoch of first.epochs()) {
                  await logitsOf(epoch.observations, train, epoch.epoch);
                  mkdirSync(state, { recursive: true });
                  if (epoch.epoch === epochs - 1) {
                    await epoch.save(state);
                    break;
                  }
                }
                await first.close();
                const rest = await observed({
                  resume: { epochs, folder: can.resume === "state" ? state : null },
                });
                expect(rest.logits).toEqual(whole.logits.slice(epochs));
                expect(rest.losses).toEqual(whole.losses.slice(epochs));
              }
            });

            it("gives no epoch where all are finished, and still has the model", async () => {
              const training = await start({ resume: { epochs: planned, folder: null } });
              if (can.resume === "replay") {
                expect((await readAll(training, train)).logits).toEqual([]);
                const again = await start();
                await readAll(again, train);
                const there = await logitsOf(training.predict(test), test);
                expect(there).toEqual(await logitsOf(again.predict(test), test));
                await again.close();
              }
              await training.close();
            });
          }

          it("stops when its signal says so, and can be closed", async () => {
            const controller = new AbortController();
            const epochs: number[] = [];
            let training: Training | null = null;
            try {
              training = await start({
                signal: controller.signal,
                options: trainer.options.parse({ epochs: 1000 }),
              });
              for await (const epoch of training.epochs()) {
                if (epoch.epoch === 1) controller.abort("SIGINT");
                await logitsOf(epoch.observations, train, epoch.epoch);
                epochs.push(epoch.epoch);
              }
            } catch {
              // How it stops is its own affair.
            } finally {
              await training?.close();
            }
            expect(controller.signal.aborted).toBe(true);
            expect(epochs.length).toBeLessThanOrEqual(2);
          });

          it("does not start, or starts no epoch, when it was stopped before", async () => {
            const signal = AbortSignal.abort("SIGINT");
            const epochs: number[] = [];
            try {
              const training = await start({ signal });
              for await (const epoch of training.epochs()) {
                await logitsOf(epoch.observations, train, epoch.epoch);
                epochs.push(epoch.epoch);
              }
            } catch {
              // As above.
            }
            expect(epochs).toEqual([]);
          });

          it("can be left in the middle and closed twice", async () => {
            const training = await start();
            for await (const _ of training.epochs()) break;
            await training.close();
            await training.close();
          });
        });
      }
    }
  });
}
