/** Whether a program is there and may be run, before anything is written. */

import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { UserError } from "../../core/errors.js";

/** @throws UserError where the program is not found, or is no file that may be run */
export function checkProgram(program: string, flag: string): void {
  const named = program.includes("/");
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates = named ? [program] : folders.map((folder) => join(folder, program));
  const files = candidates.filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
  if (files.length === 0) {
    throw new UserError({
      subject: flag,
      problem: named ? "no such program" : "no such program on the PATH",
      value: program,
      remedy: named
        ? "check the path: it is taken from where alidade runs"
        : "give its path, or install it; what only a shell knows (cd, &&, $HOME) needs --shell",
    });
  }
  if (!files.some(mayRun)) {
    throw new UserError({
      subject: flag,
      problem: "the program is not executable",
      value: files[0],
      remedy: "run chmod +x on it, or name its interpreter before it (python, node, sh)",
    });
  }
}

function mayRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
