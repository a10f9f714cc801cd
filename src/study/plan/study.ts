/** A study that can be run: what a YAML file or a built-in study becomes. */

import type { NextRound } from "./round.js";
import type { StudySpec } from "../spec/spec.js";

export interface Study {
  /** In an adaptive study, `arms` are those that are known beforehand; may be empty. */
  readonly spec: StudySpec;
  /** Default: all arms, all replicates, once (`wholeGrid`). */
  readonly next?: NextRound | undefined;
}
