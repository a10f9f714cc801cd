/** The parts of a selection, each by itself: laws that hold for any numbers. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { balancedCounts, evenly, interleave } from "../../src/select/balance.js";
import { takeBothEnds } from "../../src/select/both-ends.js";
import { spreadOverClusters } from "../../src/select/diverse.js";
import { atLeastPerLabel } from "../../src/select/min-per-label.js";
import { partsByLabel, planParts } from "../../src/select/mix.js";
import { quota, shareOf } from "../../src/select/quota.js";
import { hashOrder, tieAt } from "../../src/select/ties.js";

const sum = (values: Iterable<number>): number => [...values].reduce((total, one) => total + one, 0);

describe("how many", () => {
  it("a share is rounded down, but not by the rounding of a product", () => {
    expect(shareOf(0.1, 30)).toBe(3);
    expect(shareOf(0.7, 90)).toBe(63);
    expect(shareOf(0.29, 100)).toBe(29);
    expect(shareOf(1 / 3, 10)).toBe(3);
    expect(quota({ fraction: 0.3319 }, 40398)).toBe(13408);
    expect(quota({ fraction: 1 }, 7)).toBe(7);
    expect(quota({ count: 7 }, 7)).toBe(7);
  });

  it.each([
    [{}, /give one of --fraction and --count/],
    [{ fraction: 0.5, count: 3 }, /--count: cannot be combined with --fraction/],
    [{ fraction: 0 }, /--fraction: out of range, 0/],
    [{ fraction: 1.5 }, /--fraction: out of range, 1.5/],
    [{ fraction: NaN }, /--fraction: out of range/],
    [{ fraction: 0.01 }, /takes none of 10 examples, 0.01; give 0.1 or more/],
    [{ count: 11 }, /--count: there are only 10 examples, 11/],
    [{ count: 1.5 }, /not a whole number/],
    [{ count: 0 }, /not a whole number above 0/],
  ])("%j is refused", (given, message) => {
    expect(() => quota(given, 10)).toThrow(message);
  });
});

describe("balance", () => {
  const available = fc.array(fc.nat(30), { minLength: 1, maxLength: 8 }).map((list) => Int32Array.from(list));

  it("takes all that it can, never more than there is, and nowhere less where a label still has some", () => {
    fc.assert(
      fc.property(available, fc.nat(200), (there, count) => {
        const taken = evenly(there, count);
        expect(sum(taken)).toBe(Math.min(count, sum(there)));
        taken.forEach((one, label) => expect(one).toBeLessThanOrEqual(there[label] ?? 0));
        const open = [...taken].filter((one, label) => one < (there[label] ?? 0));
        if (open.length > 0) {
          expect(Math.max(...taken) - Math.min(...open)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it("rounds down to as many of each label; a small label gives all, the others share what it lacks", () => {
    expect([...balancedCounts(Int32Array.of(50, 50, 50), 100)]).toEqual([33, 33, 33]);
    expect([...balancedCounts(Int32Array.of(50, 3, 50), 60)]).toEqual([29, 3, 28]);
    expect([...balancedCounts(Int32Array.of(50, 0, 50), 60)]).toEqual([30, 0, 30]);
    expect(() => balancedCounts(Int32Array.of(5, 5, 5), 2)).toThrow(/more labels \(3\) than examples/);
  });

  it("puts lists together in turns", () => {
    expect([...interleave([Int32Array.of(1, 2, 3), Int32Array.of(7), Int32Array.of(8, 9)])]).toEqual([
      1, 7, 8, 2, 9, 3,
    ]);
  });
});

describe("mix", () => {
  const base = { by: "ambiguous" };

  it("gives each part floor(share x n) and the base the rest", () => {
    const parts = planParts(
      base,
      [
        { by: "easy", share: 0.1 },
        { by: "random", share: 0.25 },
      ],
      99,
    );
    expect(parts.map(({ choice, count }) => [choice.by, count])).toEqual([
      ["ambiguous", 66],
      ["easy", 9],
      ["random", 24],
    ]);
    expect(planParts(base, [{ by: "easy", share: 1 }], 10).map(({ choice }) => choice.by)).toEqual(["easy"]);
  });

  it("refuses shares out of range and above 1 in all", () => {
    expect(() => planParts(base, [{ by: "easy", share: 0 }], 10)).toThrow(/easy=0/);
    expect(() => planParts(base, [{ by: "easy", share: 1.2 }], 10)).toThrow(/easy=1.2/);
    expect(() =>
      planParts(
        base,
        [
          { by: "easy", share: 0.6 },
          { by: "hard", share: 0.6 },
        ],
        10,
      ),
    ).toThrow(/the shares together exceed 1/);
  });

  it("by label, parts and labels both come out whole", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.double({ min: 0.01, max: 0.3, noNaN: true }), { maxLength: 3 }),
        (counts, shares) => {
          const labels = Int32Array.from(counts);
          const parts = planParts(
            base,
            shares.map((share) => ({ by: "easy", share })),
            sum(labels),
          );
          const byLabel = partsByLabel(parts, labels);
          byLabel.forEach((list, i) => expect(sum(list)).toBe(parts[i]?.count));
          labels.forEach((count, label) => expect(sum(byLabel.map((list) => list[label] ?? 0))).toBe(count));
          byLabel.forEach((list) => list.forEach((one) => expect(one).toBeGreaterThanOrEqual(0)));
        },
      ),
    );
  });
});

describe("order", () => {
  it("equals stand in an order of their own, whatever that of the rows, another for another seed", () => {
    const ids = Array.from({ length: 50 }, (_, i) => `example ${i}`);
    const rows = Int32Array.from(ids.keys());
    const first = Array.from(hashOrder(ids, rows, 1), (row) => ids[row]);
    const reversed = [...ids].reverse();
    expect(Array.from(hashOrder(reversed, rows, 1), (row) => reversed[row])).toEqual(first);
    expect(Array.from(hashOrder(ids, rows, 2), (row) => ids[row])).not.toEqual(first);
  });

  it("a tie at the cut is told with its size, none where the cut is between values", () => {
    const scores = Float64Array.of(5, 4, 4, 4, 1);
    const ordered = Int32Array.of(0, 1, 2, 3, 4);
    expect(tieAt(ordered, scores, 2)).toEqual({ score: 4, sharing: 3, taken: 1 });
    expect(tieAt(ordered, scores, 3)).toEqual({ score: 4, sharing: 3, taken: 2 });
    expect([1, 4, 5, 0].map((cut) => tieAt(ordered, scores, cut))).toEqual([null, null, null, null]);
    expect(tieAt(ordered, new Float64Array(5).fill(Infinity), 2)).toEqual({
      score: Infinity,
      sharing: 5,
      taken: 2,
    });
  });

  it("both ends: the beginning in its order, then the end, its last first", () => {
    const ordered = Int32Array.from({ length: 20 }, (_, i) => i);
    expect([...takeBothEnds(ordered, 10, 0.7)]).toEqual([0, 1, 2, 3, 4, 5, 6, 19, 18, 17]);
  });

  it("spread over clusters, every beginning is even over those that last, and each cluster keeps the ranking", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4), { minLength: 1, maxLength: 60 }), (list) => {
        const clusters = Int32Array.from(list);
        const ordered = Int32Array.from(list.keys());
        const spread = spreadOverClusters(ordered, clusters);
        expect([...spread].sort((a, b) => a - b)).toEqual([...ordered]);
        for (let cut = 1; cut <= spread.length; cut++) {
          const counts = new Map<number, number>();
          for (const row of spread.slice(0, cut)) {
            counts.set(list[row] ?? 0, (counts.get(list[row] ?? 0) ?? 0) + 1);
          }
          const lasting = [...new Set(list)].filter(
            (cluster) => (counts.get(cluster) ?? 0) < list.filter((one) => one === cluster).length,
          );
          for (const cluster of lasting) {
            expect(Math.max(...counts.values()) - (counts.get(cluster) ?? 0)).toBeLessThanOrEqual(1);
          }
        }
        for (const cluster of new Set(list)) {
          const own = [...spread].filter((row) => list[row] === cluster);
          expect(own).toEqual([...own].sort((a, b) => a - b));
        }
      }),
    );
  });
});

describe("minimum per label", () => {
  const gold = Int32Array.of(0, 0, 0, 0, 1, 1, 2);
  const more = async (label: number, taken: ReadonlySet<number>, count: number): Promise<Int32Array> =>
    Int32Array.from([...gold.keys()].filter((row) => gold[row] === label && !taken.has(row)).slice(0, count));

  it("adds what lacks; the last taken of labels that have more make room", async () => {
    const rows = await atLeastPerLabel([Int32Array.of(0, 1, 2, 3)], gold, Int32Array.of(1, 1, 1), more);
    expect([...rows]).toEqual([0, 1, 4, 6]);
  });

  it("changes nothing where all have enough", async () => {
    const rows = await atLeastPerLabel([Int32Array.of(0, 4, 6)], gold, Int32Array.of(1, 1, 1), more);
    expect([...rows]).toEqual([0, 4, 6]);
  });

  it("is refused where it needs more than are taken", async () => {
    await expect(atLeastPerLabel([Int32Array.of(0, 1)], gold, Int32Array.of(1, 1, 1), more)).rejects.toThrow(
      /--min-per-label: needs 3 examples, 2 are to be taken/,
    );
  });
});
