import { heldOut } from "../../src/train/held-out.js";
import { builtInTrainers } from "../../src/train/registry.js";
import { conformance } from "./conformance.js";

for (const trainer of Object.values(builtInTrainers)) {
  conformance(trainer);
  conformance({ ...heldOutForAnyObserver(trainer), name: `${trainer.name}, held-out` });
}

/** Held-out observes what it trains on and nothing else, as a train pass does. */
function heldOutForAnyObserver(trainer: (typeof builtInTrainers)[string]) {
  const held = heldOut(trainer, 3);
  return { ...held, can: { ...held.can, protocols: ["train-pass" as const] } };
}
