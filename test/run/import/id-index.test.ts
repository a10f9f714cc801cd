import fc from "fast-check";
import { expect, it } from "vitest";
import { hashBytes, IdBatch, IdIndex } from "../../../src/run/import/id-index.js";

it("gives each id its row, one at a time and many at once, as a Map would", () => {
  const ids = fc.uniqueArray(fc.string({ minLength: 1, unit: "binary" }), { maxLength: 300 });
  fc.assert(
    fc.property(ids, ids, (known, asked) => {
      const index = IdIndex.of(known);
      expect(index.ids()).toEqual(known);
      const oracle = new Map(known.map((id, row) => [id, row]));
      const words = [...asked, ...known].map((id) => Buffer.from(id));
      const batch = new IdBatch(words.length);
      let at = 0;
      words.forEach((word, i) => {
        batch.starts[i] = at;
        batch.ends[i] = at += word.length;
      });
      const bytes = Buffer.concat(words);
      index.findAll(bytes, batch, words.length);
      const expected = [...asked, ...known].map((id) => oracle.get(id) ?? -1);
      expect([...batch.rows]).toEqual(expected);
    }),
  );
});

it("tells ids with the same hash apart", () => {
  const byHash = new Map<number, Buffer>();
  let pair: [Buffer, Buffer] | null = null;
  for (let n = 0; pair === null; n++) {
    const id = Buffer.from(String(n));
    const hash = hashBytes(id, 0, id.length);
    const other = byHash.get(hash);
    if (other) pair = [other, id];
    byHash.set(hash, id);
  }
  const [a, b] = pair;
  const index = new IdIndex();
  expect(index.add(a, 0, a.length)).toBe(true);
  expect(index.add(b, 0, b.length)).toBe(true);
  expect(index.add(b, 0, b.length)).toBe(false);
  const batch = new IdBatch(2);
  batch.ends.set([a.length, a.length + b.length]);
  batch.starts[1] = a.length;
  index.findAll(Buffer.concat([a, b]), batch, 2);
  expect([...batch.rows]).toEqual([0, 1]);
});
