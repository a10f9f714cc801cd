/** The head that a training starts with: the checkpoint's own where it fits, what it lacks drawn from the seed. */

import { deriveSeed, Random } from "../../core/random.js";
import type { Checkpoint } from "./checkpoint/load.js";
import { matchLabels } from "./checkpoint/match-labels.js";
import { headShapes } from "./checkpoint/shapes.js";
import type { Tensor } from "../safetensors/write.js";

export interface HeadRequest {
  readonly checkpoint: Checkpoint;
  readonly labels: readonly string[];
  readonly seed: number;
  /** Whether a classifier of the checkpoint's own is passed over. */
  readonly fresh: boolean;
}

export interface StartingHead {
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** What was drawn: `pooler`, `classifier`. */
  readonly drawn: readonly string[];
}

/** @throws UserError where the checkpoint's own classifier tells other labels apart */
export function startingHead({ checkpoint, labels, seed, fresh }: HeadRequest): StartingHead {
  const { config, task, head, folder } = checkpoint;
  const outputs = task === "choice" ? 1 : labels.length;
  const own = new Map(head.parameters);
  if (fresh) for (const name of own.keys()) if (name.startsWith("head.classifier.")) own.delete(name);
  if (!fresh && head.labels !== null) reorder(own, matchLabels(head.labels, labels, folder));
  const random = new Random(deriveSeed(seed, "head"));
  const drawn = new Set<string>();
  const parameters = new Map<string, Tensor>();
  for (const [name, shape] of headShapes(config, outputs)) {
    const kept = own.get(name);
    if (kept === undefined) drawn.add(name.split(".")[1]!);
    parameters.set(name, kept ?? draw(shape, name.endsWith(".bias") ? 0 : config.initializerRange, random));
  }
  return { parameters, drawn: [...drawn] };
}

function draw(shape: readonly number[], deviation: number, random: Random): Tensor {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  if (deviation > 0) for (let i = 0; i < data.length; i++) data[i] = deviation * random.normal();
  return { shape, data };
}

/** Puts the classifier's outputs in the order of the dataset's labels. */
function reorder(parameters: Map<string, Tensor>, outputs: Int32Array): void {
  for (const name of ["head.classifier.weight", "head.classifier.bias"]) {
    const { shape, data } = parameters.get(name)!;
    const width = data.length / outputs.length;
    const moved = new Float32Array(data.length);
    outputs.forEach((output, label) => {
      moved.set(data.subarray(output * width, (output + 1) * width), label * width);
    });
    parameters.set(name, { shape, data: moved });
  }
}
