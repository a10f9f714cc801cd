#!/usr/bin/env node
/** The program: the only place that prints errors and decides exit codes. 0 done, 1 a bug, 2 the user's to mend, 130 stopped. */

import { constants } from "node:os";
import { UserError } from "../core/errors.js";
import { quiet } from "../core/effects.js";
import { Stopped } from "../core/stop.js";
import type { Context } from "./command.js";
import { Interrupted } from "./interrupted.js";
import { runProgram } from "./program.js";
import { terminalEffects } from "./terminal.js";

const fallbackWidth = 100;
const interrupt = new AbortController();
let json = process.argv.includes("--json");

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader went away (`| head`): there is nobody left to tell.
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    // The first asks for a clean stop, the second gets one at once; what is finished stands either way.
    if (interrupt.signal.aborted) process.exit(128 + constants.signals[name]);
    interrupt.abort(name);
  });
}

function makeContext(asJson: boolean): Context {
  json = asJson;
  return {
    print: (text) => void process.stdout.write(text.endsWith("\n") ? text : `${text}\n`),
    effects: asJson ? quiet : terminalEffects(process.stderr),
    json: asJson,
    width: Math.min(process.stdout.columns || fallbackWidth, 140),
    signal: interrupt.signal,
  };
}

try {
  await runProgram(process.argv.slice(2), makeContext, {
    out: (text) => void process.stdout.write(text),
    width: Math.min(process.stdout.columns || fallbackWidth, 120),
  });
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  // Commands that leave something half done say what stands; the others write at the end.
  if (error instanceof Stopped && interrupt.signal.aborted)
    return report(new Interrupted("stopped: nothing was written"));
  if (error instanceof Interrupted) {
    process.stderr.write(json ? `${JSON.stringify({ stopped: error.message })}\n` : `${error.message}\n`);
    return 128 + constants.signals[interrupt.signal.reason === "SIGTERM" ? "SIGTERM" : "SIGINT"];
  }
  if (error instanceof UserError) {
    const { subject, problem, value, remedy } = error.parts;
    process.stderr.write(
      json
        ? `${JSON.stringify({ error: { message: error.message, subject, problem, value, remedy } })}\n`
        : `${error.message.startsWith("alidade") ? "" : "alidade: "}${error.message}\n`,
    );
    return 2;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const text = stack.includes("internal:") ? stack : `internal: ${stack}`;
  process.stderr.write(json ? `${JSON.stringify({ error: { message: text } })}\n` : `alidade: ${text}\n`);
  return 1;
}
