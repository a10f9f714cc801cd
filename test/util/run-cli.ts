/** Runs the compiled program as a user would. */

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  /** null where a signal ended it. */
  readonly code: number | null;
}

export interface RunOptions {
  readonly cwd: string;
  readonly input?: string | undefined;
  /** Sends this signal once the text has appeared on standard error. */
  readonly interrupt?: { readonly after: string; readonly signal: NodeJS.Signals } | undefined;
}

export async function runCli(
  arguments_: readonly string[],
  { cwd, input, interrupt }: RunOptions,
): Promise<Outcome> {
  const child = spawn(process.execPath, [cli, ...arguments_], {
    cwd,
    env: { ...process.env, NO_COLOR: "1", COLUMNS: "100" },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    if (interrupt && stderr.includes(interrupt.after)) child.kill(interrupt.signal);
  });
  child.stdin.end(input ?? "");
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("close", resolve);
    child.on("error", reject);
  });
  return { stdout, stderr, code };
}

/** Splits a command line as a shell would, with single and double quotes. */
export function words(line: string): string[] {
  return [...line.matchAll(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g)].map(([word]) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, "$1$2"),
  );
}
