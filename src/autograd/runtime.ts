/** What runs a graph. Whoever uses this folder hands one in: `alidade/train` has one over onnxruntime. */

import type { Elements, ElementType } from "./graph.js";

export interface Value {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: Elements;
}

export interface Program {
  /**
   * Runs the graph once.
   *
   * @param inputs by name
   * @param outputs what is wanted, by name: an array that receives it, or null where the runtime makes one
   * @returns the outputs by name, in the arrays that were handed in where there were any
   */
  run(
    inputs: Readonly<Record<string, Value>>,
    outputs: Readonly<Record<string, Value | null>>,
  ): Promise<Readonly<Record<string, Value>>>;
  /** Frees it. */
  close(): Promise<void>;
}

export interface Runtime {
  /** Makes a graph ready to run. @param model a serialised ONNX model */
  load(model: Uint8Array): Promise<Program>;
}
