/** The reverse pass: walks the graph from the loss to what trains, and appends the nodes that compute the gradients. */

import type { Gradient, Graph, Tensor } from "./graph.js";
import { add } from "./ops/elementwise.js";
import { misfit } from "./ops/fail.js";

/**
 * The gradients of a loss by some tensors: appended to the graph, in the order asked for. Nothing is appended for what
 * does not lead to one of them.
 *
 * @param loss a scalar
 * @returns null for a tensor that the loss does not depend on
 */
export function gradients(loss: Tensor, by: readonly Tensor[]): readonly (Tensor | null)[] {
  if (loss.shape.length > 0) throw misfit("gradients", "the loss must be one number", loss);
  const { graph } = loss;
  const wanted = dependents(graph, by);
  const found = new Map<Tensor, Tensor>([[loss, graph.scalar(1)]]);
  for (const { inputs, outputs, gradient } of steps(graph).toReversed()) {
    const arrived = outputs.map((output) => found.get(output) ?? null);
    if (gradient === null || arrived.every((one) => one === null) || !inputs.some((one) => wanted.has(one)))
      continue;
    gradient(arrived).forEach((part, at) => {
      const input = inputs[at]!;
      if (part === null || !wanted.has(input)) return;
      const before = found.get(input);
      found.set(input, before === undefined ? part : add(before, part));
    });
  }
  return by.map((tensor) => found.get(tensor) ?? null);
}

interface Step {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly gradient: Gradient | null;
}

/** What gradients pass through, in the order of computation. */
function steps(graph: Graph): readonly Step[] {
  return graph.nodes.map((node) => {
    const override = node.outputs.length === 1 ? graph.overrides.get(node.outputs[0]!) : undefined;
    return override === undefined ? node : { ...override, outputs: node.outputs };
  });
}

/** The tensors themselves and all that is computed from them. */
function dependents(graph: Graph, tensors: readonly Tensor[]): ReadonlySet<Tensor> {
  const found = new Set(tensors);
  for (const { inputs, outputs } of graph.nodes) {
    if (inputs.some((input) => found.has(input))) outputs.forEach((output) => found.add(output));
  }
  return found;
}
