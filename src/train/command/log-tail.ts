/** The end of a log, short enough for an error's line. */

import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const readBytes = 8192;
const longest = 300;

/** The last lines that are not blank, joined by ` | `; what progress bars overwrote is left out. */
export function lastLines(path: string, count: number): string {
  const lines = endOf(path)
    .split("\n")
    .map((line) => printable(line.slice(line.trimEnd().lastIndexOf("\r") + 1)).trim())
    .filter((line) => line !== "");
  const text = lines.slice(-count).join(" | ");
  return text.length > longest ? `…${text.slice(-longest)}` : text;
}

function endOf(path: string): string {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return "";
  }
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, readBytes));
    readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString("utf8");
  } finally {
    closeSync(file);
  }
}

/** Without colours and other control sequences. */
function printable(text: string): string {
  return text.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, "").replace(/[\u0000-\u001f\u007f]/g, " ");
}
