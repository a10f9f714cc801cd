/**
 * A training program that waits until a file exists: `gated.mjs <file> train ...`. While it waits it says so by `<file>.waiting`. A study
 * with such a cell cannot end before its test lets it, however slow the machine is.
 */

import { existsSync, writeFileSync } from "node:fs";

const [gate] = process.argv.splice(2, 1);
if (!existsSync(gate)) writeFileSync(`${gate}.waiting`, "");
while (!existsSync(gate)) await new Promise((resolve) => setTimeout(resolve, 20));
await import("../train/command/logistic-child.mjs");
