/** What a person may do next: commands that work as pasted, each with what it does, beside it where the terminal is wide enough. */

import colours from "picocolors";

export type NextStep = readonly [command: string, does: string];

export function nextText(steps: readonly NextStep[], width: number): string {
  const longest = Math.max(...steps.map(([line]) => line.length));
  const beside = steps.every(([, does]) => 4 + longest + does.length <= width);
  const lines = steps.map(([line, does]) =>
    beside ? `  ${line.padEnd(longest)}  ${colours.dim(does)}` : `  ${line}\n      ${colours.dim(does)}`,
  );
  return [colours.bold("Next"), ...lines].join("\n");
}
