import { expect, it } from "vitest";
import { nearest, showValue, UserError } from "../../src/core/errors.js";

it("reads subject: problem, value; what to do, on one line", () => {
  const error = new UserError({
    subject: "a.csv",
    problem: "no such column",
    value: "lable",
    remedy: "did you mean label?",
  });
  expect(error.message).toBe('a.csv: no such column, "lable"; did you mean label?');
  expect(new UserError({ subject: "a\nb", problem: "x" }).message).toBe("a b: x");
});

it("shortens long values", () => {
  expect(showValue("x".repeat(1000)).length).toBeLessThan(130);
});

it("finds the nearest name, or none where none is near", () => {
  expect(nearest("lable", ["text", "label", "id"])).toBe("label");
  expect(nearest("TEXT", ["text", "label"])).toBe("text");
  expect(nearest("zzzzzz", ["text", "label"])).toBeNull();
});
