/**
 * Where a tokenizer puts its special tokens, read off `tokenizer.json`'s post-processor. A template is a list of pieces: a special
 * token, or one of the texts, each with its token type. (Truncation stands between texts and template, so that the tokenizer library's own
 * post-processing, which does both texts and template at once, does not serve.)
 */

import { z } from "zod";

export interface Piece {
  /** A special token's id, or which text stands here. */
  readonly token: number | "first" | "second";
  readonly type: number;
}

export interface SpecialTokens {
  readonly single: readonly Piece[];
  readonly pair: readonly Piece[];
}

const specialItem = z.object({ SpecialToken: z.object({ id: z.string(), type_id: z.int().default(0) }) });
const sequenceItem = z.object({
  Sequence: z.object({ id: z.enum(["A", "B"]), type_id: z.int().default(0) }),
});
const items = z.array(z.union([specialItem, sequenceItem]));

const templateSchema = z.object({
  type: z.literal("TemplateProcessing"),
  single: items,
  pair: items,
  special_tokens: z.record(z.string(), z.object({ ids: z.array(z.int()) })),
});
const token = z.tuple([z.string(), z.int()]);
const bertSchema = z.object({
  type: z.enum(["BertProcessing", "RobertaProcessing"]),
  cls: token,
  sep: token,
});
const sequenceSchema = z.object({ type: z.literal("Sequence"), processors: z.array(z.unknown()) });

/** @returns null where the post-processor is of a kind that adds no tokens, or is none */
export function specialTokens(postProcessor: unknown): SpecialTokens | null {
  const sequence = sequenceSchema.safeParse(postProcessor);
  if (sequence.success) {
    for (const part of sequence.data.processors) {
      const found = specialTokens(part);
      if (found !== null) return found;
    }
    return null;
  }
  const bert = bertSchema.safeParse(postProcessor);
  if (bert.success) return bertTokens(bert.data);
  const template = templateSchema.safeParse(postProcessor);
  if (!template.success) return null;
  const { single, pair, special_tokens: ids } = template.data;
  const pieces = (list: z.infer<typeof items>): Piece[] =>
    list.flatMap((item): Piece[] => {
      if ("Sequence" in item) {
        return [{ token: item.Sequence.id === "A" ? "first" : "second", type: item.Sequence.type_id }];
      }
      const { id, type_id: type } = item.SpecialToken;
      return (ids[id]?.ids ?? []).map((special) => ({ token: special, type }));
    });
  return { single: pieces(single), pair: pieces(pair) };
}

/** `[CLS] a [SEP] b [SEP]` with types 0 and 1, and `<s> a </s></s> b </s>` with type 0 throughout. */
function bertTokens({ type, cls, sep }: z.infer<typeof bertSchema>): SpecialTokens {
  const roberta = type === "RobertaProcessing";
  const second = roberta ? 0 : 1;
  const start: Piece = { token: cls[1], type: 0 };
  const end: Piece = { token: sep[1], type: 0 };
  const single: Piece[] = [start, { token: "first", type: 0 }, end];
  return {
    single,
    pair: [
      ...single,
      ...(roberta ? [end] : []),
      { token: "second", type: second },
      { token: sep[1], type: second },
    ],
  };
}
