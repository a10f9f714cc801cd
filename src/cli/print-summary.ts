/** Prints a run's summary: as text for a person, or as JSON. */

import { openRun } from "../run/reader.js";
import { summarise } from "../map/summary.js";
import type { TestScores } from "../train/test-recorder.js";
import type { Context } from "./command.js";
import { summaryText } from "./summary-text.js";

export interface SummaryExtras {
  /** A figure that was just written. */
  readonly figure?: string | undefined;
}

export async function printSummary(
  folder: string,
  context: Context,
  { figure }: SummaryExtras = {},
): Promise<void> {
  const run = await openRun(folder);
  const summary = await summarise(folder);
  const names = await run.tests();
  const tests = await Promise.all(
    names.map(async (name) => [name, (await run.test(name)) as TestScores] as const),
  );
  if (context.json) {
    const scores = Object.fromEntries(tests.map(([name, scored]) => [name, scored]));
    context.print(
      JSON.stringify({ run: run.manifest, ...summary, tests: scores, ...(figure && { figure }) }, null, 2),
    );
    return;
  }
  context.print(summaryText({ summary, manifest: run.manifest, tests, figure, width: context.width }));
}
