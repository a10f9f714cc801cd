/**
 * Lines of the reference's dynamics, `{"guid": ID, "logits_epoch_<e>": [..], "gold": G}`. The layout that the reference
 * writes is read from its bytes; a line that is anything else goes through `JSON.parse`, which also finds what is wrong.
 */

import { UserError } from "../../core/errors.js";
import { NumberBytes } from "./number-bytes.js";

/** What all lines of all epochs have in common. */
export interface Shape {
  /** How many logits; with `ragged`, the most. */
  readonly width: number;
  /** Whether lines may have fewer, at least two: multiple choice. */
  readonly ragged?: boolean | undefined;
  /** Whether guids are numbers. */
  readonly numericIds: boolean;
}

/** One line, in fields that the next line reuses. */
export class DynamicsLine {
  /** The guid as UTF-8, a number as it was written. */
  idBytes: Uint8Array = new Uint8Array();
  idStart = 0;
  idEnd = 0;
  gold = 0;
  logits = new Float32Array(2);
  /** How many of `logits` are this line's. */
  width = 0;
  /** Number of the line, from 1. */
  number = 0;

  readonly #file: string;
  readonly #key: string;
  readonly #keyBytes: Uint8Array;
  readonly #numbers = new NumberBytes();
  #shape: Shape | null;

  /**
   * @param file for messages
   * @param shape what lines have to be like. null: as the first one is
   */
  constructor(file: string, epoch: number, shape: Shape | null) {
    this.#file = file;
    this.#key = `logits_epoch_${epoch}`;
    this.#keyBytes = Buffer.from(`"${this.#key}":`);
    this.#shape = shape;
    if (!shape) return;
    this.logits = new Float32Array(shape.width);
    this.width = shape.width;
  }

  /** What the lines are like, once one was read. */
  get shape(): Shape | null {
    return this.#shape;
  }

  /**
   * Reads the line at `start`. Blank lines leave `idEnd` at -1.
   *
   * @param end end of the whole lines in `bytes`
   * @returns where the next line starts
   */
  read(bytes: Buffer, start: number, end: number): number {
    this.number++;
    const fast = this.#shape === null || this.#shape.ragged ? -1 : this.#readFast(bytes, start, this.#shape);
    if (fast >= 0 && fast <= end) return fast;
    const found = bytes.indexOf(10, start);
    const stop = found < 0 || found > end ? end : found;
    this.#readSlow(bytes.toString("utf8", start, stop), stop === end);
    return stop + 1;
  }

  /** @returns where the next line starts; -1 where the line is not of the expected layout. */
  #readFast(bytes: Buffer, start: number, shape: Shape): number {
    // {"guid":
    if (bytes[start] !== 123 || bytes[start + 1] !== 34 || bytes[start + 2] !== 103) return -1;
    if (bytes[start + 3] !== 117 || bytes[start + 4] !== 105 || bytes[start + 5] !== 100) return -1;
    if (bytes[start + 6] !== 34 || bytes[start + 7] !== 58) return -1;
    let at = bytes[start + 8] === 32 ? start + 9 : start + 8;
    let from = at;
    if (shape.numericIds) {
      if (bytes[at] === 45) at++;
      const first = at;
      while ((bytes[at] as number) >= 48 && (bytes[at] as number) <= 57) at++;
      // JSON has no leading zeros.
      if (at === first || (bytes[first] === 48 && (at > first + 1 || first > from))) return -1;
      this.idEnd = at;
    } else {
      if (bytes[at] !== 34) return -1;
      from = ++at;
      while (bytes[at] !== 34) {
        if (bytes[at] === 92 || (bytes[at] as number) < 32) return -1;
        at++;
      }
      if (at === from) return -1;
      this.idEnd = at++;
    }
    this.idBytes = bytes;
    this.idStart = from;
    if (bytes[at++] !== 44) return -1;
    if (bytes[at] === 32) at++;
    const key = this.#keyBytes;
    for (let k = 0; k < key.length; k++) if (bytes[at + k] !== key[k]) return -1;
    at += key.length;
    if (bytes[at] === 32) at++;
    if (bytes[at++] !== 91) return -1;
    const { logits } = this;
    const numbers = this.#numbers;
    for (let k = 0; k < shape.width; k++) {
      if (k > 0) {
        if (bytes[at++] !== 44) return -1;
        if (bytes[at] === 32) at++;
      }
      logits[k] = numbers.read(bytes, at);
      const value = logits[k] as number;
      if (value - value !== 0) return -1;
      at = numbers.end;
    }
    if (bytes[at++] !== 93 || bytes[at++] !== 44) return -1;
    if (bytes[at] === 32) at++;
    // "gold":
    if (bytes[at] !== 34 || bytes[at + 1] !== 103 || bytes[at + 2] !== 111 || bytes[at + 3] !== 108)
      return -1;
    if (bytes[at + 4] !== 100 || bytes[at + 5] !== 34 || bytes[at + 6] !== 58) return -1;
    at += bytes[at + 7] === 32 ? 8 : 7;
    let gold = 0;
    const goldStart = at;
    while ((bytes[at] as number) >= 48 && (bytes[at] as number) <= 57 && at - goldStart < 8) {
      gold = 10 * gold + (bytes[at++] as number) - 48;
    }
    if (at === goldStart || gold >= shape.width || bytes[at++] !== 125) return -1;
    if (bytes[at] === 13) at++;
    if (bytes[at++] !== 10) return -1;
    this.gold = gold;
    return at;
  }

  #readSlow(text: string, last: boolean): void {
    this.idEnd = -1;
    if (text.trim() === "") return;
    let content: unknown;
    try {
      content = JSON.parse(this.number === 1 ? text.replace(/^\uFEFF/, "") : text);
    } catch (cause) {
      const notFinite = /[[,:]\s*(NaN|-?Infinity)\b/.exec(text)?.[1];
      if (notFinite) this.#notFinite(notFinite);
      if (last)
        this.#refuse(
          "the last line is cut off",
          text.slice(-40),
          "copy the file again, or log that epoch again",
        );
      this.#refuse(
        `not JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
        undefined,
        expected(this.#key),
      );
    }
    if (typeof content !== "object" || content === null || Array.isArray(content)) {
      this.#refuse("not a JSON object", text, expected(this.#key));
    }
    const record = content as Record<string, unknown>;
    const numericIds = this.#readId(record["guid"], text, record);
    const width = this.#readLogits(record);
    this.#readGold(record, width);
    this.#shape ??= { width, numericIds };
  }

  /** @returns whether it is a number */
  #readId(guid: unknown, text: string, record: Record<string, unknown>): boolean {
    if (guid === undefined) {
      this.#refuse(
        `has no "guid", but ${Object.keys(record).slice(0, 8).join(", ") || "nothing"}`,
        undefined,
        expected(this.#key),
      );
    }
    const numeric = typeof guid === "number";
    if ((!numeric && typeof guid !== "string") || guid === "") {
      this.#refuse("the guid is not a text or a whole number", JSON.stringify(guid));
    }
    // JSON.parse rounds past 2^53: the digits are taken as they stand.
    const written = numeric ? (/"guid"\s*:\s*(-?\d+)\s*[,}]/.exec(text)?.[1] ?? null) : guid;
    if (written === null || (numeric && Number(written) !== guid)) {
      this.#refuse("the guid is a number, but not a whole one", String(guid), "write ids as text");
    }
    if (this.#shape && this.#shape.numericIds !== numeric) {
      const kinds = ["a text", "a number"] as const;
      this.#refuse(
        `the guid is ${kinds[numeric ? 1 : 0]} here and ${kinds[numeric ? 0 : 1]} before`,
        written,
        "write all ids in one way",
      );
    }
    this.idBytes = Buffer.from(written);
    this.idStart = 0;
    this.idEnd = this.idBytes.length;
    return numeric;
  }

  /** @returns how many */
  #readLogits(record: Record<string, unknown>): number {
    const logits = record[this.#key];
    if (logits === undefined) {
      const other = Object.keys(record).find((key) => key.startsWith("logits"));
      this.#refuse(
        other === undefined ? `has no "${this.#key}"` : `has "${other}" instead of "${this.#key}"`,
        undefined,
        other === undefined
          ? expected(this.#key)
          : "the file's name and its lines must speak of the same epoch",
      );
    }
    if (!Array.isArray(logits))
      this.#refuse(`"${this.#key}" is not a list of numbers`, JSON.stringify(logits));
    const values = logits as unknown[];
    const width = this.#shape?.width ?? values.length;
    if (this.#shape?.ragged) return this.#takeLogits(values, this.#raggedWidth(values, width));
    if (values.length !== width) {
      this.#refuse(
        `${values.length} logits, where all lines before have ${width}`,
        `[${values.join(", ")}]`,
        "log all labels' logits; of multiple choice, give the examples with --data and --choices",
      );
    }
    return this.#takeLogits(values, width);
  }

  #raggedWidth(values: readonly unknown[], most: number): number {
    if (values.length > most)
      this.#refuse(`${values.length} logits, where no example has more than ${most} choices`);
    return values.length;
  }

  #takeLogits(values: readonly unknown[], width: number): number {
    if (width < 2) this.#refuse("at least two logits are needed", `[${values.join(", ")}]`);
    if (this.logits.length < width) this.logits = new Float32Array(width);
    values.forEach((value, k) => {
      if (value === null) this.#notFinite("null");
      if (typeof value !== "number") this.#refuse("a logit is not a number", JSON.stringify(value));
      this.logits[k] = value;
      if (!Number.isFinite(this.logits[k])) this.#notFinite(String(value));
    });
    this.width = width;
    return width;
  }

  #readGold(record: Record<string, unknown>, width: number): void {
    const gold = record["gold"];
    if (gold === undefined) this.#refuse('has no "gold"', undefined, expected(this.#key));
    if (typeof gold !== "number" || !Number.isInteger(gold)) {
      this.#refuse(
        "gold is not the number of a label",
        JSON.stringify(gold),
        "write the gold label's index, from 0",
      );
    }
    if (gold < 0 || gold >= width) {
      this.#refuse(`the gold label is outside the ${width} logits`, gold, "gold counts from 0");
    }
    this.gold = gold;
  }

  #notFinite(value: string): never {
    this.#refuse(
      "a logit is not finite",
      value,
      "training diverged: leave out the epochs from here on, or train again",
    );
  }

  #refuse(problem: string, value?: unknown, remedy?: string): never {
    throw new UserError({ subject: `${this.#file}, line ${this.number}`, problem, value, remedy });
  }
}

function expected(key: string): string {
  return `expected {"guid": ..., "${key}": [...], "gold": ...}`;
}
