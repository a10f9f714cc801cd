/** A checkpoint with a head, compiled: what both a training and a saved model predict with. */

import { compile, type Compiled, type Result } from "../../autograd/compile.js";
import type { Batch as Arrays } from "../../autograd/model.js";
import type { Runtime } from "../../autograd/runtime.js";
import type { Transform } from "../../autograd/optimizers/transform.js";
import type { Sizes } from "../../autograd/shape.js";
import { quiet, type Effects } from "../../core/effects.js";
import { UserError } from "../../core/errors.js";
import type { Dataset } from "../../dataset/dataset.js";
import type { Embeddings } from "../../run/embeddings.js";
import { ortRuntime } from "../ort-runtime.js";
import type { Tensor } from "../safetensors/write.js";
import type { LogitsBatch } from "../trainer.js";
import { headPlan } from "./checkpoint/head.js";
import type { Checkpoint } from "./checkpoint/load.js";
import { saveCheckpoint } from "./checkpoint/save.js";
import { computeStates, FrozenInputs, stateOffsets, type FrozenPart } from "./frozen-inputs.js";
import { cachedStates, modelKey } from "./frozen-states.js";
import { choiceCounts, SubsetInputs, TokenInputs, type Inputs } from "./inputs.js";
import { saveSettings } from "./model-file.js";
import {
  encoderModel,
  lowerModel,
  upperModel,
  type ModelOutput,
  type ModelPlan,
} from "./model/encoder-model.js";
import { frozenBy, frozenDepth } from "./model/freeze.js";
import { predictLogits, predictStates } from "./predict.js";
import { tokenizeOnce } from "./tokens/tokenize-once.js";
import { longestSequence, type TokenizedDataset } from "./tokens/tokenized.js";

export interface NetworkOptions {
  readonly maxLength: number;
  readonly freeze: string;
  readonly labelSmoothing: number;
  readonly denseEmbeddings: boolean;
  /** Instead of the configuration's. */
  readonly dropout?: number | undefined;
  readonly device: "cpu" | "webgpu";
}

export interface NetworkRequest {
  readonly checkpoint: Checkpoint;
  readonly head: ReadonlyMap<string, Tensor>;
  readonly labels: readonly string[];
  readonly options: NetworkOptions;
  readonly threads: number;
  readonly optimizer?: Transform;
  readonly seed?: number;
  /** Told what of the texts the model does not read, and how far frozen layers are. Default: says nothing. */
  readonly effects?: Effects;
  readonly signal?: AbortSignal | undefined;
  /** Numbers of a dataset's states that are kept, of more none. Default: 2^28, which take 1 GiB. */
  readonly mostKept?: number;
}

/** Options of a model that is only predicted with. */
export function predictionOptions(maxLength: number): NetworkOptions {
  return { maxLength, freeze: "none", labelSmoothing: 0, denseEmbeddings: false, device: "cpu" };
}

export class EncoderNetwork {
  readonly compiled: Compiled<string, ModelOutput>;
  /** Encoder and head by our names; training changes them in place. */
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly #request: NetworkRequest;
  readonly #plan: ModelPlan;
  /** What stays as it is; null where embeddings or the first layer train. */
  readonly #frozen: (FrozenPart & { readonly depth: number }) | null;
  readonly #inputs = new Map<Dataset, Promise<Inputs>>();
  /** Datasets whose texts were spoken of. */
  readonly #told = new Set<Dataset>();
  #modelKey: Promise<string> | null = null;
  #open = true;

  private constructor(request: NetworkRequest, runtime: Runtime) {
    const { checkpoint, head, labels, options, optimizer, seed } = request;
    this.#request = request;
    this.weights = new Map([...checkpoint.parameters, ...head]);
    this.#plan = planOf(request);
    const depth = frozenDepth(options.freeze, checkpoint.config.layers);
    const trains =
      depth === 0 ? encoderModel(this.#plan, this.weights) : upperModel(this.#plan, this.weights, depth);
    this.compiled = compile(trains, runtime, {
      ...(optimizer === undefined ? {} : { optimizer }),
      ...(seed === undefined ? {} : { seed }),
    });
    const { width, layers } = checkpoint.config;
    this.#frozen =
      depth === 0
        ? null
        : {
            model: compile(lowerModel(this.#plan, this.weights, depth), runtime),
            ...{ width, depth, first: depth === layers },
          };
    if (labels.length < 2)
      throw new UserError({ subject: "labels", problem: "fewer than two", value: labels.length });
  }

  static async open(request: NetworkRequest): Promise<EncoderNetwork> {
    const { threads, options } = request;
    return new EncoderNetwork(request, await ortRuntime({ threads, device: options.device }));
  }

  /** Where the checkpoint lies. */
  get folder(): string {
    return this.#request.checkpoint.folder;
  }

  /** A batch's share of an update. @throws UserError where the loss is no finite number, with what is to blame */
  async accumulate(batch: Arrays, share: number, sizes?: Sizes): Promise<Result<ModelOutput>> {
    try {
      return await this.compiled.accumulate(batch, share, sizes);
    } catch (error) {
      // Before the first update the parameters are the checkpoint's.
      if (error instanceof UserError && this.compiled.state.count === 0) this.#checkFinite(error);
      throw error;
    }
  }

  #checkFinite(cause: UserError): void {
    for (const [name, { data }] of this.weights) {
      if (data.every(Number.isFinite)) continue;
      throw new UserError({
        subject: this.folder,
        problem: `the checkpoint's ${name} holds numbers that are not finite`,
        remedy: "take another checkpoint",
        cause,
      });
    }
  }

  /** What the model reads of a dataset. Kept, as a test set is predicted after every epoch. @throws Stopped once the signal is aborted */
  async inputsOf(dataset: Dataset): Promise<Inputs> {
    const source = await this.#sourceOf(dataset);
    const inputs = await this.#inputsOnce(source);
    return source === dataset ? inputs : new SubsetInputs(inputs, dataset.subsetOf!.rows);
  }

  /** Tokens of each example and choices, and how many numbers of states `inputsOf` will keep. */
  async sizesOf(dataset: Dataset): Promise<Pick<Inputs, "lengths" | "widths"> & { readonly kept: number }> {
    const { lengths, widths } = await this.#tokens(dataset);
    if (this.#frozen === null) return { lengths, widths, kept: 0 };
    const offsets = stateOffsets(await this.#tokens(await this.#sourceOf(dataset)), this.#frozen);
    return { lengths, widths, kept: this.#areKept(offsets) ? offsets.at(-1)! : 0 };
  }

  /** The subsets of a study share the states of the dataset that they were taken from, where these can be kept. */
  async #sourceOf(dataset: Dataset): Promise<Dataset> {
    const root = dataset.subsetOf?.dataset;
    if (root === undefined || this.#frozen === null || mostChoices(root) > this.#plan.choices) return dataset;
    return this.#areKept(stateOffsets(await this.#tokens(root), this.#frozen)) ? root : dataset;
  }

  #areKept(offsets: Float64Array): boolean {
    return offsets.at(-1)! <= (this.#request.mostKept ?? 2 ** 28);
  }

  #inputsOnce(dataset: Dataset): Promise<Inputs> {
    let inputs = this.#inputs.get(dataset);
    if (inputs === undefined) {
      inputs = this.#makeInputs(dataset);
      this.#inputs.set(dataset, inputs);
    }
    return inputs;
  }

  async *predict(dataset: Dataset): AsyncGenerator<LogitsBatch> {
    yield* predictLogits(this.compiled, await this.inputsOf(dataset), this.#request.labels.length);
  }

  /** The last state of each example's first token; of the right choice's, where there are choices. */
  async embeddings(dataset: Dataset): Promise<Embeddings> {
    const { choices, config } = this.#plan;
    const { width } = config;
    const all = await predictStates(this.compiled, await this.inputsOf(dataset), choices * width);
    if (choices === 1) return { width, values: all };
    const right = Int32Array.from(dataset.gold, (choice, row) => row * choices + choice);
    return { width, values: takeRows(all, right, width) };
  }

  /** Writes a folder that transformers loads as it is, with what loading it here needs beside. */
  async save(folder: string): Promise<void> {
    const { checkpoint, labels, options } = this.#request;
    await saveCheckpoint(folder, {
      config: checkpoint.config,
      task: checkpoint.task,
      labels,
      parameters: this.weights,
      tokenizerFrom: checkpoint.folder,
    });
    await saveSettings(folder, { task: checkpoint.task, labels: [...labels], maxLength: options.maxLength });
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.compiled.close();
    await this.#frozen?.model.close();
  }

  async #makeInputs(dataset: Dataset): Promise<Inputs> {
    const tokens = await this.#tokens(dataset);
    if (this.#frozen === null) return tokens;
    const part = this.#frozen;
    const offsets = stateOffsets(tokens, part);
    if (!this.#areKept(offsets)) return new FrozenInputs(tokens, part, null);
    const { checkpoint, options, effects = quiet, signal } = this.#request;
    const { maxLength } = options;
    const { frozen, choices } = this.#plan;
    const model = await (this.#modelKey ??= modelKey({
      checkpoint,
      frozen,
      maxLength,
      choices,
      depth: part.depth,
    }));
    const states = await cachedStates(model, dataset, offsets.at(-1)!, async () => {
      const task = effects.progress(`${dataset.name}: states of frozen layers`, dataset.size, "examples");
      try {
        return await computeStates(tokens, part, { signal, progress: (done) => task.update(done) });
      } finally {
        task.end(true);
      }
    });
    return new FrozenInputs(tokens, part, states);
  }

  /** @throws UserError where an example has more choices than the model scores */
  checkChoices(dataset: Dataset): void {
    const { choices } = this.#plan;
    const most = mostChoices(dataset);
    if (most <= choices) return;
    throw new UserError({
      subject: dataset.name,
      problem: `an example has more choices than the model was trained with, ${choices}`,
      value: most,
    });
  }

  async #tokens(dataset: Dataset): Promise<TokenInputs> {
    const { checkpoint, options, threads } = this.#request;
    const { config, choices } = this.#plan;
    this.checkChoices(dataset);
    const { folder } = checkpoint;
    const tokens = await tokenizeOnce(dataset, { folder, config, maxLength: options.maxLength, threads });
    if (!this.#told.has(dataset)) tellOfTexts(dataset, tokens, this.#request.effects ?? quiet);
    this.#told.add(dataset);
    return new TokenInputs(tokens, choiceCounts(dataset), config, choices);
  }
}

function mostChoices(dataset: Dataset): number {
  return choiceCounts(dataset)?.reduce((a, b) => Math.max(a, b), 0) ?? 1;
}

function tellOfTexts({ name, size }: Dataset, tokens: TokenizedDataset, effects: Effects): void {
  const { cut, empty } = tokens;
  const of = `of ${size.toLocaleString("en")} examples`;
  if (cut > 0)
    effects.log(`${name}: ${cut.toLocaleString("en")} ${of} cut to ${longestSequence(tokens)} tokens`);
  if (empty > 0) effects.warn(`${name}: ${empty.toLocaleString("en")} ${of} without text`);
}

function planOf({ checkpoint, labels, options }: NetworkRequest): ModelPlan {
  const { task, folder } = checkpoint;
  const { dropout } = options;
  const config =
    dropout === undefined
      ? checkpoint.config
      : {
          ...checkpoint.config,
          hiddenDropout: dropout,
          attentionDropout: dropout,
          classifierDropout: dropout,
        };
  return {
    config,
    head: headPlan(config, task, folder),
    choices: task === "choice" ? labels.length : 1,
    labelSmoothing: options.labelSmoothing,
    frozen: frozenBy(options.freeze, config.layers),
    denseEmbeddings: options.denseEmbeddings,
  };
}

function takeRows(states: Float32Array, rows: Int32Array, width: number): Float32Array {
  const taken = new Float32Array(rows.length * width);
  rows.forEach((row, at) => taken.set(states.subarray(row * width, (row + 1) * width), at * width));
  return taken;
}
