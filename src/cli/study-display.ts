/** How far a study is: a table that redraws on a terminal, a plain line now and then elsewhere. */

import type { StudyProgress } from "../study/plan/progress.js";
import type { Context } from "./command.js";
import { armTable } from "./arm-table.js";
import { count, duration } from "./format.js";

interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

const redrawMs = 200;
const plainMs = 15_000;
/** A table of long trainings lives too: their seconds go on. */
const tickMs = 1000;
const stoppingLine = "stopping: the running steps finish first; Ctrl-C again stops at once";

export interface StudyDisplay {
  show(this: void, progress: StudyProgress): void;
  /** The study was asked to stop. */
  stopping(this: void): void;
  end(this: void): void;
}

export function studyDisplay(
  stream: Stream,
  { json }: Pick<Context, "json">,
  now: () => number = Date.now,
): StudyDisplay {
  let lines = 0;
  let last = -Infinity;
  let latest: StudyProgress | null = null;
  let stops = false;
  let ticking: NodeJS.Timeout | undefined;
  const clear = (): void => {
    if (lines > 0) stream.write(`\u001b[${lines}A\u001b[0J`);
    lines = 0;
  };
  const draw = (progress: StudyProgress): void => {
    const width = (stream.columns ?? 80) - 1;
    const most = Math.max(4, (stream.rows ?? 24) - 3);
    const text = [
      ...progressLines(progress, now(), width, most - (stops ? 1 : 0)),
      ...(stops ? [stoppingLine] : []),
    ].map((line) => oneLineKeepingSpace(line, width));
    clear();
    stream.write(`${text.join("\n")}\n`);
    lines = text.length;
  };
  return {
    show(progress) {
      latest = progress;
      const time = now();
      if (json || time - last < (stream.isTTY ? redrawMs : plainMs)) return;
      const first = last === -Infinity;
      last = time;
      if (stream.isTTY) {
        draw(progress);
        ticking ??= setInterval(() => latest !== null && draw(latest), tickMs).unref();
      } else if (!first) stream.write(`${summaryLine(progress)}\n`);
    },
    stopping() {
      if (json || latest === null || stops) return;
      stops = true;
      if (stream.isTTY) draw(latest);
      else stream.write(`${stoppingLine}\n`);
    },
    end() {
      clearInterval(ticking);
      clear();
      if (!json && latest !== null) stream.write(`${summaryLine(latest)}\n`);
    },
  };
}

/** `cells 12 of 35, 1 failed; steps 20 of 60; 3.1 s a step; 1 min 02 s left` */
export function summaryLine({ cells, trains, steps, finishedNow, elapsed, left }: StudyProgress): string {
  const { done, failed, total } = cells;
  return [
    `${trains ? "cells" : "selections"} ${count(done)} of ${count(total)}${failed > 0 ? `, ${count(failed)} failed` : ""}`,
    `steps ${count(steps.done)} of ${count(steps.total)}`,
    ...(finishedNow > 0 ? [`${duration(elapsed / finishedNow)} a step`] : []),
    ...(left !== null && steps.done + steps.failed < steps.total ? [`${duration(left)} left`] : []),
  ].join("; ");
}

function progressLines(progress: StudyProgress, now: number, width: number, most: number): string[] {
  const running = progress.running.map(
    ({ title, since }) => `  ${title}: ${duration(Math.max(0, now - since) / 1000)}`,
  );
  return [
    ...armTable(progress.arms, width, Math.max(3, most - running.length - 1)),
    ...running,
    summaryLine(progress),
  ];
}

function oneLineKeepingSpace(line: string, width: number): string {
  return line.length > width ? `${line.slice(0, Math.max(0, width - 1))}…` : line;
}
