import { z } from "zod";
import { commandOptions } from "../../src/train/command/options.js";
import { command } from "../../src/train/command/trainer.js";
import { heldOut } from "../../src/train/held-out.js";
import { encoderOptions } from "../../src/train/encoder/options.js";
import { encoder } from "../../src/train/encoder/trainer.js";
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

/** The encoder trainer with a small random checkpoint, and a rate that such a one learns at. */
const withCheckpoint: Trainer = {
  ...(encoder as Trainer),
  options: encoderOptions.extend({
    model: z.string().default(new URL("../fixtures/encoder/bert", import.meta.url).pathname),
    head: z.enum(["own", "new"]).default("new"),
    learningRate: z.number().default(0.001),
    // A rate that falls to 0 would make an epoch depend on how many are planned.
    schedule: z.enum(["linear", "constant"]).default("constant"),
  }),
};

const trainers = { ...builtInTrainers, command: withProgram, encoder: withCheckpoint };

for (const trainer of Object.values(trainers)) {
  conformance(trainer);
  const held = heldOutForAnyObserver(trainer);
  // Each fold is a process, or a transformer: one kind of input is enough to see that folds go together.
  const slow = trainer === withProgram || trainer === withCheckpoint;
  const inputs = slow ? (["text"] as const) : held.can.inputs;
  conformance({ ...held, can: { ...held.can, inputs }, name: `${trainer.name}, held-out` });
}

/** Held-out observes what it trains on and nothing else, as a train pass does. */
function heldOutForAnyObserver(trainer: Trainer) {
  const held = heldOut(trainer, 3);
  return { ...held, can: { ...held.can, protocols: ["train-pass" as const] } };
}
