/**
 * Progress and notes on standard error: a bar that redraws on a terminal, a plain line a task elsewhere. Standard output stays for
 * results.
 */

import colours from "picocolors";
import type { Effects, Task } from "../core/effects.js";
import { count, counted, duration } from "./format.js";

interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

const redrawMs = 80;
const barCells = 24;

export function terminalEffects(stream: Stream, now: () => number = Date.now): Effects {
  let drawn = false;
  const clear = (): void => {
    if (drawn) stream.write("\r\u001b[2K");
    drawn = false;
  };
  const line = (text: string): void => {
    clear();
    stream.write(`${text}\n`);
  };
  return {
    log: line,
    warn: (text) => line(`${colours.yellow("warning:")} ${text}`),
    progress: (label, total, unit): Task => {
      const began = now();
      let last = -Infinity;
      let done = 0;
      let note = "";
      return {
        update(value, newNote) {
          done = value;
          if (newNote !== undefined) note = newNote;
          const time = now();
          if (!stream.isTTY || time - last < redrawMs) return;
          last = time;
          const columns = (stream.columns ?? 80) - 1;
          stream.write(`\r\u001b[2K${cut(barLine(label, done, total, unit, time - began, note), columns)}`);
          drawn = true;
        },
        end(failed = false) {
          clear();
          if (stream.isTTY || failed) return;
          const parts = [`${label}: ${counted(done, unit)} in ${duration((now() - began) / 1000)}`, note];
          stream.write(`${parts.filter((part) => part !== "").join(", ")}\n`);
        },
      };
    },
  };
}

/** One line of a bar: label, bar, share, rate, time left, note. */
export function barLine(
  label: string,
  done: number,
  total: number | null,
  unit: string,
  elapsedMs: number,
  note: string,
): string {
  const rate = elapsedMs > 0 ? (done / elapsedMs) * 1000 : 0;
  const parts = [label];
  if (total !== null && total > 0) {
    const share = Math.min(1, done / total);
    const filled = Math.round(share * barCells);
    parts.push(
      `${"█".repeat(filled)}${"░".repeat(barCells - filled)} ${String(Math.floor(share * 100)).padStart(3)} %`,
    );
  }
  parts.push(`${count(Math.round(rate))} ${unit}/s`);
  if (total !== null && rate > 0 && done < total) parts.push(`${duration((total - done) / rate)} left`);
  if (note !== "") parts.push(note);
  return parts.join("  ");
}

function cut(text: string, columns: number): string {
  return text.length > columns ? `${text.slice(0, Math.max(0, columns - 1))}…` : text;
}
