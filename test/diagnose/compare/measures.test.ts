/** Ranks, correlations, region tables, selections and moves on columns in memory: against the definitions, and their laws. */

import fc from "fast-check";
import { expect, it } from "vitest";
import { Random } from "../../../src/core/random.js";
import { correlate, rankColumn } from "../../../src/diagnose/compare/correlation.js";
import { binnedRanks, midRanks, sortedRanks } from "../../../src/diagnose/compare/mid-ranks.js";
import { farthestMoves, shiftOf } from "../../../src/diagnose/compare/movers.js";
import { compareRegions } from "../../../src/diagnose/compare/region-agreement.js";
import { nthSmallest } from "../../../src/diagnose/compare/top-fraction.js";
import { regionNames } from "../../../src/map/map.js";
import { naiveKappa, naivePearson, naiveRanks, naiveSpearman } from "./support.js";

const few = fc.constantFrom(0, -0, 1, 0.5, -2, 1e-9, 0.25, 3e10);
const number = fc.oneof(few, fc.double({ noNaN: true, min: -1e6, max: 1e6 }));
const column = (length: number) => fc.array(number, { minLength: length, maxLength: length });
const twoColumns = fc
  .integer({ min: 2, max: 40 })
  .chain((length) => fc.tuple(column(length), column(length)));

it("ranks are places among all, equals sharing the mean of theirs", () => {
  fc.assert(
    fc.property(fc.array(number, { maxLength: 60 }), (values) => {
      expect(Array.from(midRanks(Float64Array.from(values)))).toEqual(naiveRanks(values));
    }),
  );
});

it("binned ranks are those of sorting where values are few, whatever their signs and sizes", () => {
  fc.assert(
    fc.property(fc.array(few, { minLength: 1, maxLength: 60 }), (values) => {
      const column = Float64Array.from(values);
      expect(Array.from(binnedRanks(column))).toEqual(Array.from(sortedRanks(column)));
    }),
    // Each run fills a million bins.
    { numRuns: 20 },
  );
});

it("binned ranks of many values are off by a 32,768th of the size at the most, also where all crowd near 1", () => {
  const random = new Random(3);
  const size = 200_000;
  const shapes = [
    () => random.unit(),
    () => 1 - random.unit() ** 8 * 1e-3,
    () => -Math.log(random.unit()) * 4 - 3,
    () => random.normal() * 1e-12,
  ];
  for (const shape of shapes) {
    const values = Float64Array.from({ length: size }, shape);
    const exact = sortedRanks(values);
    const binned = binnedRanks(values);
    const off = binned.reduce((most, rank, i) => Math.max(most, Math.abs(rank - exact[i]!)), 0);
    expect(off).toBeLessThanOrEqual(size / 2 ** 15);
    const ranks = (of: Float64Array) => ({ values: of, ranks: of });
    expect(correlate(ranks(exact), ranks(binned)).pearson).toBeGreaterThan(1 - 1e-8);
  }
});

it("infinities have ranks too", () => {
  const values = Float64Array.from([Infinity, 1, -Infinity, Infinity]);
  expect(Array.from(binnedRanks(values))).toEqual([2.5, 1, 0, 2.5]);
});

it("correlations are the definitions, also where values are missing", () => {
  fc.assert(
    fc.property(twoColumns, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), ([a, b], gaps) => {
      // Sums of values a million apart lose digits in both ways of writing them.
      const own = a.map((x, i) => (gaps[i] && i % 3 === 0 ? NaN : x));
      const kept = own.flatMap((x, i) => (Number.isNaN(x) ? [] : [i]));
      const result = correlate(rankColumn(Float64Array.from(own)), rankColumn(Float64Array.from(b)));
      const [x, y] = [kept.map((i) => own[i]!), kept.map((i) => b[i]!)];
      expect(result.size).toBe(kept.length);
      const rho = naiveSpearman(x, y);
      if (rho === null) expect(result.spearman).toBeNull();
      else expect(result.spearman).toBeCloseTo(rho, 10);
      const r = naivePearson(x, y);
      if (r !== null && Number.isFinite(r)) expect(result.pearson ?? NaN).toBeCloseTo(r, 6);
    }),
  );
});

it("a column follows itself, opposes its negative, and does not care who comes first", () => {
  fc.assert(
    fc.property(twoColumns, ([a, b]) => {
      const [x, y] = [a, b].map((values) => rankColumn(Float64Array.from(values))) as [
        ReturnType<typeof rankColumn>,
        ReturnType<typeof rankColumn>,
      ];
      const self = correlate(x, x);
      if (self.spearman !== null) {
        expect(self.spearman).toBeCloseTo(1, 12);
        expect(correlate(x, rankColumn(Float64Array.from(a, (v) => -v))).spearman).toBeCloseTo(-1, 12);
      }
      expect(correlate(x, y)).toEqual(correlate(y, x));
    }),
  );
});

const regionPairs = fc
  .array(fc.tuple(fc.constantFrom(0, 1, 2, NaN), fc.constantFrom(0, 1, 2, NaN)), {
    minLength: 1,
    maxLength: 40,
  })
  .map((pairs) => [pairs.map(([a]) => a), pairs.map(([, b]) => b)] as const);

it("the table of regions counts each pair, and kappa is its definition; turned round it is transposed", () => {
  fc.assert(
    fc.property(regionPairs, ([a, b]) => {
      const found = compareRegions(Float64Array.from(a), Float64Array.from(b));
      const kept = a.flatMap((x, i) => (Number.isNaN(x + b[i]!) ? [] : [i]));
      for (const i of [0, 1, 2]) {
        for (const j of [0, 1, 2])
          expect(found.table[i]![j]).toBe(kept.filter((k) => a[k] === i && b[k] === j).length);
      }
      const name = (of: readonly number[]) => kept.map((k) => regionNames[of[k]!]!);
      if (kept.length > 0) {
        const kappa = naiveKappa(name(a), name(b));
        if (kappa === null) expect(found.kappa).toBeNull();
        else expect(found.kappa).toBeCloseTo(kappa, 10);
      } else expect(found.kappa).toBeNull();
      const turned = compareRegions(Float64Array.from(b), Float64Array.from(a));
      expect(turned.table).toEqual(regionNames.map((_, i) => regionNames.map((__, j) => found.table[j]![i])));
      expect(turned.overlaps.map(({ jaccard }) => jaccard)).toEqual(
        found.overlaps.map(({ jaccard }) => jaccard),
      );
    }),
  );
});

it("the nth smallest is that of sorting", () => {
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 60 }), fc.nat(), (values, any) => {
      const place = any % values.length;
      const wanted = Float64Array.from(values).sort()[place]! + 0;
      expect(nthSmallest(Float64Array.from(values), place) + 0).toBe(wanted);
    }),
  );
});

it("the farthest moves are the first of all moves by distance; between more than two runs the farthest two count", () => {
  const random = new Random(11);
  const places = Array.from({ length: 3 }, () => ({
    confidence: Float64Array.from({ length: 300 }, () => (random.below(20) === 0 ? NaN : random.unit())),
    variability: Float64Array.from({ length: 300 }, () => random.unit() / 2),
  }));
  const apart = (at: number, i: number, j: number): number =>
    Math.hypot(
      places[i]!.confidence[at]! - places[j]!.confidence[at]!,
      places[i]!.variability[at]! - places[j]!.variability[at]!,
    );
  const all = Array.from({ length: 300 }, (_, at) => {
    const known = [
      [0, 1],
      [0, 2],
      [1, 2],
    ]
      .map(([i, j]) => ({ at, from: i!, to: j!, distance: apart(at, i!, j!) }))
      .filter(({ distance }) => !Number.isNaN(distance));
    return known.sort((a, b) => b.distance - a.distance)[0];
  })
    .filter((move) => move !== undefined)
    .sort((a, b) => b.distance - a.distance);
  const found = farthestMoves(places, 7);
  expect(found.map(({ at, from, to }) => [at, from, to])).toEqual(
    all.slice(0, 7).map(({ at, from, to }) => [at, from, to]),
  );
  expect(farthestMoves([places[0]!, places[0]!], 7)).toEqual([]);
  const there = shiftOf(places[0]!, places[1]!);
  const back = shiftOf(places[1]!, places[0]!);
  expect(back.confidence).toBeCloseTo(-there.confidence!, 12);
  expect(back.distance).toBeCloseTo(there.distance!, 12);
});
