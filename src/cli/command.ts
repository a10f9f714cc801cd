/** What a command is: a row of the table that the program, its help and its documentation are made from. */

import type { Effects } from "../core/effects.js";
import type { Flags, Values } from "./flags.js";

/** What a command may touch. Commands return; only `main` prints errors and exits. */
export interface Context {
  /** Results: the summary, a table, JSON. */
  print(text: string): void;
  readonly effects: Effects;
  /** Machine-readable output was asked for. */
  readonly json: boolean;
  /** Columns of the terminal that results are laid out for. */
  readonly width: number;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Keys as they are pressed. Default: those of standard input. */
  readonly keys?: (() => AsyncIterable<string>) | undefined;
}

export interface Command<F extends Flags = Flags> {
  /** One word, or two: `study status` stands under `study`. */
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** Positional arguments as the usage shows them, `<run>` or `[files...]`. */
  readonly arguments: string;
  readonly flags: F;
  /** Names that an option takes, each with its meaning: a list of its own in the help. */
  readonly names?: {
    readonly title: string;
    readonly entries: readonly (readonly [name: string, meaning: string])[];
  };
  /** Each a command that works as pasted, and what it does. */
  readonly examples: readonly (readonly [command: string, does: string])[];
  run(positional: readonly string[], values: Values<F>, context: Context): Promise<void>;
}

/** Types a command's `run` by its own flags, and forgets them for the table. */
export function command<F extends Flags>(definition: Command<F>): Command {
  return definition;
}
