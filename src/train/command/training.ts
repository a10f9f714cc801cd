/**
 * One training by a program. Epochs are read while it runs, each as soon as its file is whole; what it predicts is read when
 * it has ended well. A training that failed leaves its folder, with the log, where the error says.
 */

import { existsSync, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { UserError } from "../../core/errors.js";
import type { Dataset } from "../../dataset/dataset.js";
import { Stopped } from "../../core/stop.js";
import type { Epoch, LogitsBatch, TrainRequest, Training } from "../trainer.js";
import type { CheckedCommand } from "./check-command.js";
import { writeDataFile } from "./data-file.js";
import { EpochWatch } from "./epoch-watch.js";
import { readLogitLines } from "./logit-lines.js";
import { saveModel } from "./model-file.js";
import type { CommandOptions } from "./options.js";
import { commandWords, predictWithProgram } from "./predict.js";
import { Program } from "./process.js";
import { DynamicsReader } from "./read-dynamics.js";
import type { Workspace } from "./workspace.js";

const shortestPoll = 20;
const longestPoll = 250;

export class CommandTraining implements Training {
  readonly #request: TrainRequest<CommandOptions>;
  readonly #command: CheckedCommand;
  readonly #workspace: Workspace;
  readonly #observePath: string;
  readonly #watch: EpochWatch;
  readonly #reader: DynamicsReader;
  /** Sizes of the files that were read. */
  readonly #read = new Map<string, number>();
  #program: Program | null = null;
  /** The last epoch that was given; -1: none. */
  #epoch = -1;
  /** No epoch comes after it. */
  #over = false;
  #failed = false;
  #extra = 0;

  constructor(
    request: TrainRequest<CommandOptions>,
    command: CheckedCommand,
    workspace: Workspace,
    observePath: string,
  ) {
    const observed = request.observe ?? request.train;
    this.#request = request;
    this.#command = command;
    this.#workspace = workspace;
    this.#observePath = observePath;
    this.#watch = new EpochWatch(workspace.out, observed.size);
    this.#reader = new DynamicsReader(observed);
  }

  async *epochs(): AsyncGenerator<Epoch> {
    const { epochs } = this.#request.options;
    this.#program = this.#start();
    for (let epoch = 0; epoch < epochs; epoch++) {
      const path = await this.#keeping(() => this.#waitFor(epoch));
      if (path === null) break;
      this.#epoch = epoch;
      this.#over = epoch === epochs - 1;
      let loss = NaN;
      const read = async (): Promise<LogitsBatch> => {
        const { batch, meanLoss } = await this.#reader.read(path, epoch);
        this.#read.set(path, statSync(path).size);
        loss = meanLoss;
        return batch;
      };
      const observations = this.#once(read);
      yield { epoch, observations, trainLoss: () => loss, save: () => Promise.resolve() };
    }
    this.#over = true;
    await this.#keeping(() => this.#finish());
  }

  predict(dataset: Dataset): AsyncIterable<LogitsBatch> {
    return this.#once(() => this.#predict(dataset));
  }

  async saveModel(folder: string): Promise<void> {
    await this.#keeping(() => this.#finish());
    const { options, train } = this.#request;
    await saveModel(folder, this.#workspace.model, {
      labelNames: [...train.labelNames],
      predictCommand: options.predictCommand ?? null,
      shell: options.shell,
      timeLimit: options.programLimit,
      epoch: this.#epoch,
    });
  }

  async close(): Promise<void> {
    await this.#program?.end();
    if (!this.#failed) await this.#workspace.remove();
  }

  #start(): Program {
    const { options, seed, protocol, threads, signal, tests = {} } = this.#request;
    const { train, labels, out, model, tests: folder } = this.#workspace;
    const values = {
      train,
      observe: this.#observePath,
      dev: options.dev === undefined ? "" : resolve(options.dev),
      test: Object.keys(tests).map((name) => this.#workspace.test(name)),
      tests: folder,
      labels,
      out,
      model,
      seed: String(seed),
      epochs: String(options.epochs),
      protocol,
      threads: String(threads),
    };
    return Program.start({
      words: commandWords({
        command: options.command,
        template: this.#command.train,
        shell: options.shell,
        values,
      }),
      flag: "--command",
      log: this.#workspace.log("train"),
      timeLimit: options.programLimit,
      signal,
    });
  }

  /** The file of an epoch, once it is whole or will never be; null where the program ended without it. */
  async #waitFor(epoch: number): Promise<string | null> {
    const program = this.#program;
    for (let pause = shortestPoll; ; pause = Math.min(longestPoll, 1.5 * pause)) {
      const ended = program?.ended ?? true;
      if (ended || this.#request.signal?.aborted === true) {
        await program?.wait();
        program?.check();
      }
      // Whether it is whole is looked at after the end: what was written last counts.
      const whole = (await this.#watch.isWhole(epoch)) || (await this.#watch.isWhole(epoch + 1));
      if (whole || ended) {
        const path = await this.#watch.find(epoch);
        if (path !== null || ended) return path;
      }
      await program?.wait(pause);
    }
  }

  /** Waits for a good end, and holds the program to what it wrote. */
  async #finish(): Promise<void> {
    await this.#program?.wait();
    this.#program?.check();
    const { epochs } = this.#request.options;
    const { out, log } = { out: this.#workspace.out, log: this.#workspace.log("train") };
    const later = (await this.#watch.present()).find((epoch) => epoch > this.#epoch);
    if (later !== undefined) {
      const missing = this.#epoch + 1;
      throw later >= epochs
        ? new UserError({
            subject: out,
            problem: `holds epoch ${later}, and ${epochs} epochs were asked for, from 0 on`,
            remedy: "use {epochs} in the command, or give --epochs",
          })
        : new UserError({
            subject: out,
            problem: `holds epoch ${later}, but not epoch ${missing}`,
            remedy: `epochs count from 0: write dynamics_epoch_${missing}.jsonl`,
          });
    }
    if (this.#epoch < 0) {
      const others = await this.#watch.others();
      throw new UserError({
        subject: "--command",
        problem: `the program ended well and wrote no dynamics_epoch_0.jsonl into ${out}`,
        value: others.length > 0 ? others.slice(0, 5).join(", ") : undefined,
        remedy: `write what docs/command-trainer.md says; its log is ${log}`,
      });
    }
    for (const [path, size] of this.#read) {
      if (statSync(path, { throwIfNoEntry: false })?.size === size) continue;
      throw new UserError({
        subject: path,
        problem: "has more lines than there are examples, or was written again",
        remedy: "write one line for every example, once",
      });
    }
  }

  async #predict(dataset: Dataset): Promise<LogitsBatch> {
    if (this.#over) await this.#finish();
    const { tests = {}, train } = this.#request;
    const name = Object.keys(tests).find((one) => tests[one] === dataset);
    const places = name === undefined ? [] : [this.#workspace.predictions(name, this.#epoch)];
    if (name !== undefined && this.#over) places.unshift(this.#workspace.predictions(name, null));
    const path = places.find((place) => existsSync(place));
    if (path !== undefined) {
      return await readLogitLines(path, { dataset, labelNames: train.labelNames, field: "logits" });
    }
    const { predict } = this.#command;
    if (predict !== null && (this.#over || predict.uses.has("epoch"))) {
      return await this.#predictWithProgram(dataset, name);
    }
    throw new UserError({
      subject: name === undefined ? dataset.name : `test set ${name}`,
      problem: this.#over
        ? `the program ended well and wrote no predictions, ${places[0] ?? "it was not told of this test set"}`
        : `the program wrote no predictions of epoch ${this.#epoch}, ${places[0] ?? ""}`,
      remedy: this.#over
        ? "write them there, or give --predict-command"
        : "write them there before the epoch's dynamics, use {epoch} in --predict-command, or leave --test-every-epoch out",
    });
  }

  async #predictWithProgram(dataset: Dataset, name: string | undefined): Promise<LogitsBatch> {
    const { options, train, threads, signal } = this.#request;
    const { labels, model } = this.#workspace;
    const place = name ?? `asked-${++this.#extra}`;
    const test = this.#workspace.test(place);
    if (name === undefined) await writeDataFile(dataset, test, false);
    const predictions = this.#workspace.predictions(place, this.#epoch);
    await mkdir(dirname(predictions), { recursive: true });
    return await predictWithProgram({
      dataset,
      labelNames: train.labelNames,
      command: options.predictCommand ?? "",
      template: this.#command.predict ?? { words: [], uses: new Set() },
      shell: options.shell,
      timeLimit: options.programLimit,
      values: { test, predictions, labels, model, epoch: String(this.#epoch), threads: String(threads) },
      log: this.#workspace.log(`predict-${basename(place)}`),
      signal,
    });
  }

  async *#once(read: () => Promise<LogitsBatch>): AsyncGenerator<LogitsBatch> {
    yield await this.#keeping(read);
  }

  /** What fails leaves its folder to be looked at; what was stopped does not. */
  async #keeping<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof Stopped)) this.#failed = true;
      throw error;
    }
  }
}
