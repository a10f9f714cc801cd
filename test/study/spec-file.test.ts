import { expect, it } from "vitest";
import { UserError } from "../../src/core/errors.js";
import { parseStudy, parseStudyInputs } from "../../src/study/spec/spec-file.js";

const base = `data: train.csv
tests:
  ood: { kind: ood, file: ood.csv }
arms:
  - all
  - { by: random, fraction: 0.5 }
`;

it("fills in what is not written, and makes paths relative to the file", () => {
  expect(parseStudy("studies/one.yaml", base)).toEqual({
    name: "one",
    data: { files: ["studies/train.csv"] },
    tests: [{ name: "ood", kind: "ood", files: ["studies/ood.csv"] }],
    trainer: {},
    map: {},
    seed: 0,
    seeds: 5,
    budgets: ["epochs"],
    arms: [
      { name: "100 %", recipe: null },
      { name: "random 50 %", recipe: { by: "random", fraction: 0.5 } },
    ],
    primary: [],
    execution: { jobs: 1, retries: 1, timeLimit: null },
  });
});

it("makes an arm of every pair, and declares the comparisons that the paper makes", () => {
  const { arms, primary, budgets } = parseStudy(
    "s.yaml",
    `${base.replace("by: random, fraction: 0.5", "by: [ambiguous, random], fraction: [0.5, 0.33]")}budget: both\n`,
  );
  expect(arms.map(({ name }) => name)).toEqual([
    "100 %",
    "ambiguous 50 %",
    "ambiguous 33 %",
    "random 50 %",
    "random 33 %",
  ]);
  expect(primary.map(({ arm, against }) => `${arm} - ${against}`)).toEqual([
    "ambiguous 50 % - random 50 %",
    "ambiguous 50 % - 100 %",
    "ambiguous 33 % - random 33 %",
    "ambiguous 33 % - 100 %",
  ]);
  expect(budgets).toEqual(["epochs", "steps"]);
});

it.each([
  [base.replace("arms:", "arm:"), 's.yaml, line 4: unknown key, "arm"; did you mean arms?'],
  [
    base.replace("kind: ood, file", "knd: ood, file"),
    's.yaml, line 3: unknown key, "knd"; did you mean kind?',
  ],
  [
    base.replace("fraction: 0.5", "fractoin: 0.5"),
    's.yaml, line 6: unknown key, "fractoin"; did you mean fraction?',
  ],
  [
    base.replace("fraction: 0.5", "fraction: 1.5"),
    "s.yaml, line 6: fraction must be at most 1, 1.5; alidade study init writes an example of every key",
  ],
  [
    base.replace("fraction: 0.5", "fraction: 0"),
    "s.yaml, line 6: fraction must be above 0, 0; alidade study init writes an example of every key",
  ],
  [
    base.replace("fraction: 0.5", "fraction: half"),
    's.yaml, line 6: fraction must be a number, "half"; alidade study init writes an example of every key',
  ],
  [
    base.replace(", fraction: 0.5", ""),
    's.yaml, line 6: an arm needs its size, "random"; give fraction: 0.33, or count: 1000',
  ],
  [
    base.replace("fraction: 0.5", "fraction: 0.5, count: 3"),
    's.yaml, line 6: an arm has fraction and count, "random"; give fraction: 0.33, or count: 1000',
  ],
  [
    base.replace("by: random", "by: ambigous"),
    's.yaml, line 6: no such strategy, "ambigous"; did you mean ambiguous?',
  ],
  [
    base.replace("kind: ood", "kind: odd"),
    's.yaml, line 3: kind must be one of id, ood, "odd"; alidade study init writes an example of every key',
  ],
  [
    base.replace("file: ood.csv", ""),
    "s.yaml, line 3: file is missing; alidade study init writes an example of every key",
  ],
  [
    base.replace("  ood: { kind: ood, file: ood.csv }", "  {}"),
    "s.yaml, line 3: a study needs a test set; write tests: and under it a name with kind: id or ood, and file:",
  ],
  [
    base.replace("- all", "- { by: all, fraction: 0.5 }"),
    's.yaml, line 5: `all` is the whole training set, and takes no, "fraction"; leave it out, or name a strategy',
  ],
  [
    base.replace("- all", "- all\n  - all"),
    's.yaml, line 5: two arms of one name, "100 %"; give one of them a name: of its own',
  ],
  [base + "trainer: ngrm\n", 's.yaml, line 7: no such trainer, "ngrm"; did you mean ngram?'],
  [
    base + "trainer: { name: ngram, options: { epoch: 3 } }\n",
    's.yaml, line 7: options of the ngram trainer: unknown option, "epoch"; did you mean epochs?',
  ],
  [
    base + "trainer: { name: ngram, options: { epochs: 0 } }\n",
    "s.yaml, line 7: ngram option epochs: must be at least 1, 0; it is: passes over the dataset",
  ],
  [
    base + "seeds: none\n",
    's.yaml, line 7: seeds must be a whole number from 1, or a list of seeds, "none"; alidade study init writes an example of every key',
  ],
  [base + "seeds: [3, 3]\n", "s.yaml, line 7: seeds is not valid (two replicates of one seed)"],
  [
    base.replace("fraction: 0.5", "fraction: 0.5, mix: { easy: 0.1 }"),
    "s.yaml, line 6: mix must be a list; alidade study init writes an example of every key",
  ],
  [
    base + "seeds: []\n",
    "s.yaml, line 7: seeds must not be empty; alidade study init writes an example of every key",
  ],
  [
    base + "jobs: 0\n",
    "s.yaml, line 7: jobs must be at least 1, 0; alidade study init writes an example of every key",
  ],
  [
    base + "budget: hours\n",
    's.yaml, line 7: budget must be one of epochs, steps, both, "hours"; alidade study init writes an example of every key',
  ],
  [
    base + "map: { folds: 3 }\n",
    "s.yaml, line 7: only held-out has folds; write protocol: held-out, or leave folds out",
  ],
  [
    base + "map: { seed: -1 }\n",
    "s.yaml, line 7: seed must be at least 0, -1; alidade study init writes an example of every key",
  ],
  [
    base + "primary: [{ arm: random 55 %, against: 100 % }]\n",
    's.yaml, line 7: no arm of this name, "random 55 %"; did you mean random 50 %?',
  ],
  [
    base + "primary: [{ arm: random 50 %, against: 100 %, tests: [odd] }]\n",
    's.yaml, line 7: no test set of this name, "odd"; did you mean ood?',
  ],
  [
    base + "name: [\n",
    "s.yaml, line 8: not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]; mend it; alidade study init writes an example",
  ],
  [
    base + "jobs: 1\njobs: 2\n",
    "s.yaml, line 8: not YAML: Map keys must be unique; mend it; alidade study init writes an example",
  ],
  [
    base + "\tjobs: 1\n",
    "s.yaml, line 7: not YAML: Tabs are not allowed as indentation; mend it; alidade study init writes an example",
  ],
  [
    base.replace("fraction: 0.5", "fraction: 0.5, mix: [{ by: easy, share: 2 }]"),
    "s.yaml, line 6: share must be at most 1, 2; alidade study init writes an example of every key",
  ],
  [
    base.replace("fraction: 0.5", "fraction: 0.5, mix: [{ by: esy, share: 0.2 }]"),
    's.yaml, line 6: no such strategy, "esy"; did you mean easy?',
  ],
  [
    base.replace("by: random, fraction: 0.5", "by: k-center, fraction: 0.5, reverse: true"),
    "s.yaml, line 6: reverse goes with a ranking; k-center builds a set; leave reverse out, or choose another strategy",
  ],
  [
    base.replace("fraction: 0.5", "fraction: 0.5, balance: label, minPerLabel: 3"),
    "s.yaml, line 6: minPerLabel cannot be combined with balance; give one of them",
  ],
  [
    base.replace("fraction: 0.5", "fraction: [0.5, 0.2], name: x"),
    's.yaml, line 6: one name for 2 arms, "x"; leave it out, or write an arm for each',
  ],
  [
    base.replace("data: train.csv", "data: { file: train.csv, seperator: x }"),
    's.yaml, line 1: unknown key, "seperator"; here may stand file, text, textPair, choices, features, label, id, group, votes, labels, voteLabels, preset, where, format, encoding, delimiter, quotes, header, missingLabels, choiceBase',
  ],
  [
    base.replace("data: train.csv\n", ""),
    "s.yaml, line 1: data is missing; alidade study init writes an example of every key",
  ],
  ["", "s.yaml: not a study: it has no keys; alidade study init writes an example"],
  ["just text", "s.yaml: not a study: it has no keys; alidade study init writes an example"],
  ["- a\n- b\n", "s.yaml: not a study: it has no keys; alidade study init writes an example"],
  [
    base.replace("by: random, fraction: 0.5", "by: random, fraction: 0.5, within: [hard]"),
    's.yaml, line 6: within must be one of easy-to-learn, ambiguous, hard-to-learn, "hard"; alidade study init writes an example of every key',
  ],
  [
    base.replace("fraction: 0.5", "fraction: 0.5, mix: [{ by: easy, share: 0.6 }, { by: hard, share: 0.6 }]"),
    "s.yaml, line 6: the shares of a mix are more than the whole, 1.2; let them add up to at most 1",
  ],
])("a mistake is one line that says where: %#", (text, message) => {
  const parse = (): unknown => parseStudy("s.yaml", text);
  expect(parse).toThrow(UserError);
  expect(parse).toThrow(message);
});

it("puts the environment's variables into paths, and names one that is not set", () => {
  process.env["ALIDADE_TEST_DATA"] = "/data";
  const file = base
    .replace("train.csv", "$ALIDADE_TEST_DATA/a.csv")
    .replace("ood.csv", '"${ALIDADE_TEST_DATA}/b.csv"');
  const { data, tests } = parseStudy("studies/one.yaml", file);
  expect([data.files, tests[0]?.files]).toEqual([["/data/a.csv"], ["/data/b.csv"]]);
  delete process.env["ALIDADE_TEST_DATA"];
  expect(() => parseStudy("s.yaml", file)).toThrow(
    's.yaml, line 3: names a variable that the environment has not, "$ALIDADE_TEST_DATA"; set it: ALIDADE_TEST_DATA=/where/it/is alidade study ...',
  );
});

it("reads what a built-in study is made for from a file without arms", () => {
  const [inputs = ""] = base.split("arms:");
  expect(parseStudyInputs("studies/two.yaml", `${inputs}seeds: 3\nbudget: both\n`)).toEqual({
    name: "two",
    data: { files: ["studies/train.csv"] },
    tests: [{ name: "ood", kind: "ood", files: ["studies/ood.csv"] }],
    trainer: {},
    map: {},
    seed: 0,
    seeds: 3,
    budgets: ["epochs", "steps"],
    execution: { jobs: 1, retries: 1, timeLimit: null },
  });
  expect(parseStudyInputs("two.yaml", inputs).budgets).toBeNull();
  expect(() => parseStudyInputs("two.yaml", base)).toThrow(
    'two.yaml, line 4: unknown key, "arms"; here may stand name, data',
  );
});
