/** A chain at work on a model's parameters: its arrays, its count, and one update at a time. */

import { UserError } from "../../core/errors.js";
import { addStretch } from "./kernels.js";
import type { Stretch, Transform } from "./transform.js";

/** Numbers in a stretch: with a parameter, a gradient and two moments it is 128 KiB, which fits a second-level cache. */
const defaultStretch = 8192;

export interface Trained {
  readonly name: string;
  readonly values: Float32Array;
  readonly decays: boolean;
}

/** The gradient of one parameter; it is used up. */
export interface ParameterGradient {
  readonly values: Float32Array;
  /** Where only some rows of a table have a gradient: which, `values` holding one after the other. No other row is touched. */
  readonly rows?: Int32Array | undefined;
}

export interface OptimizerState {
  readonly count: number;
  /** By parameter and name. */
  readonly kept: Readonly<Record<string, Readonly<Record<string, Float32Array>>>>;
}

export class Optimizer {
  readonly #transform: Transform;
  readonly #parameters: readonly Trained[];
  readonly #kept: Record<string, Record<string, Float32Array>>;
  readonly #stretch: number;
  #count = 0;

  /** @param stretch numbers that the chain works on at a time; the result does not depend on it */
  constructor(transform: Transform, parameters: readonly Trained[], stretch = defaultStretch) {
    this.#stretch = stretch;
    this.#transform = transform;
    this.#parameters = parameters;
    this.#kept = Object.fromEntries(
      parameters.map(({ name, values }) => [
        name,
        Object.fromEntries(transform.keeps.map((kept) => [kept, new Float32Array(values.length)])),
      ]),
    );
  }

  /** Updates made. */
  get count(): number {
    return this.#count;
  }

  /** The arrays themselves, for saving. */
  get state(): OptimizerState {
    return { count: this.#count, kept: this.#kept };
  }

  /** Goes on from a saved state. */
  restore({ count, kept }: OptimizerState): void {
    for (const [name, arrays] of Object.entries(this.#kept)) {
      for (const [key, array] of Object.entries(arrays)) {
        const saved = kept[name]?.[key];
        if (saved?.length !== array.length) {
          throw new UserError({
            subject: "optimizer state",
            problem: `does not have the ${key} of this parameter`,
            value: name,
          });
        }
        array.set(saved);
      }
    }
    this.#count = count;
  }

  /**
   * @param gradients by parameter; a parameter without one stays as it is
   * @throws UserError where a transform asks for the norm of gradients that are no finite numbers; nothing is updated then
   */
  update(gradients: ReadonlyMap<string, ParameterGradient>): void {
    let norm: number | undefined;
    const act = this.#transform.begin({
      count: this.#count + 1,
      norm: () => (norm ??= this.#normOf(gradients)),
    });
    this.#count++;
    for (const { name, values: parameter, decays } of this.#parameters) {
      const gradient = gradients.get(name);
      if (gradient === undefined) continue;
      const all = this.#kept[name]!;
      for (const { from, length, offset } of places(gradient, this.#stretch)) {
        const view = (array: Float32Array) => array.subarray(offset, offset + length);
        const kept = Object.fromEntries(Object.entries(all).map(([key, array]) => [key, view(array)]));
        const update = gradient.values.subarray(from, from + length);
        const stretch: Stretch = { update, scale: 1, parameter: view(parameter), kept, decays };
        act(stretch);
        addStretch(stretch.parameter, update, stretch.scale);
      }
    }
  }

  #normOf(gradients: ReadonlyMap<string, ParameterGradient>): number {
    const norm = globalNorm(gradients.values());
    if (Number.isFinite(norm)) return norm;
    throw new UserError({
      subject: `update ${this.#count}`,
      problem: "the gradients' norm is no finite number",
      value: norm,
      remedy: "try a smaller learning rate",
    });
  }
}

/** Where a stretch lies: `from` in the gradient, `offset` in the parameter. */
interface Place {
  readonly from: number;
  readonly length: number;
  readonly offset: number;
}

function* places({ values, rows }: ParameterGradient, stretch: number): Generator<Place> {
  if (rows === undefined) {
    for (let from = 0; from < values.length; from += stretch) {
      yield { from, length: Math.min(stretch, values.length - from), offset: from };
    }
    return;
  }
  const width = rows.length === 0 ? 0 : values.length / rows.length;
  for (let i = 0; i < rows.length; i++) yield { from: i * width, length: width, offset: rows[i]! * width };
}

function globalNorm(gradients: Iterable<ParameterGradient>): number {
  let squares = 0;
  for (const { values } of gradients) squares += sumOfSquares(values);
  return Math.sqrt(squares);
}

/** Four sums side by side: one alone would wait for each addition to end before the next. */
function sumOfSquares(values: Float32Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const whole = values.length - (values.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += values[i]! * values[i]!;
    b += values[i + 1]! * values[i + 1]!;
    c += values[i + 2]! * values[i + 2]!;
    d += values[i + 3]! * values[i + 3]!;
  }
  for (let i = whole; i < values.length; i++) a += values[i]! * values[i]!;
  return a + b + (c + d);
}
