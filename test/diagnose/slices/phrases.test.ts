/** N-grams by the definition: which examples contain them. */

import fc from "fast-check";
import { expect, it } from "vitest";
import { findPhrases } from "../../../src/diagnose/slices/phrases.js";
import { indexWords } from "../../../src/diagnose/slices/word-index.js";

const text = fc
  .array(fc.constantFrom("a", "b", "c", "?", "it's"), { maxLength: 8 })
  .map((words) => words.join(" "));

it("every n-gram that is in enough examples, once, with exactly these examples; none across segments", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(text, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 2 }),
      (examples, least, from, more) => {
        // Rows need not be all, nor from 0.
        const rows = Int32Array.from(examples, (_, i) => 2 * i + 1);
        const index = indexWords(rows, (row) => examples[(row - 1) / 2]!);
        const found = [...findPhrases(index, rows, { from, to: from + more, least })];
        const expected = new Map<string, number[]>();
        examples.forEach((segments, i) => {
          const own = new Set<string>();
          for (const segment of segments) {
            const words = segment.split(" ").filter((word) => word !== "");
            for (let length = from; length <= from + more; length++)
              for (let start = 0; start + length <= words.length; start++)
                own.add(words.slice(start, start + length).join(" "));
          }
          for (const gram of own) expected.set(gram, [...(expected.get(gram) ?? []), 2 * i + 1]);
        });
        const frequent = [...expected].filter(([, of]) => of.length >= least);
        expect(new Map(found.map((phrase) => [phrase.text, [...phrase.rows]]))).toEqual(new Map(frequent));
        expect(found.length).toBe(frequent.length);
        expect(found.every((phrase) => phrase.text.split(" ").length === phrase.length)).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
