/**
 * A checkpoint's tokenizer: text into ids, cut to length, special tokens around. Words are split and looked up by @huggingface/tokenizers as
 * `tokenizer.json` says; that file's own truncation and padding are ignored, since both are the trainer's decisions.
 */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../../core/errors.js";
import type { EncoderConfig } from "../checkpoint/config.js";
import { makeTokenizer, type LibraryTokenizer } from "./library.js";
import { specialTokens, type Piece, type SpecialTokens } from "./special-tokens.js";
import { longestFirst } from "./truncate.js";

/** One sequence as the model reads it. */
export interface EncodedText {
  readonly ids: Int32Array;
  /** Token types; all 0 where the tokenizer makes no difference. */
  readonly types: Int32Array;
  /** Whether anything was cut. */
  readonly cut: boolean;
}

export interface EncoderTokenizer {
  /** The most tokens of a sequence, special ones included. */
  readonly maxLength: number;
  /**
   * @param pair a second text, an empty one too. Default: none
   * @returns at most `maxLength` tokens; tokens are taken from the end of the longer text
   */
  encode(text: string, pair?: string): EncodedText;
  /** @throws UserError where there is no room for two texts */
  checkPairs(): void;
}

/** What must be there; the library reads the rest. */
const fileSchema = z.object({
  model: z.record(z.string(), z.unknown()),
  post_processor: z.unknown(),
});

/**
 * Reads `tokenizer.json` (and `tokenizer_config.json`, where there is one).
 *
 * @param maxLength tokens of a sequence. Default: as many as the model has positions, which is the most
 * @throws UserError where the file is missing, damaged, or does not fit the model's vocabulary
 */
export async function loadTokenizer(
  folder: string,
  config: EncoderConfig,
  maxLength: number = config.positions,
): Promise<EncoderTokenizer> {
  const path = join(folder, "tokenizer.json");
  const json = await readJson(path, folder);
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) throw damaged(path, "not a tokenizer");
  const tokenizer = await readTokenizer(json, folder, path);
  const special = specialTokens(parsed.data.post_processor);
  if (special === null) {
    throw damaged(path, "its post-processor adds no special tokens, which the model reads the text by");
  }
  checkVocabulary(tokenizer, special, config, path);
  return new FileTokenizer(tokenizer, typed(special, config), Math.min(maxLength, config.positions), path);
}

/** RoBERTa's kin were trained without a difference of types, whatever the template says; DistilBERT has none. */
function typed(special: SpecialTokens, { family, tokenTypes }: EncoderConfig): SpecialTokens {
  if (tokenTypes > 1 && family !== "roberta" && family !== "xlm-roberta") return special;
  const zeros = (pieces: readonly Piece[]): Piece[] => pieces.map(({ token }) => ({ token, type: 0 }));
  return { single: zeros(special.single), pair: zeros(special.pair) };
}

class FileTokenizer implements EncoderTokenizer {
  readonly maxLength: number;
  readonly #tokenizer: LibraryTokenizer;
  readonly #special: SpecialTokens;
  readonly #path: string;

  constructor(tokenizer: LibraryTokenizer, special: SpecialTokens, maxLength: number, path: string) {
    this.#tokenizer = tokenizer;
    this.#special = special;
    this.#path = path;
    this.maxLength = maxLength;
    this.#roomIn(special.single, 1);
  }

  checkPairs(): void {
    this.#roomIn(this.#special.pair, 2);
  }

  /** Tokens that texts may have. @throws UserError where there is not one for each */
  #roomIn(pieces: readonly Piece[], texts: number): number {
    const special = pieces.length - texts;
    const room = this.maxLength - special;
    if (room >= texts) return room;
    throw new UserError({
      subject: "--max-length",
      problem: `leaves no room for ${texts === 1 ? "a text" : "two texts"} beside the ${special} special tokens of ${this.#path}`,
      value: this.maxLength,
      remedy: `give at least ${special + texts}`,
    });
  }

  encode(text: string, pair?: string): EncodedText {
    const first = this.#ids(text);
    const second = pair === undefined ? null : this.#ids(pair);
    const pieces = second === null ? this.#special.single : this.#special.pair;
    const room = this.#roomIn(pieces, second === null ? 1 : 2);
    const [a, b] =
      second === null ? [Math.min(first.length, room), 0] : longestFirst(first.length, second.length, room);
    return assemble(pieces, first, a, second ?? [], b);
  }

  #ids(text: string): number[] {
    if (text === "") return [];
    try {
      const { ids } = this.#tokenizer.encode(text, { add_special_tokens: false });
      // A model without an unknown token skips what it does not know.
      return ids.filter((id): id is number => id !== undefined);
    } catch (error) {
      // The library hands the tokens of a word on as arguments: of a word of a hundred thousand letters they are too many.
      if (!(error instanceof RangeError) || text.length <= partLetters) throw error;
      return partsOf(text).flatMap((part) => this.#ids(part));
    }
  }
}

/** UTF-16 units. Their tokens are more than a model reads: what a cut changes at its place is not seen. */
const partLetters = 10_000;

/** Parts of a text that are together the text; none begins within a character. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  for (let from = 0; from < text.length;) {
    const to = from + partLetters;
    const end = /[\udc00-\udfff]/.test(text[to] ?? "") ? to - 1 : to;
    parts.push(text.slice(from, end));
    from = end;
  }
  return parts;
}

function assemble(
  pieces: readonly Piece[],
  first: readonly number[],
  a: number,
  second: readonly number[],
  b: number,
): EncodedText {
  const texts = pieces.filter(({ token }) => typeof token !== "number").length;
  const length = pieces.length - texts + a + b;
  const ids = new Int32Array(length);
  const types = new Int32Array(length);
  let at = 0;
  for (const { token, type } of pieces) {
    if (typeof token === "number") {
      ids[at] = token;
      types[at++] = type;
      continue;
    }
    const [text, kept] = token === "first" ? [first, a] : [second, b];
    for (let i = 0; i < kept; i++, at++) {
      ids[at] = text[i]!;
      types[at] = type;
    }
  }
  return { ids, types, cut: a < first.length || b < second.length };
}

async function readTokenizer(json: unknown, folder: string, path: string): Promise<LibraryTokenizer> {
  const configPath = join(folder, "tokenizer_config.json");
  const text = await readFile(configPath, "utf8").catch(() => "{}");
  const config = parseJson(text, configPath);
  try {
    return makeTokenizer(json, config);
  } catch (cause) {
    throw damaged(path, "the tokenizer is of a kind that cannot be read here", cause);
  }
}

function checkVocabulary(
  tokenizer: LibraryTokenizer,
  { single, pair }: SpecialTokens,
  { vocabulary }: EncoderConfig,
  path: string,
): void {
  let largest = -1;
  let word = "";
  for (const [content, id] of tokenizer.get_vocab(true)) {
    if (id > largest) [largest, word] = [id, content];
  }
  for (const { token } of [...single, ...pair]) {
    if (typeof token !== "number") continue;
    if (tokenizer.id_to_token(token) === undefined) {
      throw damaged(path, `the special token ${token} is not in its vocabulary`);
    }
  }
  if (largest < vocabulary) return;
  throw new UserError({
    subject: path,
    problem: `the tokenizer does not fit the model: its token ${JSON.stringify(word)} has the number ${largest}, but config.json's vocab_size is ${vocabulary}`,
    remedy: "take tokenizer and model from one checkpoint",
  });
}

async function readJson(path: string, folder: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new UserError({
      subject: folder,
      problem: "the checkpoint has no tokenizer.json that can be read",
      remedy:
        "save it with transformers' AutoTokenizer.from_pretrained(...).save_pretrained(...), which writes one",
      cause,
    });
  });
  return parseJson(text, path);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw damaged(path, "not JSON", cause);
  }
}

function damaged(path: string, problem: string, cause?: unknown): UserError {
  return new UserError({ subject: path, problem, remedy: "fetch the checkpoint again", cause });
}
