import fc from "fast-check";
import { expect, it } from "vitest";
import { textAt, TextPacker } from "../../../src/run/packed-texts.js";
import { hashBytes, IdIndex } from "../../../src/run/import/id-index.js";

it("packs texts and gives them back", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "grapheme" })), fc.nat(50), (texts, expected) => {
      const packed = new TextPacker(expected);
      for (const text of texts) {
        const bytes = Buffer.from(`<${text}>`);
        packed.add(bytes, 1, bytes.length - 1);
      }
      expect(texts.map((_, i) => textAt(packed, i))).toEqual(texts);
      expect(packed).toHaveLength(texts.length);
    }),
  );
});

it("gives each id its row, as a Map would, among ids of several batches", () => {
  const ids = fc.uniqueArray(fc.string({ minLength: 1, unit: "binary" }), { maxLength: 100 });
  const many = Array.from({ length: 4100 }, (_, n) => `many-${n}`);
  fc.assert(
    fc.property(ids, ids, fc.boolean(), (some, others, filled) => {
      const known = filled ? [...some, ...many] : some;
      const index = IdIndex.ofTexts(known);
      expect(known.map((_, row) => index.id(row))).toEqual(known);
      const oracle = new Map(known.map((id, row) => [id, row]));
      const asked = [...others, ...known.toReversed()];
      expect([...index.rowsOf(TextPacker.of(asked))]).toEqual(asked.map((id) => oracle.get(id) ?? -1));
    }),
    { numRuns: 10 },
  );
});

it("tells ids with the same hash apart, and says which stands twice", () => {
  const byHash = new Map<number, string>();
  let pair: [string, string] | null = null;
  for (let n = 0; pair === null; n++) {
    const id = String(n);
    const hash = hashBytes(Buffer.from(id), 0, id.length);
    const other = byHash.get(hash);
    if (other !== undefined) pair = [other, id];
    byHash.set(hash, id);
  }
  const [a, b] = pair;
  const index = IdIndex.ofTexts([a, b]);
  expect([...index.rowsOf(TextPacker.of([b, a, "none"]))]).toEqual([1, 0, -1]);
  expect([...IdIndex.ofTexts([a]).rowsOf(TextPacker.of([b]))]).toEqual([-1]);
  const twice = (row: number): never => {
    throw new Error(`row ${row}`);
  };
  expect(() => IdIndex.of(TextPacker.of([a, b, "c", b]), twice)).toThrow("row 3");
});
