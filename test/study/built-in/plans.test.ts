/** Each built-in study as pure data: its arms, its steps, what it compares; the adaptive ones on made-up results. */

import { describe, expect, it } from "vitest";
import { checkRecipe } from "../../../src/select/check-recipe.js";
import { collapsedShare } from "../../../src/study/built-in/collapse.js";
import { mixTable } from "../../../src/study/built-in/mix-table.js";
import { halvingRungs, isReference, searchPoints } from "../../../src/study/built-in/search.js";
import { searchTables } from "../../../src/study/built-in/search-tables.js";
import { parseCriterion } from "../../../src/study/built-in/criterion.js";
import { transferTables } from "../../../src/study/built-in/transfer-tables.js";
import { mix, regions, search, stability, sweep, transfer } from "../../../src/study/built-ins.js";
import type { ArmSpec } from "../../../src/study/spec/spec.js";
import { problemOf } from "../../train/problem.js";
import { count, finish, inputs, planOf, play } from "./support.js";

const names = (arms: readonly ArmSpec[]): string[] => arms.map(({ name }) => name);

it.each([regions, sweep, mix, stability, transfer, search])(
  "$name: arms of different names, recipes that select accepts, comparisons of arms that are there, no change of its inputs",
  (study) => {
    const before = JSON.stringify(inputs);
    const { spec, next } = study.study(inputs);
    expect(spec.name).toBe(study.name);
    expect(spec.seeds).toBe(5);
    const arms = next?.([])?.arms ?? spec.arms;
    expect(new Set(names(arms)).size).toBe(arms.length);
    for (const { recipe } of arms) if (recipe !== null) expect(() => checkRecipe(recipe)).not.toThrow();
    for (const { arm, against } of spec.primary) {
      expect(names(arms)).toContain(arm);
      expect(names(arms)).toContain(against);
      expect(arm).not.toBe(against);
    }
    expect(JSON.stringify(inputs)).toBe(before);
    expect(study.study(inputs).spec).toEqual(spec);
  },
);

describe("regions", () => {
  it("has every row of the paper's table and its baselines, plain and balanced", () => {
    const { spec } = regions.study(inputs);
    expect(names(spec.arms).slice(0, 12)).toEqual([
      "100 %",
      ...[
        "random",
        "easy",
        "high-correctness",
        "low-variability",
        "forgetting",
        "low-correctness",
        "hard",
      ].map((by) => `${by} 33 %`),
      ...["ambiguous", "uncertainty", "k-center", "aflite"].map((by) => `${by} 33 %`),
    ]);
    expect(spec.arms.filter(({ recipe }) => recipe?.balance === "label")).toHaveLength(11);
    const plan = planOf({ spec });
    expect([count(plan, "map"), count(plan, "selection"), count(plan, "cell")]).toEqual([5, 5 * 22, 5 * 23]);
    expect(spec.primary).toContainEqual({ arm: "hard 33 %", against: "100 %" });
    expect(spec.primary).toContainEqual({ arm: "ambiguous 33 %", against: "random 33 %" });
  });
});

describe("sweep", () => {
  it("has both ways at seven sizes, under both budgets; the whole set is trained once", () => {
    const study = sweep.study(inputs);
    expect(names(study.spec.arms)).toHaveLength(15);
    expect(study.spec.budgets).toEqual(["epochs", "steps"]);
    const plan = planOf(study);
    expect([count(plan, "map"), count(plan, "selection"), count(plan, "cell")]).toEqual([
      5,
      70,
      5 * (14 * 2 + 1),
    ]);
    expect(sweep.study({ ...inputs, budgets: ["steps"], seeds: [7, 8] }).spec).toMatchObject({
      budgets: ["steps"],
      seeds: [7, 8],
    });
  });
});

describe("mix", () => {
  const study = mix.study({ ...inputs, seeds: 5 });
  const mixedInto = (failing: (fraction: number, replicate: number) => boolean): number | undefined => {
    const finished = play(study, ({ recipe }, _budget, replicate) => ({
      state: recipe?.by === "ambiguous" && failing(recipe.fraction ?? 1, replicate) ? "not-optimised" : "ok",
    }));
    expect(finished).toHaveLength(2);
    return finished[1]?.round.arms[0]?.recipe?.fraction;
  };

  it("mixes into the smallest set that collapses, or 17 % where none does", () => {
    expect(mixedInto(() => false)).toBe(0.17);
    expect(mixedInto((fraction) => fraction <= 0.25 && fraction > 0.06)).toBe(0.1);
    expect(mixedInto((fraction) => fraction <= 0.33)).toBe(0.01);
  });

  it("calls it a collapse from four of five cells on", () => {
    expect(collapsedShare).toBe(0.8);
    expect(mixedInto((fraction, replicate) => fraction === 0.5 && replicate < 4)).toBe(0.5);
    expect(mixedInto((fraction, replicate) => fraction === 0.5 && replicate < 3)).toBe(0.17);
  });

  it("replaces 0 to 50 % by easy, and by random, hard and label-balanced as controls", () => {
    const [, second] = play(study, () => ({}));
    const arms = names(second?.round.arms ?? []);
    expect(arms).toHaveLength(2 + 3 * 5 + 1 + 5);
    for (const part of ["easy", "random", "hard"]) {
      for (const share of [10, 20, 30, 40, 50]) expect(arms).toContain(`ambiguous 17 %, ${share} % ${part}`);
    }
    expect(arms).toContain("ambiguous 17 %, balanced");
    expect(arms).toContain("ambiguous 17 %, 50 % random, balanced");
  });

  it("into a named set does not look first", () => {
    const named = mix.study(inputs, { into: 0.1, shares: [0, 0.1] });
    expect(play(named, () => ({}))).toHaveLength(1);
    expect(named.spec.primary[0]).toMatchObject({
      arm: "ambiguous 10 %, 10 % easy",
      against: "ambiguous 10 %",
    });
  });

  it("says in its table what collapsed", () => {
    const all = play(study, ({ recipe }) => ({
      state: recipe?.fraction === 0.01 ? "not-optimised" : "ok",
    })).flatMap((round) => round.results);
    // A cell that two rounds ask for is one.
    const results = [...new Map(all.map((one) => [`${one.cell} ${one.test}`, one])).values()];
    const table = mixTable({ spec: study.spec, results });
    expect(table.notes[0]).toMatch(/smallest that collapses, 1 %/);
    expect(table.rows.find(([arm]) => arm === "ambiguous 1 %")?.slice(0, 5)).toEqual([
      "ambiguous 1 %",
      "epochs",
      10,
      5,
      5,
    ]);
  });
});

describe("stability", () => {
  it("makes maps and selections, trains nothing and needs no test set", () => {
    const study = stability.study({ ...inputs, tests: [] });
    const plan = planOf(study);
    expect([count(plan, "map"), count(plan, "selection"), count(plan, "cell")]).toEqual([5, 30, 0]);
    expect(stability.needsTests).toBe(false);
  });
});

describe("transfer", () => {
  const models = [
    { name: "one", trainer: { name: "ngram", options: { epochs: 4 } } },
    { name: "two", trainer: { name: "features" } },
  ];

  it("lets every source of maps select for every model", () => {
    const study = transfer.study({ ...inputs, seeds: 2 }, { models, by: ["hard"], firstEpochs: 2 });
    expect(names(study.spec.arms)).toHaveLength(2 * (2 + 6));
    const plan = planOf(study);
    // Each source has a map a replicate, shared by the models that it selects for.
    expect([count(plan, "map"), count(plan, "selection")]).toEqual([2 * 6, 2 * (6 + 1)]);
    expect(count(plan, "cell")).toBe(2 * 2 * 8);
    const seeds = [...plan.lines].filter(({ arm }) => arm.includes("same seed"));
    for (const line of seeds) expect(line.seeds.map).toBe(line.seeds.training);
  });

  it("tells the gain over random, the diagonal from the rest, and the cost with the map's own", () => {
    const study = transfer.study({ ...inputs, seeds: 3 }, { models, by: ["hard"], firstEpochs: 2 });
    const [round] = play(study, ({ map, trainer }, _budget, replicate) => ({
      accuracy:
        0.5 + 0.01 * replicate + (map === undefined ? 0 : map.trainer?.name === trainer?.name ? 0.08 : 0.02),
    }));
    const [gains, diagonal] = transferTables({ spec: study.spec, results: round?.results ?? [] });
    const column = (name: string): number => gains?.columns.indexOf(name) ?? -1;
    expect(gains?.rows).toHaveLength(3 * 12);
    for (const row of gains?.rows ?? []) {
      const same = row[column("same model")] !== "no";
      expect(row[column("gain")]).toBeCloseTo(same ? 8 : 2, 9);
      expect(row[column("together s")]).toBe(5);
    }
    expect(diagonal?.rows[0]?.slice(0, 2)).toEqual(["dev", "epochs"]);
    expect((diagonal?.rows[0] ?? []).slice(2).map(Number)).toEqual(
      [8, 8, 2].map((gain) => expect.closeTo(gain, 9) as number),
    );
  });

  it("needs two epochs where it compares epochs", () => {
    expect(problemOf(() => transfer.study(inputs, { firstEpochs: 1 }))).toMatch(
      /--first-epochs: ambiguous compares epochs/,
    );
    expect(() => transfer.study(inputs, { firstEpochs: 1, by: ["hard"] })).not.toThrow();
  });
});

describe("search", () => {
  const good = "hard 33 %, 50 % random, without 5 % suspects";
  const accuracy = (arm: ArmSpec, test: string): number =>
    (arm.name === good ? 0.9 : arm.recipe?.by === "hard" ? 0.7 : 0.6) -
    (test === "books" && arm.name === good ? 0.4 : 0);

  it("begins with the lattice at every size, with and without suspects", () => {
    const { spec } = search.study(inputs);
    expect(spec.arms).toHaveLength(1 + 2 * 2 * 11);
    expect(searchPoints({ suspects: 0, fractions: [0.2] })).toHaveLength(11);
    for (const { shares } of searchPoints()) expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  });

  it("doubles the seeds and halves the mixtures, never repeating a replicate", () => {
    expect(halvingRungs(5)).toEqual([[0, 1], [2, 3], [4]]);
    expect(halvingRungs(1)).toEqual([[0]]);
    expect(halvingRungs(9).flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const study = search.study({ ...inputs, seeds: 5 }, { locked: ["dvd"] });
    const rounds = play(study, (arm, _budget, _replicate, test) => ({ accuracy: accuracy(arm, test) }));
    const mixtures = rounds.map(({ round }) => round.arms.filter((arm) => !isReference(arm)).length);
    // 44 arms less random at two sizes; the finalists are 3.
    expect(mixtures).toEqual([42, 21, 11, 3]);
    expect(rounds.map(({ round }) => round.replicates)).toEqual([[0, 1], [2, 3], [4], [5, 6, 7, 8, 9]]);
  });

  it("keeps the best and what it is compared with, and scores a locked test set once, at the end", () => {
    const study = search.study(inputs, { locked: ["dvd"], finalists: 1 });
    const rounds = play(study, (arm, _budget, _replicate, test) => ({ accuracy: accuracy(arm, test) }));
    for (const { round } of rounds.slice(0, -1)) expect(round.tests).toEqual(["dev", "books"]);
    const last = rounds.at(-1)?.round;
    expect(last?.tests).toBeUndefined();
    expect(names(last?.arms ?? [])).toEqual(["100 %", "random 33 %", good]);
  });

  it("chooses by the criterion that is named, and shows an oracle's choice beside it", () => {
    const study = search.study({ ...inputs, seeds: 4 }, { fractions: [0.33] });
    const rounds = play(study, (arm, _budget, _replicate, test) => ({ accuracy: accuracy(arm, test) }));
    const results = rounds.flatMap((round) => round.results);
    const criterion = parseCriterion(undefined, inputs.tests, []);
    const [finalists, surface, oracle, mixtures] = searchTables({
      ...{ spec: study.spec, results, criterion },
      points: searchPoints({ fractions: [0.33] }),
    });
    // What was chosen by first, then each test set that an oracle would have looked at.
    expect(surface?.rows.map((row) => row.slice(0, 5))).toEqual(
      ["dev", "books", "dvd"].flatMap((by) => [
        [by, 0.33, 0, "epochs", expect.any(Number)],
        [by, 0.33, 0.05, "epochs", expect.any(Number)],
      ]),
    );
    const at = (column: string): unknown => finalists?.rows[0]?.[finalists.columns.indexOf(column)];
    expect([at("arm"), at("budget")]).toEqual([good, "epochs"]);
    expect([at("chosen by"), at("dev"), at("dev gain")]).toEqual(
      [0.9, 0.9, 30].map((value) => expect.closeTo(value, 9) as number),
    );
    expect(mixtures?.rows).toHaveLength(22);
    const scores = mixtures?.rows.map((row) => Number(row[mixtures.columns.indexOf("dev")])) ?? [];
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(mixtures?.columns.slice(3, 7)).toEqual(["easy", "ambiguous", "hard", "random"]);
    const books = oracle?.rows.find(([test]) => test === "books");
    expect(books?.slice(1, 3)).toEqual([good, expect.closeTo(0.5, 9)]);
    expect(books?.[5]).toBeCloseTo(20, 9);
  });

  it("can choose by all out-of-distribution sets but one", () => {
    expect(parseCriterion("leave-out:books", inputs.tests, [])).toMatchObject({
      tests: ["dvd"],
      unseen: ["books"],
    });
    const wrong = (given: string | undefined, locked: string[] = [], tests = inputs.tests): string =>
      problemOf(() => parseCriterion(given, tests, locked));
    expect(wrong("leave-out:boks")).toMatch(
      /no such out-of-distribution test set, "boks"; did you mean books\?/,
    );
    expect(wrong("leave-out:books", ["dvd"])).toMatch(/leaves no other/);
    expect(wrong("books")).toMatch(/no such test set of the training distribution, "books"/);
    expect(wrong(undefined, ["dev"])).toMatch(/no test set of the training distribution to choose by/);
    expect(problemOf(() => search.study(inputs, { locked: ["none"] }))).toMatch(
      /--locked: names no test set, "none"/,
    );
  });

  it("asks the same of the same results", () => {
    const study = search.study(inputs);
    const first = study.next?.([]);
    const finished = finish(study.spec, first ?? { arms: [], replicates: [] }, (arm) => ({
      accuracy: accuracy(arm, "dev"),
    }));
    expect(study.next?.([finished])).toEqual(search.study(inputs).next?.([finished]));
  });
});
