import { expect, it } from "vitest";
import { flagName, list, number, oneOf, text, wholeNumber } from "../../src/cli/flags.js";

it("names a flag after its key", () => {
  expect([flagName("text"), flagName("textPair"), flagName("l2")]).toEqual(["--text", "--text-pair", "--l2"]);
});

it.each([
  [
    () => wholeNumber("<n>", "", { min: 1 }).parse("0", "--limit"),
    '--limit: out of range, "0"; give a number from 1 up',
  ],
  [() => wholeNumber("<n>", "").parse("1.5", "--seed"), '--seed: not a whole number, "1.5"; give a number'],
  [() => wholeNumber("<n>", "").parse("9007199254740993", "--seed"), /not a whole number/],
  [
    () => number("<x>", "", { min: 0, above: true }).parse("0", "--l2"),
    '--l2: out of range, "0"; give a number above 0',
  ],
  [() => number("<x>", "").parse("", "--l2"), /not a number/],
  [() => number("<x>", "").parse("Infinity", "--l2"), /not a number/],
  [
    () => oneOf(["all", "none"], "").parse("al", "--logits"),
    '--logits: unknown value, "al"; did you mean all? it takes all, none',
  ],
  [
    () => list("<a,b>", "").parse("a,,b", "--labels"),
    '--labels: has an empty entry, "a,,b"; separate by single commas',
  ],
  [() => text("<column>", "").parse("", "--text"), "--text: needs a value; give <column>"],
])("refuses a bad value in one line (%#)", (parse, message) => {
  expect(parse).toThrow(message);
});

it("takes good values", () => {
  expect(wholeNumber("<n>", "", { min: 0 }).parse("-0", "--x")).toBe(-0);
  expect(number("<x>", "").parse("1e-3", "--x")).toBe(0.001);
  expect(list("<a,b>", "").parse("a, b", "--x")).toEqual(["a", "b"]);
});
