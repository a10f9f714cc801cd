/** What plans look up: trainers with their defaults filled in, strategies by name. */

import type { Input } from "../../dataset/dataset.js";
import { findStrategy } from "../../select/registry.js";
import { parseOptions } from "../../train/parse-options.js";
import { defaultTrainer, findTrainer } from "../../train/registry.js";
import type { Trainer } from "../../train/trainer.js";
import type { Catalogue } from "./plan.js";
import type { TrainerSpec } from "../spec/spec.js";
import type { Plain } from "./step.js";

/** The trainer that a spec names, or the default of such input. */
export function trainerOf({ name }: TrainerSpec, input: Input["kind"]): Trainer {
  return name === undefined ? defaultTrainer(input) : findTrainer(name);
}

export function catalogueFor(input: Input["kind"]): Catalogue {
  return {
    trainer: (spec) => {
      const trainer = trainerOf(spec, input);
      const options = parseOptions(trainer, spec.options) as unknown as Readonly<Record<string, Plain>>;
      return { name: trainer.name, version: trainer.version ?? 1, options };
    },
    strategy: (name) => {
      const { version, needs } = findStrategy(name);
      return {
        version,
        needsModel: needs.includes("model"),
        needsMap: needs.some((need) => typeof need === "object" || need === "trajectories"),
      };
    },
  };
}
