/** The study's own process as a lane: it makes the light selections while its workers train. */

import { hostname } from "node:os";
import { InternalError } from "../../core/errors.js";
import { describeFailure } from "./failure.js";
import type { Holdings } from "./holdings.js";
import { isLight, type Lane, type StepOutcome } from "./lane.js";
import { studyLayout } from "../folder/layout.js";
import { runSelection } from "./run-selection.js";
import { stepLog } from "./step-log.js";
import type { Step } from "../plan/step.js";

export class LightLane implements Lane {
  readonly held: ReadonlySet<string> = new Set();
  readonly #signal = new AbortController().signal;

  constructor(private readonly holdings: Holdings) {}

  does(step: Step): boolean {
    return isLight(step);
  }

  async run(step: Step): Promise<StepOutcome> {
    const { folder } = this.holdings;
    try {
      if (!isLight(step)) throw new InternalError(`${step.title} is for a worker`);
      const started = new Date().toISOString();
      const effects = stepLog(studyLayout.log(folder, step.key));
      const { record, rows } = await runSelection(step, this.holdings, { signal: this.#signal, effects });
      await effects.flush();
      return { computed: { record: { ...record, started, host: hostname() }, rows } };
    } catch (error) {
      return describeFailure(error, step, folder);
    }
  }
}
