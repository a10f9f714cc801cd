/** Commands of the small real training programs beside this file. */

import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("logistic-child.mjs", import.meta.url));
const python = fileURLToPath(new URL("logistic.py", import.meta.url));

export const trainCommand =
  `node ${program} train --train {train} --observe {observe} --out {out} --model {model} --labels {labels} ` +
  "--seed {seed} --epochs {epochs}";
/** Predicts the test sets itself. */
export const trainAndTestCommand = `${trainCommand} --tests {tests}`;
export const predictCommand = `node ${program} predict --model {model} --test {test} --predictions {predictions} --epoch {epoch}`;
export const pythonCommand = `python3 ${python} --train {train} --observe {observe} --test {test} --out {out} --labels {labels} --seed {seed} --epochs {epochs}`;
