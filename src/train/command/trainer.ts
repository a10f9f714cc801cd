/** The command trainer: any program that trains, started by a template of its command line. See docs/command-trainer.md. */

import { join } from "node:path";
import { UserError } from "../../core/errors.js";
import { Stopped } from "../../core/stop.js";
import type { Trainer } from "../trainer.js";
import { checkCommand } from "./check-command.js";
import { writeDataFile } from "./data-file.js";
import { filesOf, loadModel } from "./model-file.js";
import { commandOptions, type CommandOptions } from "./options.js";
import { predictWithProgram } from "./predict.js";
import { parseCommand, predictPlaceholders } from "./template.js";
import { CommandTraining } from "./training.js";
import { Workspace } from "./workspace.js";

export const command: Trainer<CommandOptions> = {
  name: "command",
  options: commandOptions,
  can: {
    protocols: ["epoch-end", "train-pass"],
    inputs: ["text", "pair", "choices", "features"],
    resume: null,
    predict: true,
    embeddings: false,
    deterministic: false,
  },
  check: (options, use) => void checkCommand(options, use),
  async start(request) {
    const { train, observe = train, tests = {}, options, signal, effects } = request;
    const use = { tests: Object.keys(tests), observesOthers: observe !== train };
    const checked = checkCommand(options, use);
    if (signal?.aborted === true) throw new Stopped();
    if (!checked.train.uses.has("seed")) {
      effects.warn("the command does not use {seed}: trainings with other seeds may be the same");
    }
    const workspace = await Workspace.make(options.workDir);
    try {
      const given = await workspace.fill({ train, observe, tests });
      return new CommandTraining(request, checked, workspace, given.observe);
    } catch (error) {
      await workspace.remove();
      throw error;
    }
  },
  async load(folder, threads) {
    const model = await loadModel(folder);
    const { predictCommand, shell, timeLimit, labelNames, epoch } = model;
    if (predictCommand === null) {
      throw new UserError({
        subject: folder,
        problem: "this model came from a program that predicts only while it trains",
        remedy: "train with --predict-command",
      });
    }
    const template = parseCommand(predictCommand, predictPlaceholders);
    return {
      async *predict(dataset) {
        const workspace = await Workspace.make(undefined);
        await workspace.prepare(labelNames);
        const test = join(workspace.tests, "data.jsonl");
        await writeDataFile(dataset, test, false);
        const predictions = workspace.predictions("data", null);
        yield await predictWithProgram({
          dataset,
          labelNames,
          command: predictCommand,
          template,
          shell,
          timeLimit,
          values: {
            test,
            predictions,
            labels: workspace.labels,
            model: filesOf(folder),
            epoch: String(epoch),
            threads: String(threads),
          },
          log: workspace.log("predict"),
          signal: undefined,
        });
        await workspace.remove();
      },
      close: () => Promise.resolve(),
    };
  },
};
