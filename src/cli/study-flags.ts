/** The options that every command which runs a study has, and the running itself. */

import { runStudy, type RunStudyOptions, type StudyOutcome } from "../study/execution/run-study.js";
import type { Study } from "../study/plan/study.js";
import { UserError } from "../core/errors.js";
import type { Context } from "./command.js";
import { number, text, toggle, wholeNumber, type Values } from "./flags.js";
import { oneLine, shellWord } from "./format.js";
import { Interrupted } from "./interrupted.js";
import { studyDisplay } from "./study-display.js";
import { outcomeText, planText } from "./study-text.js";

const execution = { group: "Execution" };

export const studyFlags = {
  out: text("<folder>", "the study's folder (default: studies/ and its name)", { short: "o" }),
  jobs: wholeNumber(
    "<n>",
    "worker processes (default: the study's own, else 1)",
    { min: 1, max: 256 },
    execution,
  ),
  retries: wholeNumber(
    "<n>",
    "how often a step that failed is tried again (default: the study's own, else 1)",
    { min: 0 },
    execution,
  ),
  timeLimit: number(
    "<seconds>",
    "give a step up after so long (default: the study's own, else none)",
    { min: 0, above: true },
    execution,
  ),
  dryRun: toggle("say what would be done, and why it is done again; do nothing", execution),
  breakLock: toggle("take the lock of a process on another machine", execution),
};

/**
 * Runs a study as a command does: shows the plan, then how far it is, then what was found.
 *
 * @param command what the user types to go on with it
 * @throws Interrupted after Ctrl-C
 */
export async function runStudyCommand(
  study: Study,
  { out, jobs, retries, timeLimit, dryRun, breakLock }: Values<typeof studyFlags>,
  folder: string,
  command: string,
  context: Context,
  more: (outcome: StudyOutcome) => Promise<object> = () => Promise.resolve({}),
): Promise<StudyOutcome> {
  const display = studyDisplay(process.stderr, context);
  const options: RunStudyOptions = {
    out: out ?? folder,
    execution: { jobs, retries, timeLimit },
    command,
    dryRun,
    breakLock,
    signal: context.signal,
    effects: context.effects,
    onPlan: (planned) => {
      const shown = planText(planned, study.spec, dryRun === true);
      if (dryRun !== true) context.effects.log(shown);
      else context.print(context.json ? planJson(planned) : shown);
    },
    onProgress: display.show,
  };
  context.signal.addEventListener("abort", display.stopping);
  const outcome = await runStudy(study, options).finally(() => {
    context.signal.removeEventListener("abort", display.stopping);
    display.end();
  });
  if (outcome.outcome === "stopped") {
    throw new Interrupted(`stopped: what is finished stands in ${outcome.folder}; go on with: ${command}`);
  }
  if (outcome.outcome === "finished") {
    if (!context.json) context.print(outcomeText(outcome, study.spec));
    const found = await more(outcome);
    if (context.json) context.print(JSON.stringify({ ...outcome, ...found }));
  }
  const { failures } = outcome;
  if (failures.length > 0) {
    throw new UserError({
      subject: outcome.folder,
      problem: `${failures.length} ${failures.length === 1 ? "line of the grid" : "lines of the grid"} failed, the first: ${oneLine(failures[0]?.reason ?? "", 200)}`,
      remedy: `alidade study status ${shellWord(outcome.folder)} lists them; the same command tries them again`,
    });
  }
  return outcome;
}

function planJson({
  round,
  plan,
  stands,
  changes,
}: Parameters<NonNullable<RunStudyOptions["onPlan"]>>[0]): string {
  const steps = [...plan.steps.values()].map((step) => ({ ...step, stands: stands.has(step.key) }));
  return JSON.stringify({ round, steps, lines: plan.lines, changes });
}
