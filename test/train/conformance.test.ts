import { z } from "zod";
import { commandOptions } from "../../src/train/command/options.js";
import { command } from "../../src/train/command/trainer.js";
import { heldOut } from "../../src/train/held-out.js";
import { builtInTrainers } from "../../src/train/registry.js";
import type { Trainer } from "../../src/train/trainer.js";
import { predictCommand, trainCommand } from "./command/commands.js";
import { conformance } from "./conformance.js";

/** The command trainer with a program of its own: without one it has nothing to train. */
const withProgram: Trainer = {
  ...(command as Trainer),
  options: commandOptions.extend({
    command: z.string().default(trainCommand),
    predictCommand: z.string().default(predictCommand),
  }),
};

for (const trainer of Object.values({ ...builtInTrainers, command: withProgram })) {
  conformance(trainer);
  const held = heldOutForAnyObserver(trainer);
  // Each fold is a process: one kind of input is enough to see that folds go together.
  const inputs = trainer === withProgram ? (["text"] as const) : held.can.inputs;
  conformance({ ...held, can: { ...held.can, inputs }, name: `${trainer.name}, held-out` });
}

/** Held-out observes what it trains on and nothing else, as a train pass does. */
function heldOutForAnyObserver(trainer: Trainer) {
  const held = heldOut(trainer, 3);
  return { ...held, can: { ...held.can, protocols: ["train-pass" as const] } };
}
