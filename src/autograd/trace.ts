/** Traces a model into a graph: once for a training step, and once for each set of outputs that is predicted. */

import { nearest, UserError } from "../core/errors.js";
import { gradients } from "./gradients.js";
import { Graph, type Tensor } from "./graph.js";
import type { Model } from "./model.js";
import { encode, type Encoded } from "./onnx.js";

export interface TracedGraph extends Encoded {
  readonly graph: Graph;
  /** The shape of each output. */
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** Names in the graph. Two kinds of thing may have one name in a model. */
export const nameOf = {
  parameter: (name: string) => `parameter.${name}`,
  input: (name: string) => `input.${name}`,
  output: (name: string) => `output.${name}`,
  parameterGradient: (name: string) => `gradient.parameter.${name}`,
  inputGradient: (name: string) => `gradient.input.${name}`,
  loss: "loss",
};

/** Loss, all outputs, and the gradients of everything that trains. @param dropping whether dropout drops */
export function traceTraining(model: Model, dropping: boolean): TracedGraph {
  const graph = new Graph(dropping);
  const { inputs, parameters, traced } = run(model, graph);
  const by: [string, Tensor][] = [];
  for (const [name, tensor] of Object.entries(parameters)) {
    if (model.parameters[name]!.trains !== false) by.push([nameOf.parameterGradient(name), tensor]);
  }
  for (const [name, tensor] of Object.entries(inputs)) {
    if (trainsInput(model, name)) by.push([nameOf.inputGradient(name), tensor]);
  }
  const found = gradients(
    traced.loss,
    by.map(([, tensor]) => tensor),
  );
  for (const [name, tensor] of Object.entries(parameters)) {
    if (isLookedUp(model, name) && found[by.findIndex(([, one]) => one === tensor)] != null) {
      throw new UserError({
        subject: `parameter ${name}`,
        problem: "trains both by lookups and inside the graph, and only one of the two gradients would count",
        remedy: "use two parameters",
      });
    }
  }
  const reached = by.flatMap(([name], at) => (found[at] == null ? [] : [[name, found[at]] as const]));
  return finish(graph, { [nameOf.loss]: traced.loss, ...outputsOf(traced), ...Object.fromEntries(reached) });
}

/** Some of the outputs, without dropout. */
export function tracePrediction(model: Model, names: readonly string[], withLoss: boolean): TracedGraph {
  const graph = new Graph(false);
  const { traced } = run(model, graph);
  const all = outputsOf(traced);
  const wanted = names.map((name) => {
    const tensor = all[nameOf.output(name)];
    if (tensor !== undefined) return [nameOf.output(name), tensor] as const;
    const near = nearest(name, Object.keys(traced.outputs));
    throw new UserError({
      subject: "predict",
      problem: "the model has no such output",
      value: name,
      remedy: near === null ? `it has ${Object.keys(traced.outputs).join(", ")}` : `did you mean ${near}?`,
    });
  });
  return finish(graph, {
    ...Object.fromEntries(wanted),
    ...(withLoss ? { [nameOf.loss]: traced.loss } : {}),
  });
}

/** Whether the gradient by an input is wanted: it is a lookup in a table that trains. */
export function trainsInput(model: Model, name: string): boolean {
  const input = model.inputs[name]!;
  return "lookup" in input && input.lookup.some((table) => model.parameters[table]!.trains !== false);
}

function isLookedUp({ inputs }: Model, parameter: string): boolean {
  return Object.values(inputs).some((input) => "lookup" in input && input.lookup.includes(parameter));
}

function run(model: Model, graph: Graph) {
  const parameters = mapValues(model.parameters, ({ shape }, name) =>
    graph.input(nameOf.parameter(name), "float32", shape),
  );
  const inputs = mapValues(model.inputs, (input, name) =>
    "lookup" in input
      ? graph.input(nameOf.input(name), "float32", [...input.shape, tableWidth(model, name, input.lookup)])
      : graph.input(nameOf.input(name), input.type, input.shape),
  );
  return { parameters, inputs, traced: model.trace({ inputs, parameters, training: graph.training }) };
}

function tableWidth(model: Model, input: string, tables: readonly string[]): number {
  const widths = tables.map((name) => {
    const table = model.parameters[name];
    if (table?.shape.length === 2) return table.shape[1]!;
    throw new UserError({
      subject: `input ${input}`,
      problem: "looks up what is no parameter [rows, width]",
      value: name,
    });
  });
  if (new Set(widths).size !== 1) {
    throw new UserError({
      subject: `input ${input}`,
      problem: "tables of one width are added up",
      value: widths.join(", "),
    });
  }
  return widths[0]!;
}

function outputsOf(traced: { readonly outputs: Readonly<Record<string, Tensor>> }): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(traced.outputs).map(([name, tensor]) => [nameOf.output(name), tensor]),
  );
}

function finish(graph: Graph, outputs: Readonly<Record<string, Tensor>>): TracedGraph {
  return { graph, outputs, ...encode(graph, outputs) };
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
