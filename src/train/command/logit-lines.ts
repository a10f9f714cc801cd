/**
 * JSON lines of what a model says, `{"guid": ID, "logits": [..]}` or `"probabilities"`, in any order. A line before them,
 * `{"labels": [..]}`, names another order of the labels than the dataset's. Read strictly: every example once.
 */

import { UserError } from "../../core/errors.js";
import type { Dataset } from "../../dataset/dataset.js";
import { lineBlocks } from "../../run/import/line-blocks.js";
import { showIds } from "../../run/import/show-ids.js";
import type { LogitsBatch } from "../trainer.js";

export interface LogitLinesRequest {
  readonly dataset: Dataset;
  /** The model's labels; those of the training set. */
  readonly labelNames: readonly string[];
  /** The field that holds logits, `logits` or `logits_epoch_3`. */
  readonly field: string;
}

/** How far the sum of probabilities may be from 1. */
const sumTolerance = 1e-3;
/** The least probability that has a logarithm here: that of a 32-bit float. */
const leastProbability = 1.2e-38;

/** Reads a file whole. @throws UserError naming its line, or the examples that it lacks */
export async function readLogitLines(path: string, request: LogitLinesRequest): Promise<LogitsBatch> {
  const reader = new LogitLines(path, request);
  for await (const { bytes, length, last } of lineBlocks(path)) {
    const lines = bytes.toString("utf8", 0, length).split("\n");
    for (const [i, line] of lines.entries()) {
      const final = i === lines.length - 1;
      if (!final || last) reader.add(line, final);
    }
  }
  return reader.finish();
}

class LogitLines {
  readonly #path: string;
  readonly #request: LogitLinesRequest;
  readonly #rows: Map<string, number>;
  readonly #logits: (Float32Array | undefined)[];
  /** Index among the model's labels of each value of a line; null: as they are. */
  #order: readonly number[] | null = null;
  #line = 0;
  #seen = 0;

  constructor(path: string, request: LogitLinesRequest) {
    this.#path = path;
    this.#request = request;
    this.#rows = new Map(request.dataset.ids.map((id, row) => [id, row]));
    this.#logits = new Array<Float32Array | undefined>(request.dataset.size);
  }

  /** @param last the file ends here, without a line break */
  add(text: string, last: boolean): void {
    this.#line++;
    if (text.trim() === "") return;
    const content = this.#parse(text, last);
    const { labels } = content;
    if (labels !== undefined && this.#seen === 0 && content["guid"] === undefined) {
      this.#order = this.#orderOf(labels);
      return;
    }
    const row = this.#rowOf(content, text);
    this.#logits[row] = this.#values(content, row);
    this.#seen++;
  }

  finish(): LogitsBatch {
    const { dataset } = this.#request;
    const missing = dataset.ids.filter((_, row) => this.#logits[row] === undefined);
    if (missing.length > 0) {
      throw new UserError({
        subject: this.#path,
        problem: this.#seen === 0 ? "is empty" : `lacks ${showIds(missing)} of ${dataset.name}`,
        remedy: "the program has to write a line for every example that it is given",
      });
    }
    const widths = Int32Array.from(this.#logits, (values) => values?.length ?? 0);
    const logits = new Float32Array(widths.reduce((sum, width) => sum + width, 0));
    let at = 0;
    for (const values of this.#logits) {
      logits.set(values ?? [], at);
      at += values?.length ?? 0;
    }
    const rows = Int32Array.from({ length: dataset.size }, (_, row) => row);
    return { rows, logits, widths: dataset.input.kind === "choices" ? widths : (widths[0] ?? 0) };
  }

  #parse(text: string, last: boolean): Readonly<Record<string, unknown>> {
    let content: unknown;
    try {
      content = JSON.parse(text);
    } catch (cause) {
      const notFinite = /[[,:]\s*(NaN|-?Infinity)\b/.exec(text)?.[1];
      if (notFinite !== undefined) this.#notFinite(notFinite);
      if (last)
        this.#refuse("the last line is cut off", text.slice(-40), "the program ended before it wrote it");
      this.#refuse(
        `not JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
        undefined,
        this.#expected,
      );
    }
    if (typeof content !== "object" || content === null || Array.isArray(content))
      this.#refuse("not a JSON object", text, this.#expected);
    return content as Record<string, unknown>;
  }

  /** A number is taken as it was written: past 2^53 it would be rounded. */
  #rowOf(content: Readonly<Record<string, unknown>>, text: string): number {
    const guid = content["guid"] ?? content["id"];
    const written = typeof guid === "number" ? /"(?:guid|id)"\s*:\s*(-?\d+)\s*[,}]/.exec(text)?.[1] : guid;
    if (typeof written !== "string") this.#refuse('has no "guid"', text, this.#expected);
    const row = this.#rows.get(written);
    if (row === undefined) {
      this.#refuse(
        `an example that ${this.#request.dataset.name} does not have`,
        written,
        "write the guids of the file that the program was given",
      );
    }
    if (this.#logits[row] !== undefined) this.#refuse("an example stands twice", written, "write it once");
    return row;
  }

  #values(content: Readonly<Record<string, unknown>>, row: number): Float32Array {
    const { field, labelNames, dataset } = this.#request;
    const probabilities = content[field] === undefined ? content["probabilities"] : undefined;
    const given = content[field] ?? probabilities;
    const name = probabilities === undefined ? field : "probabilities";
    if (!Array.isArray(given))
      this.#refuse(`has no list "${field}" or "probabilities"`, undefined, this.#expected);
    const { input } = dataset;
    const width = input.kind === "choices" ? (input.choices[row]?.length ?? 0) : labelNames.length;
    if (given.length !== width) {
      const wanted =
        input.kind === "choices" ? `the example has ${width} choices` : `there are ${width} labels`;
      this.#refuse(
        `${given.length} ${name === "probabilities" ? "probabilities" : "logits"}, and ${wanted}`,
        `[${given.join(", ")}]`,
        input.kind === "choices" ? undefined : `write one for each of ${labelNames.slice(0, 8).join(", ")}`,
      );
    }
    const numbers = given.map((value: unknown) => {
      if (value === null) this.#notFinite("null");
      if (typeof value !== "number") this.#refuse(`"${name}" holds something else than numbers`, value);
      if (!Number.isFinite(Math.fround(value))) this.#notFinite(String(value));
      return value;
    });
    const values = probabilities === undefined ? numbers : this.#logarithms(numbers);
    const placed = new Float32Array(width);
    values.forEach((value, k) => (placed[this.#order?.[k] ?? k] = value));
    return placed;
  }

  #logarithms(probabilities: readonly number[]): number[] {
    const sum = probabilities.reduce((total, value) => total + value, 0);
    if (Math.abs(sum - 1) > sumTolerance || probabilities.some((value) => value < 0)) {
      this.#refuse(
        "the probabilities do not sum to 1",
        `[${probabilities.join(", ")}]`,
        "write logits as logits",
      );
    }
    return probabilities.map((value) => Math.log(Math.max(value, leastProbability)));
  }

  #orderOf(labels: unknown): readonly number[] {
    const { labelNames } = this.#request;
    const order = Array.isArray(labels) ? labels.map((label) => labelNames.indexOf(String(label))) : [];
    const complete = order.length === labelNames.length && new Set(order).size === order.length;
    if (!complete || order.includes(-1)) {
      this.#refuse(
        "the labels are not the training set's",
        JSON.stringify(labels),
        `name each of ${labelNames.slice(0, 8).join(", ")} once`,
      );
    }
    return order;
  }

  get #expected(): string {
    return `expected {"guid": ..., "${this.#request.field}": [...]}`;
  }

  #notFinite(value: string): never {
    this.#refuse("a value is not finite", value, "the training diverged: lower the learning rate");
  }

  #refuse(problem: string, value?: unknown, remedy?: string): never {
    throw new UserError({ subject: `${this.#path}, line ${this.#line}`, problem, value, remedy });
  }
}
