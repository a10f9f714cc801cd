/** Rows apart by label: the naive definition, and balance of many labels in time that does not grow with them. */

import fc from "fast-check";
import { expect, it } from "vitest";
import { splitByLabel } from "../../src/select/split-by-label.js";

it("gives each label what a filter would, in its order", () => {
  const gold = fc.array(fc.integer({ min: -1, max: 4 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(gold, fc.infiniteStream(fc.nat()), (labels, random) => {
      const order = Int32Array.from(labels.keys()).sort(() => ((random.next().value as number) % 3) - 1);
      const apart = splitByLabel(order, Int32Array.from(labels), 5);
      expect(apart.map((own) => [...own])).toEqual(
        Array.from({ length: 5 }, (_, label) => [...order].filter((row) => labels[row] === label)),
      );
    }),
  );
});
