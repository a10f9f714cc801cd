/** Runs a command in this process: the same answers as the program's, without waiting for it to start. */

import { quiet } from "../../src/core/effects.js";
import { UserError } from "../../src/core/errors.js";
import { runProgram } from "../../src/cli/program.js";
import { words } from "./run-cli.js";

export interface OutcomeHere {
  readonly stdout: string;
  /** The message of what went wrong, as the program prints it. */
  readonly stderr: string;
  readonly code: 0 | 1 | 2;
}

/**
 * @param line without the program's name
 * @param keys what a person presses
 */
export async function runHere(line: string, cwd: string, keys = ""): Promise<OutcomeHere> {
  const before = process.cwd();
  let stdout = "";
  const print = (text: string): void => void (stdout += text.endsWith("\n") ? text : `${text}\n`);
  process.chdir(cwd);
  try {
    const context = (json: boolean) => ({
      print,
      effects: quiet,
      json,
      width: 100,
      signal: new AbortController().signal,
      keys: async function* () {
        yield* keys;
      },
    });
    await runProgram(words(line), context, { out: print, width: 100 });
    return { stdout, stderr: "", code: 0 };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { stdout, stderr: `alidade: ${message}\n`, code: error instanceof UserError ? 2 : 1 };
  } finally {
    process.chdir(before);
  }
}
