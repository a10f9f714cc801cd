import { shellWord } from "./format.js";

/** The command as it can be given to a shell again. */
export function commandLine(): string {
  return ["alidade", ...process.argv.slice(2)].map(shellWord).join(" ");
}
