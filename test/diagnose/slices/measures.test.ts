/** What a slice is judged by: against scipy 1.16 and statsmodels 0.14 (numbers below, as printed), naive definitions, and laws. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { effectOf } from "../../../src/diagnose/slices/association.js";
import { erfc } from "../../../src/diagnose/slices/erfc.js";
import { exactOdds } from "../../../src/diagnose/slices/exact-odds.js";
import {
  associationP,
  exactP,
  momentsOf,
  smallestP,
  statisticP,
} from "../../../src/diagnose/slices/exact-test.js";
import { chanceCounts } from "../../../src/diagnose/slices/hypergeometric.js";
import { quantileBins } from "../../../src/diagnose/slices/quantile-bins.js";
import { comparedRows, Tally, type StratumTable } from "../../../src/diagnose/slices/strata.js";
import { sayTheSame } from "../../../src/diagnose/slices/thin.js";

const table = ([[a, b], [c, d]]: [[number, number], [number, number]]): StratumTable => ({ a, b, c, d });

it("erfc is scipy's", () => {
  for (const [x, value] of [
    [0.1, 0.8875370839817152],
    [1, 0.15729920705028516],
    [2.4, 0.0006885138966450789],
    [2.6, 0.000236034416529349],
    [5, 1.5374597944280347e-12],
    [10, 2.0884875837625446e-45],
  ] as const)
    expect(erfc(x) / value).toBeCloseTo(1, 11);
});

describe("one stratum", () => {
  // scipy.stats: fisher_exact, contingency.odds_ratio(kind="conditional") and its 95 % interval
  const cases = [
    [
      [
        [3, 7],
        [1, 29],
      ],
      0.041689462742094334,
      11.407027381286165,
      0.7865248445059521,
      673.9818937853682,
    ],
    [
      [
        [0, 20],
        [15, 185],
      ],
      0.37152228221417133,
      0,
      0,
      2.825086194400338,
    ],
    [
      [
        [8, 2],
        [1, 5],
      ],
      0.034965034965034975,
      15.465819716921013,
      1.0088492079476723,
      1059.6394950862782,
    ],
    [
      [
        [12, 88],
        [30, 870],
      ],
      0.00044756383956002095,
      3.9458878837268143,
      1.7742117705149054,
      8.28126737024032,
    ],
    [
      [
        [5, 0],
        [2, 40],
      ],
      1.3690244527324753e-5,
      Infinity,
      9.300497580923077,
      Infinity,
    ],
    [
      [
        [40, 60],
        [200, 700],
      ],
      0.00018064680356144895,
      2.3310240379488034,
      1.4749735448009254,
      3.6549499958947185,
    ],
  ] as const;
  it.each(cases)("%j", (cells, p, odds, low, high) => {
    const one = table(cells as unknown as [[number, number], [number, number]]);
    expect(exactP([one], one.a) / p).toBeCloseTo(1, 9);
    const found = exactOdds(chanceCounts([one], -500), one.a);
    const near = (log: number, value: number): void =>
      value === 0 || value === Infinity
        ? expect(Math.exp(log)).toBe(value)
        : expect(Math.exp(log) / value).toBeCloseTo(1, 6);
    near(found.estimate, odds);
    near(found.interval.low, low);
    near(found.interval.high, high);
  });

  it("large counts: the relative risk (Katz) and the odds ratio (Woolf) as scipy has them", () => {
    const found = effectOf([
      table([
        [40, 60],
        [200, 700],
      ]),
    ]);
    expect(found.ratio).toBeCloseTo(1.8, 12);
    expect(found.ratioInterval.low).toBeCloseTo(1.3749472689747504, 9);
    expect(found.ratioInterval.high).toBeCloseTo(2.3564540059895926, 9);
    expect(Math.exp(found.logOdds)).toBeCloseTo(2.3333333333333335, 9);
    expect(Math.exp(found.logOddsInterval.low)).toBeCloseTo(1.5181089954255267, 9);
    expect(Math.exp(found.logOddsInterval.high)).toBeCloseTo(3.586333037252285, 9);
  });

  it("small counts: the risk ratio is 0 or infinite where a side has none, and its interval has the other end", () => {
    const none = effectOf([
      table([
        [0, 200],
        [40, 760],
      ]),
    ]);
    expect(none.ratio).toBe(0);
    expect(none.ratioInterval.low).toBe(0);
    expect(none.ratioInterval.high).toBeGreaterThan(0.1);
    expect(none.ratioInterval.high).toBeLessThan(1);
    const all = effectOf([
      table([
        [9, 191],
        [0, 800],
      ]),
    ]);
    expect(all.ratio).toBe(Infinity);
    expect(all.ratioInterval.low).toBeGreaterThan(1);
  });

  it("a rare trait's exact ratio lies near the plain one, and near its odds", () => {
    const found = effectOf([
      table([
        [8, 992],
        [20, 19_980],
      ]),
    ]);
    expect(found.ratio).toBeCloseTo(8, 1);
    expect(Math.exp(found.logOdds) / found.ratio).toBeCloseTo(1, 1);
  });
});

describe("strata", () => {
  const tables = (
    [
      [
        [30, 170],
        [45, 755],
      ],
      [
        [12, 38],
        [20, 130],
      ],
      [
        [60, 140],
        [90, 510],
      ],
    ] as [[number, number], [number, number]][]
  ).map(table);

  it("Mantel and Haenszel as statsmodels has them", () => {
    const found = effectOf(tables);
    expect(Math.exp(found.logOdds)).toBeCloseTo(2.525735294117647, 9);
    expect(found.logOddsInterval.low).toBeCloseTo(0.6462079505567002, 9);
    expect(found.logOddsInterval.high).toBeCloseTo(1.206856501296004, 9);
    expect(found.ratio).toBeCloseTo(2.136986301369863, 9);
    expect(statisticP(momentsOf(tables)) / 5.3629323204518187e-11).toBeCloseTo(1, 5);
  });

  it("the exact p of large counts is near that of the statistic", () => {
    const large = [
      [
        [220, 780],
        [1800, 7200],
      ],
      [
        [130, 870],
        [1100, 7900],
      ],
    ].map((cells) => table(cells as [[number, number], [number, number]]));
    const p = statisticP(momentsOf(large));
    expect(p).toBeGreaterThan(0.01);
    expect(p).toBeLessThan(0.2);
    expect(Math.abs(exactP(large, 350) / p - 1)).toBeLessThan(0.1);
  });

  const cell = fc.integer({ min: 0, max: 5 });
  const small = fc.array(fc.record({ a: cell, b: cell, c: cell, d: cell }), { minLength: 1, maxLength: 3 });

  it("the exact test is its definition: all ways to hand out the places, stratum by stratum", () => {
    fc.assert(
      fc.property(small, (some) => {
        const filled = some.filter(({ a, b, c, d }) => a + b > 0 && c + d > 0);
        const seen = filled.reduce((sum, { a }) => sum + a, 0);
        const chance = naiveCounts(filled);
        const own = chance.get(seen)!;
        let p = 0;
        for (const share of chance.values()) if (share <= own * (1 + 1e-7)) p += share;
        expect(exactP(filled, seen)).toBeCloseTo(p, 9);
      }),
    );
  });

  it("p is never small more often than by its level", () => {
    fc.assert(
      fc.property(small, (some) => {
        const chance = naiveCounts(some);
        for (const level of [0.01, 0.05, 0.3]) {
          let total = 0;
          for (const [count, share] of chance) if (exactP(some, count) <= level) total += share;
          expect(total).toBeLessThanOrEqual(level + 1e-9);
        }
      }),
    );
  });

  it("the order of strata, and strata that nobody with the trait is in, change nothing", () => {
    const more = [
      ...tables,
      table([
        [0, 10],
        [0, 30],
      ]),
    ];
    expect(effectOf([...more].reverse()).logOdds).toBeCloseTo(effectOf(tables).logOdds, 12);
    expect(effectOf(more).ratio).toBeCloseTo(effectOf(tables).ratio, 12);
    expect(associationP(more)).toBeCloseTo(associationP(tables), 12);
  });

  it("sides exchanged, the ratio of odds is its inverse", () => {
    fc.assert(
      fc.property(small, (some) => {
        const mirrored = some.map(({ a, b, c, d }) => ({ a: c, b: d, c: a, d: b }));
        expect(associationP(mirrored)).toBeCloseTo(associationP(some), 9);
        const [one, other] = [effectOf(some), effectOf(mirrored)];
        if (momentsOf(some).variance > 0 && Number.isFinite(one.logOdds))
          expect(one.logOdds).toBeCloseTo(-other.logOdds, 6);
      }),
    );
  });

  it("what is beyond all chance is said to be so", () => {
    expect(
      associationP([
        table([
          [500, 0],
          [0, 500],
        ]),
      ]),
    ).toBe(smallestP);
    expect(
      associationP([
        table([
          [5000, 5000],
          [100, 9900],
        ]),
      ]),
    ).toBe(smallestP);
    expect(
      associationP([
        table([
          [0, 10],
          [0, 10],
        ]),
      ]),
    ).toBe(1);
  });
});

it("tallies by stratum are counts", () => {
  const side = Uint8Array.of(1, 0, 255, 1, 0, 0);
  const compared = comparedRows(side, Int32Array.of(0, 0, 0, 1, 1, 1), 3);
  const tally = new Tally(compared);
  for (let again = 0; again < 2; again++)
    expect([...tally.count(Int32Array.of(0, 3, 5))]).toEqual([
      [0, { a: 1, b: 0, c: 0, d: 1 }],
      [1, { a: 1, b: 0, c: 1, d: 1 }],
    ]);
});

it("quantile bins: every number in one, equal ones in the same, in order, none much larger than its share unless numbers are equal", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 200 }),
      fc.integer({ min: 2, max: 7 }),
      (list, bins) => {
        const values = Float64Array.from([...list, NaN]);
        const rows = Int32Array.from(values.keys());
        const { binOf, ranges } = quantileBins(values, rows, bins);
        expect(binOf.at(-1)).toBe(-1);
        expect(ranges.length).toBeLessThanOrEqual(bins);
        list.forEach((value, row) => {
          const [low, high] = ranges[binOf[row]!]!;
          expect(value >= low && value <= high).toBe(true);
        });
        ranges.slice(1).forEach(([low], i) => expect(low).toBeGreaterThan(ranges[i]![1]));
        ranges.forEach(([low, high], bin) => {
          const size = binOf.filter((own) => own === bin).length;
          const most = list.filter((value) => value === high).length;
          expect(size).toBeLessThanOrEqual(Math.ceil(list.length / bins) + most);
          expect(low).toBeLessThanOrEqual(high);
        });
      },
    ),
  );
});

describe("n-grams that say the same", () => {
  const phrase = (value: string, a: number, c: number, over = true) => ({
    value,
    over,
    counts: new Map([[0, { a, b: 100 - a, c, d: 900 - c }]]),
  });
  it("a part that is nearly always in the longer one is said by it", () => {
    expect(
      sayTheSame([phrase("san", 30, 22), phrase("san francisco", 30, 20), phrase("francisco", 31, 20)]),
    ).toEqual([1, null, 1]);
  });
  it("a longer one that makes no difference is said by its part", () => {
    expect(sayTheSame([phrase("outside", 38, 322), phrase("outside .", 27, 199)])).toEqual([null, 0]);
  });
  it("both stay where each says something", () => {
    expect(sayTheSame([phrase("not", 60, 200), phrase("not bad", 20, 2)])).toEqual([null, null]);
  });
  it("what says another is listed, or said by one that is", () => {
    const counts = fc.record({ a: fc.integer({ min: 1, max: 20 }), c: fc.integer({ min: 1, max: 20 }) });
    const value = fc.array(fc.constantFrom("x", "y", "z"), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(fc.tuple(value, counts, fc.boolean()), { maxLength: 12 }), (some) => {
        const unique = [
          ...new Map(some.map(([words, own, over]) => [words.join(" "), { own, over }])).entries(),
        ];
        // A part is in every example that the longer one is in.
        const nested = unique.map(([text, { own, over }]) => {
          const within = unique.filter(([other]) => other === text || ` ${other} `.includes(` ${text} `));
          const a = Math.max(...within.map(([, one]) => one.own.a), own.a);
          const c = Math.max(...within.map(([, one]) => one.own.c), own.c);
          return phrase(text, a, c, over);
        });
        sayTheSame(nested).forEach((by, i, all) => {
          if (by === null) return;
          expect(all[by]).toBeNull();
          expect(nested[by]!.over).toBe(nested[i]!.over);
        });
      }),
    );
  });
});

/** How likely each count is: every way in which a stratum's places fall, counted. */
function naiveCounts(tables: readonly StratumTable[]): Map<number, number> {
  let counts = new Map([[0, 1]]);
  for (const { a, b, c, d } of tables) {
    const next = new Map<number, number>();
    const [inside, having, n] = [a + b, a + c, a + b + c + d];
    for (let x = Math.max(0, having - (c + d)); x <= Math.min(inside, having); x++) {
      const share = (choose(having, x) * choose(n - having, inside - x)) / choose(n, inside);
      for (const [sum, before] of counts) next.set(sum + x, (next.get(sum + x) ?? 0) + before * share);
    }
    counts = next;
  }
  return counts;
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return ways;
}
