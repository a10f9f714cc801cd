import fc from "fast-check";
import { expect, it } from "vitest";
import { explainChanges } from "../../src/study/folder/changes.js";
import {
  planStudy,
  type Catalogue,
  type DescribedInputs,
  type StudyPlan,
} from "../../src/study/plan/plan.js";
import { wholeGrid } from "../../src/study/plan/round.js";
import type { StudySpec } from "../../src/study/spec/spec.js";

/** Everything that a plan depends on, as one value that tests change a part of. */
interface World {
  readonly spec: StudySpec;
  readonly inputs: DescribedInputs;
  readonly trainerVersion: number;
  readonly strategyVersion: number;
}

const spec: StudySpec = {
  name: "s",
  data: { files: ["train.csv"] },
  tests: [
    { name: "id", kind: "id", files: ["id.csv"] },
    { name: "ood", kind: "ood", files: ["ood.csv"] },
  ],
  trainer: { name: "ngram", options: { epochs: 3 } },
  map: {},
  seed: 0,
  seeds: 3,
  budgets: ["epochs", "steps"],
  arms: [
    { name: "100 %", recipe: null },
    { name: "ambiguous 33 %", recipe: { by: "ambiguous", fraction: 0.33 } },
    { name: "random 33 %", recipe: { by: "random", fraction: 0.33 } },
  ],
  primary: [],
  execution: { jobs: 1, retries: 1, timeLimit: null },
};

const described = (content: string, reading: string) => ({
  content: [content],
  reading: { text: reading },
  size: 100,
  labelNames: ["a", "b"],
});

const world: World = {
  spec,
  inputs: { data: described("d", "t"), tests: { id: described("i", "t"), ood: described("o", "t") } },
  trainerVersion: 1,
  strategyVersion: 1,
};

function planOf({ spec, inputs, trainerVersion, strategyVersion }: World): StudyPlan {
  const catalogue: Catalogue = {
    trainer: ({ name = "ngram", options = {} }) => ({
      name,
      version: trainerVersion,
      options: { epochs: 6, ...(options as Record<string, number>) },
    }),
    strategy: (name) => ({
      version: strategyVersion,
      needsMap: !["random", "uncertainty"].includes(name),
      needsModel: name === "uncertainty",
    }),
  };
  const round = wholeGrid(spec)([]);
  if (round === null) throw new Error("no round");
  return planStudy(spec, inputs, catalogue, round);
}

const keys = (plan: StudyPlan, kind: string): string[] =>
  [...plan.steps.values()].filter((step) => step.kind === kind).map(({ key }) => key);

it("has a map a replicate, shared by its arms, and one cell of the whole set for both budgets", () => {
  const plan = planOf(world);
  expect(keys(plan, "map")).toHaveLength(3);
  expect(keys(plan, "selection")).toHaveLength(6);
  // Of each replicate: the whole set once, two arms by epochs and by steps.
  expect(keys(plan, "cell")).toHaveLength(15);
  expect(plan.lines).toHaveLength(18);
  const whole = plan.lines.filter(({ arm, replicate }) => arm === "100 %" && replicate === 0);
  expect(new Set(whole.map(({ cell }) => cell)).size).toBe(1);
  for (const replicate of [0, 1, 2]) {
    const own = plan.lines.filter((line) => line.replicate === replicate);
    expect(new Set(own.map(({ seeds }) => JSON.stringify(seeds))).size).toBe(1);
  }
  const random = plan.lines.find(({ arm }) => arm === "random 33 %");
  expect(random?.map).toBeNull();
});

it("names every step after those that it needs", () => {
  const seen = new Set<string>();
  for (const { key, needs } of planOf(world).steps.values()) {
    for (const need of needs) expect(seen).toContain(need);
    seen.add(key);
  }
});

/** A change of the world, and which kinds of steps it makes again: of a selection and a cell those by the map, by chance, of all. */
const changes: readonly (readonly [name: string, change: (of: World) => World, again: readonly string[]])[] =
  [
    ["the data's bytes", data("x", "t"), ["map", "ambiguous", "random", "cell", "whole"]],
    ["the data's columns", data("d", "u"), ["map", "ambiguous", "random", "cell", "whole"]],
    [
      "a test set's bytes",
      (of) => ({ ...of, inputs: { ...of.inputs, tests: { ...of.inputs.tests, ood: described("p", "t") } } }),
      ["cell", "whole"],
    ],
    [
      "an option of the trainer",
      (of) => ({ ...of, spec: { ...of.spec, trainer: { name: "ngram", options: { epochs: 4 } } } }),
      ["map", "ambiguous", "cell", "whole"],
    ],
    ["the trainer's version", (of) => ({ ...of, trainerVersion: 2 }), ["map", "ambiguous", "cell", "whole"]],
    ["a strategy's version", (of) => ({ ...of, strategyVersion: 2 }), ["ambiguous", "random", "cell"]],
    [
      "the protocol of the map",
      (of) => ({ ...of, spec: { ...of.spec, map: { protocol: "held-out" } } }),
      ["map", "ambiguous", "cell of ambiguous"],
    ],
    [
      "the study's seed",
      (of) => ({ ...of, spec: { ...of.spec, seed: 1 } }),
      ["map", "ambiguous", "random", "cell", "whole"],
    ],
    // What changes nothing that is found.
    [
      "the number of jobs",
      (of) => ({ ...of, spec: { ...of.spec, execution: { jobs: 7, retries: 0, timeLimit: 9 } } }),
      [],
    ],
    ["the study's name", (of) => ({ ...of, spec: { ...of.spec, name: "other" } }), []],
    ["a default that is written out", (of) => ({ ...of, spec: { ...of.spec, map: { seed: "own" } } }), []],
    [
      "the declared comparisons",
      (of) => ({ ...of, spec: { ...of.spec, primary: [{ arm: "ambiguous 33 %", against: "100 %" }] } }),
      [],
    ],
    [
      "the kind of a test set",
      (of) => ({
        ...of,
        spec: { ...of.spec, tests: of.spec.tests.map((test) => ({ ...test, kind: "ood" as const })) },
      }),
      [],
    ],
  ];

function data(content: string, reading: string): (of: World) => World {
  return (of) => ({ ...of, inputs: { ...of.inputs, data: described(content, reading) } });
}

it.each(changes)("does again exactly what depends on %s", (_, change, again) => {
  const before = planOf(world);
  const after = planOf(change(world));
  const keysOf = (plan: StudyPlan, which: string): (string | null)[] =>
    plan.lines.flatMap(({ arm, map, selection, cell }) => {
      if (which === "whole") return arm === "100 %" ? [cell] : [];
      if (arm === "100 %") return [];
      if (which === "map") return arm.startsWith("ambiguous") ? [map] : [];
      if (which === "cell") return [cell];
      if (which === "cell of ambiguous") return arm.startsWith("ambiguous") ? [cell] : [];
      if (which === "cell of random") return arm.startsWith("random") ? [cell] : [];
      return arm.startsWith(which) ? [selection] : [];
    });
  for (const which of ["map", "ambiguous", "random", "cell of ambiguous", "cell of random", "whole"]) {
    const changed = again.includes(which) || (which.startsWith("cell") && again.includes("cell"));
    const [old, now] = [keysOf(before, which), keysOf(after, which)];
    expect(old.length, which).toBe(now.length);
    old.forEach((key, index) => expect(key !== now[index], which).toBe(changed));
  }
});

it("two worlds have the same keys exactly when nothing that counts differs", () => {
  const some = fc.constantFrom(...changes.map(([, change]) => change));
  fc.assert(
    fc.property(fc.array(some, { maxLength: 4 }), fc.array(some, { maxLength: 4 }), (left, right) => {
      const made = (all: typeof left): World => all.reduce((of, change) => change(of), world);
      const [a, b] = [made(left), made(right)];
      const counts = ({
        spec: { seed, trainer, map },
        inputs,
        trainerVersion,
        strategyVersion,
      }: World): string =>
        JSON.stringify([seed, trainer, map.protocol ?? null, inputs, trainerVersion, strategyVersion]);
      const same =
        JSON.stringify([...planOf(a).steps.keys()]) === JSON.stringify([...planOf(b).steps.keys()]);
      expect(same).toBe(counts(a) === counts(b));
    }),
  );
});

it("arms, replicates and tests that are added leave the steps that were there", () => {
  const before = planOf(world);
  const more = planOf({
    ...world,
    spec: {
      ...spec,
      seeds: 5,
      arms: [...spec.arms, { name: "hard 10 %", recipe: { by: "hard", fraction: 0.1 } }],
    },
  });
  for (const key of before.steps.keys()) expect(more.steps.has(key)).toBe(true);
});

it("says which input of which step changed, at its root", () => {
  const before = [...planOf(world).steps.values()];
  const reason = (change: (of: World) => World) =>
    explainChanges(before, [...planOf(change(world)).steps.values()], new Set());
  const [, option] = changes.find(([name]) => name === "an option of the trainer") ?? [];
  expect(option && reason(option)).toEqual([
    {
      cause: "option epochs is 4, was 3",
      maps: 3,
      selections: 3,
      cells: 15,
      example: "cell 100 %, replicate 1",
    },
  ]);
  const [, bytes] = changes.find(([name]) => name === "a test set's bytes") ?? [];
  expect(bytes && reason(bytes).map(({ cause, cells }) => [cause, cells])).toEqual([
    ["test set ood has other files", 15],
  ]);
  expect(reason((of) => of)).toEqual([]);
});

it("a strategy that trains a model trains the study's, and is done again where that changes", () => {
  const arms = [
    { name: "uncertainty 33 %", recipe: { by: "uncertainty", fraction: 0.33 } },
    { name: "random 33 %", recipe: { by: "random", fraction: 0.33 } },
  ];
  const selections = (epochs: number) =>
    [
      ...planOf({
        ...world,
        spec: { ...spec, arms, trainer: { name: "ngram", options: { epochs } } },
      }).steps.values(),
    ]
      .filter((step) => step.kind === "selection")
      .slice(0, 2);
  const [uncertain, random] = selections(3);
  const [otherwise, same] = selections(4);
  expect(uncertain?.trainer).toEqual({ name: "ngram", version: 1, options: { epochs: 3 } });
  expect(random?.trainer).toBeNull();
  expect(otherwise?.key).not.toBe(uncertain?.key);
  expect(same?.key).toBe(random?.key);
});
