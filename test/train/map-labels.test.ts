import { describe, expect, it } from "vitest";
import { matchLabels, parseMapLabels } from "../../src/train/map-labels.js";
import { choicesDataset, datasetOf } from "./datasets.js";
import { problemOf } from "./problem.js";

const model = ["contradiction", "entailment", "neutral"];
const texts = (count: number) => ({
  kind: "text" as const,
  text: Array.from({ length: count }, (_, i) => `t${i}`),
});
const hans = datasetOf(texts(3), [0, 1, 0], { labels: ["entailment", "non-entailment"] });
const toTwo = { neutral: "non-entailment", contradiction: "non-entailment" };

describe("parseMapLabels", () => {
  it("reads name and mapping", () => {
    expect(parseMapLabels("ood: neutral=non-entailment,contradiction=non-entailment")).toEqual({
      test: "ood",
      mapLabels: toTwo,
    });
    expect(parseMapLabels(" x :a = b")).toEqual({ test: "x", mapLabels: { a: "b" } });
  });

  it("takes signs of its own after a backslash", () => {
    expect(parseMapLabels("x: a\\,b=c\\=d,\\<=\\:")).toEqual({
      test: "x",
      mapLabels: { "a,b": "c=d", "<": ":" },
    });
  });

  it.each([
    ["ood", "not a test set's name, a colon and a mapping"],
    [": a=b", "not a test set's name, a colon and a mapping"],
    ["x: a", 'not of the form label=label, "a"'],
    ["x: a=b=c", "not of the form label=label"],
    ["x: =b", "not of the form label=label"],
    ["x: a=b,a=c", 'maps one label twice, "a"'],
  ])("refuses %s", (given, problem) => {
    expect(problemOf(() => parseMapLabels(given))).toContain(problem);
  });
});

describe("matchLabels", () => {
  it("turns the model's three labels into the test set's two", () => {
    const labels = matchLabels(model, "ood", hans, toTwo);
    expect(labels.names).toEqual(["non-entailment", "entailment"]);
    expect([...labels.ofModel]).toEqual([0, 1, 0]);
    expect([...labels.gold]).toEqual([1, 0, 1]);
  });

  it("scores a test set with fewer labels over all of the model's", () => {
    const labels = matchLabels(model, "x", datasetOf(texts(1), [0], { labels: ["neutral"] }), {});
    expect(labels.names).toEqual(model);
    expect([...labels.gold]).toEqual([2]);
  });

  it("asks for a mapping where the model does not know a label", () => {
    expect(problemOf(() => matchLabels(model, "ood", hans, {}))).toMatch(
      /^test set ood: a label that the model does not know, "non-entailment"; .*--map-labels 'ood: contradiction=non-entailment,neutral=non-entailment'/,
    );
  });

  it("does not mind an unknown label that no example has", () => {
    const unused = datasetOf(texts(1), [0], { labels: ["neutral", "unused"] });
    expect([...matchLabels(model, "x", unused, {}).gold]).toEqual([2]);
  });

  it("names an unknown label of the mapping, with the nearest", () => {
    expect(problemOf(() => matchLabels(model, "ood", hans, { ...toTwo, neutrl: "non-entailment" }))).toBe(
      '--map-labels ood: not one of the model\'s labels, "neutrl"; did you mean "neutral"?',
    );
    expect(problemOf(() => matchLabels(model, "ood", hans, { neutral: "non-entailmnt" }))).toBe(
      '--map-labels ood: not one of the test set\'s labels, "non-entailmnt"; did you mean "non-entailment"?',
    );
  });

  it("maps nothing where labels are positions", () => {
    const choices = choicesDataset({ size: 4 });
    expect(problemOf(() => matchLabels(["1", "2"], "x", choices, { "1": "2" }))).toContain("multiple choice");
    expect(matchLabels(["1", "2"], "x", choices, {}).names).toEqual(["1", "2", "3", "4"]);
  });
});
