/** onnxruntime-node as the runtime of training graphs. The only file that knows of it. */

import type * as OrtModule from "onnxruntime-node";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { Graph, type Elements } from "../autograd/graph.js";
import { encode } from "../autograd/onnx.js";
import { negate } from "../autograd/ops/elementwise.js";
import type { Program, Runtime, Value } from "../autograd/runtime.js";
import { UserError } from "../core/errors.js";

export interface OrtOptions {
  /** Threads of one operation. Default: as many as there are cores. */
  readonly threads?: number;
  /** Where it computes. Default: cpu. */
  readonly device?: "cpu" | "webgpu";
}

/**
 * Graphs run by onnxruntime-node, an optional peer of this package. It reads arrays of numbers in place and writes outputs
 * into the arrays that it is handed.
 *
 * @throws UserError where it is not installed, or does not have the device
 */
export async function ortRuntime({ threads, device = "cpu" }: OrtOptions = {}): Promise<Runtime> {
  const ort = await load();
  const options: InferenceSession.SessionOptions = {
    executionProviders: [device],
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    // Warnings are of graph optimisations that had nothing to do.
    logSeverityLevel: 3,
  };
  // A device that is not there shows when a graph is loaded: better now than in the middle.
  if (device !== "cpu") await (await createSession(ort, smallestGraph(), options, device)).release();
  return {
    async load(model) {
      const session = await createSession(ort, model, options, device);
      return program(ort, session);
    },
  };
}

function smallestGraph(): Uint8Array {
  const graph = new Graph();
  return encode(graph, { y: negate(graph.input("x", "float32", [1])) }).bytes;
}

type Ort = typeof OrtModule;

async function load(): Promise<Ort> {
  try {
    const loaded = (await import("onnxruntime-node")) as Ort & { readonly default?: Ort };
    return loaded.default ?? loaded;
  } catch (cause) {
    throw new UserError({
      subject: "onnxruntime-node",
      problem: "is not installed, and transformers are trained with it",
      remedy: "npm install onnxruntime-node",
      cause,
    });
  }
}

async function createSession(
  ort: Ort,
  model: Uint8Array,
  options: InferenceSession.SessionOptions,
  device: string,
): Promise<InferenceSession> {
  try {
    return await ort.InferenceSession.create(model, options);
  } catch (cause) {
    if (device === "cpu") throw cause;
    throw new UserError({
      subject: `device ${device}`,
      problem: "onnxruntime-node finds none on this machine that it can compute on",
      remedy: "leave --device out, which computes on the cpu",
      cause,
    });
  }
}

function program(ort: Ort, session: InferenceSession): Program {
  const tensor = ({ type, data, shape }: Value): Tensor =>
    new ort.Tensor(type as "float32", data as Float32Array, shape);
  return {
    async run(inputs, outputs) {
      const feeds = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, tensor(value)]));
      const fetches = Object.fromEntries(
        Object.entries(outputs).map(([name, value]) => [name, value === null ? null : tensor(value)]),
      );
      const found = await session.run(feeds, fetches);
      return Object.fromEntries(
        Object.entries(found).map(([name, { type, dims, data }]): [string, Value] => [
          name,
          { type: type as Value["type"], shape: dims, data: data as Elements },
        ]),
      );
    },
    close: () => session.release(),
  };
}
