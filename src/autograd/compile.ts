/**
 * A model that trains and predicts. Forward pass, loss and gradients are one graph that the runtime runs; what stands around
 * it here is memory: parameters, gradients and optimizer state are arrays that are made once, read and written in place.
 */

import { InternalError, UserError } from "../core/errors.js";
import { deriveSeed } from "../core/random.js";
import { feed, Scratch, tablesOf } from "./feed.js";
import { RowGradients } from "./lookups.js";
import { MaskPool } from "./masks.js";
import type { Batch, Model } from "./model.js";
import { Optimizer, type OptimizerState, type ParameterGradient } from "./optimizers/optimizer.js";
import { sgd } from "./optimizers/recipes.js";
import type { Transform } from "./optimizers/transform.js";
import type { Program, Runtime, Value } from "./runtime.js";
import { shapeIn, type Sizes } from "./shape.js";
import { nameOf, tracePrediction, traceTraining, trainsInput, type TracedGraph } from "./trace.js";

export interface CompileOptions {
  /** Default: stochastic gradient descent at rate 0.01. */
  readonly optimizer?: Transform;
  /** Of dropout. Default: 0. */
  readonly seed?: number;
}

export interface Result<Outputs extends string> {
  /** Before the update. */
  readonly loss: number;
  readonly outputs: Readonly<Record<Outputs, Float32Array>>;
}

/** All that a training is made of, beside its parameters. */
export interface TrainingState extends OptimizerState {
  /** Passes made, each with masks of its own. */
  readonly passes: number;
}

export interface Compiled<Inputs extends string = string, Outputs extends string = string> {
  /** One update by the gradient of a batch. @throws UserError where the loss is no finite number; nothing is updated then */
  step(batch: Batch<Inputs>, sizes?: Sizes): Promise<Result<Outputs>>;
  /**
   * Adds a batch's gradient to those that the next `update` will use.
   *
   * @param share of the update's examples that are in this batch: shares add up to 1
   */
  accumulate(batch: Batch<Inputs>, share: number, sizes?: Sizes): Promise<Result<Outputs>>;
  /** One update by what was accumulated. @throws InternalError where nothing was */
  update(): void;
  /** Outputs without dropout. Inputs that they do not depend on may be left out of the batch. */
  predict<Name extends Outputs>(
    batch: Batch<Inputs>,
    outputs: readonly Name[],
    sizes?: Sizes,
  ): Promise<Readonly<Record<Name, Float32Array>>>;
  /** The loss and the gradients of all that trains, without dropout or update; by parameter, each a new array. */
  gradients(
    batch: Batch<Inputs>,
    sizes?: Sizes,
  ): Promise<{ loss: number; gradients: ReadonlyMap<string, Float32Array> }>;
  /** The arrays themselves, for saving beside the parameters. */
  readonly state: TrainingState;
  /** Goes on from a saved state; the parameters are for the caller to restore. */
  restore(state: TrainingState): void;
  /** Frees what the runtime holds. */
  close(): Promise<void>;
}

/**
 * Traces a model, and hands its graphs to the runtime when they are first needed. The named sizes of its shapes are read off the
 * lengths of a batch's arrays; `sizes` says those that the lengths leave open.
 */
export function compile<Inputs extends string, Parameters extends string, Outputs extends string>(
  model: Model<Inputs, Parameters, Outputs>,
  runtime: Runtime,
  options: CompileOptions = {},
): Compiled<Inputs, Outputs> {
  return new CompiledModel(model, runtime, options);
}

interface Loaded {
  readonly traced: TracedGraph;
  readonly program: Program;
}

class CompiledModel implements Compiled {
  readonly #model: Model;
  readonly #runtime: Runtime;
  readonly #optimizer: Optimizer;
  readonly #seed: number;
  readonly #loaded = new Map<string, Promise<Loaded>>();
  readonly #pools = new Map<number, MaskPool>();
  readonly #scratch = new Scratch();
  readonly #rowGradients = new Map<string, RowGradients>();
  /** Gradients of the parameters that the loss depends on; made by the first step, so that predicting alone costs no memory. */
  #gradients: Readonly<Record<string, Float32Array>> | null = null;
  #spare: Readonly<Record<string, Float32Array>> | null = null;
  #accumulated = 0;
  #passes = 0;

  constructor(model: Model, runtime: Runtime, { optimizer = sgd(0.01), seed = 0 }: CompileOptions) {
    this.#model = model;
    this.#runtime = runtime;
    this.#seed = seed;
    checkParameters(model);
    const trained = Object.entries(model.parameters).filter(([, { trains }]) => trains !== false);
    this.#optimizer = new Optimizer(
      optimizer,
      trained.map(([name, { values, decays = true }]) => ({ name, values, decays })),
    );
    for (const input of Object.keys(model.inputs)) {
      for (const table of tablesOf(model, input)) {
        if (model.parameters[table.name]!.trains !== false) {
          this.#rowGradients.set(table.name, new RowGradients(table));
        }
      }
    }
  }

  async step(batch: Batch, sizes?: Sizes): Promise<Result<string>> {
    const result = await this.accumulate(batch, 1, sizes);
    this.update();
    return result;
  }

  async accumulate(batch: Batch, share: number, sizes?: Sizes): Promise<Result<string>> {
    const loaded = await this.#load("training", () => traceTraining(this.#model, true));
    const sums = (this.#gradients ??= gradientArrays(this.#model, loaded.traced));
    const first = this.#accumulated === 0;
    const arrays = first ? sums : (this.#spare ??= gradientArrays(this.#model, loaded.traced));
    const result = await this.#run(loaded, batch, sizes, arrays, share);
    this.#passes++;
    if (!Number.isFinite(result.loss)) {
      this.#discard();
      throw new UserError({
        subject: `update ${this.#optimizer.count}`,
        problem: "the loss is no finite number",
        value: result.loss,
        remedy: "try a smaller learning rate",
      });
    }
    for (const [name, sum] of Object.entries(sums)) {
      const added = arrays[name]!;
      if (!first) for (let i = 0; i < sum.length; i++) sum[i]! += share * added[i]!;
      else if (share !== 1) for (let i = 0; i < sum.length; i++) sum[i]! *= share;
    }
    this.#accumulated++;
    return result;
  }

  update(): void {
    if (this.#accumulated === 0) throw new InternalError("no gradient to update by");
    this.#accumulated = 0;
    this.#optimizer.update(this.#takeGradients());
  }

  async predict<Name extends string>(
    batch: Batch,
    outputs: readonly Name[],
    sizes?: Sizes,
  ): Promise<Readonly<Record<Name, Float32Array>>> {
    const loaded = await this.#load(`predict ${outputs.join()}`, () =>
      tracePrediction(this.#model, outputs, false),
    );
    return (await this.#run(loaded, batch, sizes, {}, 0)).outputs;
  }

  async gradients(
    batch: Batch,
    sizes?: Sizes,
  ): Promise<{ loss: number; gradients: ReadonlyMap<string, Float32Array> }> {
    if (this.#accumulated > 0)
      throw new InternalError("gradients are asked for between accumulate and update");
    const loaded = await this.#load("gradients", () => traceTraining(this.#model, false));
    const arrays = gradientArrays(this.#model, loaded.traced);
    const { loss } = await this.#run(loaded, batch, sizes, arrays, 1);
    const found = new Map<string, Float32Array>(Object.entries(arrays));
    for (const [name, rows] of this.#rowGradients) found.set(name, rows.takeAll().values);
    return { loss, gradients: found };
  }

  get state(): TrainingState {
    return { ...this.#optimizer.state, passes: this.#passes };
  }

  restore({ passes, ...state }: TrainingState): void {
    this.#optimizer.restore(state);
    this.#passes = passes;
  }

  async close(): Promise<void> {
    for (const loaded of this.#loaded.values()) await (await loaded).program.close();
    this.#loaded.clear();
  }

  #load(key: string, trace: () => TracedGraph): Promise<Loaded> {
    let loaded = this.#loaded.get(key);
    if (loaded === undefined) {
      const traced = trace();
      loaded = this.#runtime.load(traced.bytes).then((program) => ({ traced, program }));
      this.#loaded.set(key, loaded);
    }
    return loaded;
  }

  /** One run. Gradients of parameters land in `arrays`; those by inputs are added to the rows of their tables. */
  async #run(
    { traced, program }: Loaded,
    batch: Batch,
    known: Sizes | undefined,
    arrays: Readonly<Record<string, Float32Array>>,
    share: number,
  ): Promise<Result<string>> {
    const pool = (rate: number) => {
      const found = this.#pools.get(rate) ?? new MaskPool(deriveSeed(this.#seed, `dropout ${rate}`), rate);
      this.#pools.set(rate, found);
      return found;
    };
    const { sizes, values } = feed(this.#model, traced, batch, known, this.#scratch, (length, rate, site) =>
      pool(rate).mask(length, this.#passes, site),
    );
    const wanted: Record<string, Value | null> = {};
    for (const [name, tensor] of Object.entries(traced.outputs)) {
      const shape = shapeIn(tensor.shape, sizes);
      const data = this.#receiver(name, shape, arrays);
      wanted[name] = data === null ? null : { type: "float32", shape, data };
    }
    const found = await program.run(values, wanted);
    if (share > 0) this.#addToRows(batch, found, share);
    const outputs = Object.entries(found)
      .filter(([name]) => name.startsWith(nameOf.output("")))
      .map(([name, { data }]) => [name.slice(nameOf.output("").length), data as Float32Array]);
    return {
      loss: Number(found[nameOf.loss]?.data[0] ?? NaN),
      outputs: Object.fromEntries(outputs) as Record<string, Float32Array>,
    };
  }

  /** The array that an output is written into; null where the runtime makes one, which the caller keeps. */
  #receiver(
    name: string,
    shape: readonly number[],
    arrays: Readonly<Record<string, Float32Array>>,
  ): Float32Array | null {
    const [ofParameter, ofInput] = [nameOf.parameterGradient(""), nameOf.inputGradient("")];
    if (name.startsWith(ofParameter)) return arrays[name.slice(ofParameter.length)]!;
    if (!name.startsWith(ofInput)) return null;
    return this.#scratch.take(
      name,
      shape.reduce((a, b) => a * b, 1),
    );
  }

  #addToRows(batch: Batch, found: Readonly<Record<string, Value>>, share: number): void {
    for (const input of Object.keys(this.#model.inputs)) {
      const gradient = found[nameOf.inputGradient(input)];
      if (gradient === undefined || !trainsInput(this.#model, input)) continue;
      tablesOf(this.#model, input).forEach(({ name }, at) => {
        const ids = (batch[input] as readonly Int32Array[])[at]!;
        this.#rowGradients.get(name)?.add(ids, gradient.data as Float32Array, share);
      });
    }
  }

  #takeGradients(): ReadonlyMap<string, ParameterGradient> {
    const found = new Map<string, ParameterGradient>();
    for (const [name, values] of Object.entries(this.#gradients ?? {})) found.set(name, { values });
    for (const [name, rows] of this.#rowGradients) {
      found.set(name, this.#model.parameters[name]!.lazy === true ? rows.takeRows() : rows.takeAll());
    }
    return found;
  }

  #discard(): void {
    for (const rows of this.#rowGradients.values()) rows.takeRows();
    this.#accumulated = 0;
  }
}

/** An array for each parameter's gradient that a graph gives: not for one that its loss does not depend on. */
function gradientArrays({ parameters }: Model, { outputs }: TracedGraph): Record<string, Float32Array> {
  const reached = Object.keys(parameters).filter((name) => nameOf.parameterGradient(name) in outputs);
  return Object.fromEntries(reached.map((name) => [name, new Float32Array(parameters[name]!.values.length)]));
}

function checkParameters(model: Model): void {
  for (const [name, { shape, values }] of Object.entries(model.parameters)) {
    const elements = shape.reduce((a, b) => a * b, 1);
    if (elements !== values.length) {
      throw new UserError({
        subject: `parameter ${name}`,
        problem: `shape [${shape.join(", ")}] has ${elements} elements, not`,
        value: values.length,
      });
    }
  }
}
