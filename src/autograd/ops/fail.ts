/** What an operation says of operands that do not fit. */

import { UserError } from "../../core/errors.js";
import type { Tensor } from "../graph.js";
import { showShape } from "../shape.js";

/** An error that names the operation, its operands and their shapes. */
export function misfit(op: string, problem: string, ...operands: readonly Tensor[]): UserError {
  const shapes = operands.map(({ name, shape }) => `${name} ${showShape(shape)}`).join(" and ");
  return new UserError({ subject: op, problem: `${problem}: ${shapes}` });
}

/** The axis counted from the front. */
export function axisOf(op: string, x: Tensor, axis: number): number {
  const from = axis < 0 ? axis + x.shape.length : axis;
  if (!Number.isInteger(from) || from < 0 || from >= x.shape.length) throw misfit(op, `no axis ${axis}`, x);
  return from;
}

/** @throws UserError where an operand holds no float32 numbers: the runtime would say so only when it reads the graph */
export function expectFloats(op: string, ...operands: readonly Tensor[]): void {
  const other = operands.find(({ type }) => type !== "float32");
  if (other !== undefined) throw misfit(op, `takes float32, not ${other.type}`, ...operands);
}
