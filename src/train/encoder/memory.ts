/** Whether a step will fit into memory, said before it starts. */

import { totalmem } from "node:os";
import { UserError } from "../../core/errors.js";
import type { EncoderConfig } from "./checkpoint/config.js";
import { encoderShapes } from "./checkpoint/shapes.js";
import { frozenBy, frozenDepth } from "./model/freeze.js";
import type { EncoderOptions } from "./options.js";

const float = 4;
/** What Node.js, the runtime and the tokenizer take before any model. */
const program = 350e6;
const gigabyte = 1e9;

export interface StepSize {
  readonly config: EncoderConfig;
  readonly options: EncoderOptions;
  /** Tokens of each example, its longest sequence. */
  readonly lengths: Int32Array;
  /** Sequences of an example. */
  readonly sequences: number;
  /** Numbers of frozen layers' states that are kept. Default: none. */
  readonly kept?: number;
}

/**
 * An estimate of the most memory that a training takes, bytes: parameters, gradients and moments, and what a step keeps of the
 * forward pass for the backward one. Of each layer these are about 16 arrays of the width, 6 of the inner width and 4 of the
 * attention's size, for each token of the longest batch. States of frozen layers are kept of all tokens.
 */
export function estimateMemory({ config, options, lengths, sequences, kept = 0 }: StepSize): number {
  const frozen = frozenBy(options.freeze, config.layers);
  let parameters = 0;
  let trained = 0;
  for (const [name, shape] of encoderShapes(config)) {
    const size = shape.reduce((a, b) => a * b, 1);
    parameters += size;
    if (!frozen(name)) trained += size;
  }
  const longest = lengths.reduce((a, b) => Math.max(a, b), 1);
  const tokens = Math.ceil(Math.min(options.batch, lengths.length) / options.parts) * sequences * longest;
  const depth = frozenDepth(options.freeze, config.layers);
  const layers = config.layers - depth;
  const activations = layers * tokens * (16 * config.width + 6 * config.inner + 4 * config.heads * longest);
  return program + float * (parameters + 3 * trained + activations + kept);
}

/** @throws UserError where the machine does not have that much, with a setting that fits */
export function checkMemory(size: StepSize, available = availableMemory()): void {
  const needed = estimateMemory(size);
  if (needed <= available) return;
  const { options } = size;
  const batch = Math.min(options.batch, size.lengths.length);
  let parts = options.parts;
  while (parts < batch && estimateMemory({ ...size, options: { ...options, parts } }) > available) parts *= 2;
  const fits = estimateMemory({ ...size, options: { ...options, parts } }) <= available;
  throw new UserError({
    subject: "memory",
    problem: `this machine has ${inGigabytes(available)}, and training would take about ${inGigabytes(needed)}`,
    remedy: fits
      ? `--parts ${Math.min(parts, batch)} computes the same batches in less`
      : "freeze lower layers (--freeze layers:n), cut texts shorter (--max-length), or take a smaller checkpoint",
  });
}

function inGigabytes(bytes: number): string {
  return `${(bytes / gigabyte).toFixed(1)} GB`;
}

/** What the machine has, or what a container leaves of it. */
function availableMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < totalmem() ? constrained : totalmem();
}
