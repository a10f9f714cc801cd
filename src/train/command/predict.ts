/** Predictions by a second program, which reads the model that the training saved. */

import { existsSync } from "node:fs";
import { UserError } from "../../core/errors.js";
import type { Dataset } from "../../dataset/dataset.js";
import type { LogitsBatch } from "../trainer.js";
import { readLogitLines } from "./logit-lines.js";
import { Program } from "./process.js";
import { fillShell, fillWords, type CommandTemplate, type Values } from "./template.js";

export interface PredictRequest {
  readonly dataset: Dataset;
  readonly labelNames: readonly string[];
  /** As the user wrote it, and parsed. */
  readonly command: string;
  readonly template: CommandTemplate;
  readonly shell: boolean;
  readonly timeLimit: number;
  /** What the placeholders become; `predictions` is the file that is read. */
  readonly values: Values & { readonly predictions: string };
  readonly log: string;
  readonly signal: AbortSignal | undefined;
}

export async function predictWithProgram(request: PredictRequest): Promise<LogitsBatch> {
  const { dataset, labelNames, values, log, timeLimit, signal } = request;
  const flag = "--predict-command";
  const program = Program.start({ words: commandWords(request), flag, log, timeLimit, signal });
  await program.wait();
  program.check();
  if (!existsSync(values.predictions)) {
    throw new UserError({
      subject: flag,
      problem: "ended without writing its predictions",
      value: values.predictions,
      remedy: `it has to write {predictions}; its log is ${log}`,
    });
  }
  return await readLogitLines(values.predictions, { dataset, labelNames, field: "logits" });
}

/** The words to start: the template's own, or a shell's. */
export function commandWords(command: {
  readonly command: string;
  readonly template: CommandTemplate;
  readonly shell: boolean;
  readonly values: Values;
}): string[] {
  return command.shell
    ? ["/bin/sh", "-c", fillShell(command.command, command.values)]
    : fillWords(command.template, command.values);
}
