/** Whether a command can do what is asked of it, before anything is written. */

import { statSync } from "node:fs";
import { UserError } from "../../core/errors.js";
import type { PlannedUse } from "../trainer.js";
import { checkProgram } from "./find-program.js";
import type { CommandOptions } from "./options.js";
import { parseCommand, predictPlaceholders, trainPlaceholders, type CommandTemplate } from "./template.js";

export interface CheckedCommand {
  readonly train: CommandTemplate;
  readonly predict: CommandTemplate | null;
}

/** @throws UserError where a placeholder is missing that the work cannot do without, or the program is not there */
export function checkCommand(options: CommandOptions, use: PlannedUse): CheckedCommand {
  const train = parseCommand(options.command, trainPlaceholders);
  const predict =
    options.predictCommand === undefined ? null : parseCommand(options.predictCommand, predictPlaceholders);
  need("--command", train, "train", "the file that it trains on");
  need("--command", train, "out", "the folder that it writes its dynamics into");
  if (use.observesOthers) {
    need("--command", train, "observe", "the examples that it observes, others than it trains on");
  }
  if (predict !== null) {
    need("--predict-command", predict, "test", "the file that it predicts");
    need("--predict-command", predict, "predictions", "the file that it writes");
    need("--predict-command", predict, "model", "the folder that the training saved its model in");
    need("--command", train, ["model", "out"], "the folder that it saves its model in");
  } else if (use.tests.length > 0 && !train.uses.has("test") && !train.uses.has("tests")) {
    throw new UserError({
      subject: "--test",
      problem: "the command is not told of test sets",
      value: use.tests.join(", "),
      remedy: "put {tests} into --command, or give --predict-command",
    });
  }
  checkDev(train, options.dev);
  if (!options.shell) {
    checkProgram(train.words[0] ?? "", "--command");
    if (predict !== null) checkProgram(predict.words[0] ?? "", "--predict-command");
  }
  return { train, predict };
}

function need(flag: string, { uses }: CommandTemplate, name: string | readonly string[], what: string): void {
  const names = typeof name === "string" ? [name] : name;
  if (names.some((one) => uses.has(one))) return;
  throw new UserError({
    subject: flag,
    problem: `lacks {${names[0] ?? ""}}`,
    remedy: `it stands for ${what}`,
  });
}

function checkDev({ uses }: CommandTemplate, dev: string | undefined): void {
  if (uses.has("dev") && dev === undefined) {
    throw new UserError({
      subject: "--command",
      problem: "uses {dev}, and no such file is given",
      remedy: "give --dev",
    });
  }
  if (dev === undefined) return;
  const remedy = uses.has("dev") ? "check the path" : "put {dev} into --command";
  if (!uses.has("dev"))
    throw new UserError({ subject: "--dev", problem: "the command does not use {dev}", remedy });
  if (statSync(dev, { throwIfNoEntry: false })?.isFile() !== true)
    throw new UserError({ subject: "--dev", problem: "no such file", value: dev, remedy });
}
