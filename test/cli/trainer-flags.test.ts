import { expect, it } from "vitest";
import { typedOptions } from "../../src/cli/trainer-flags.js";
import { encoder } from "../../src/train/encoder/trainer.js";

it("gives a trainer numbers where it takes them, with or without a default", () => {
  const given = {
    epochs: "3",
    dropout: "0.1",
    steps: "200",
    maxLength: "64",
    schedule: "linear",
    freeze: "all",
    model: "7",
  };
  expect(typedOptions(encoder, given)).toEqual({
    ...given,
    epochs: 3,
    dropout: 0.1,
    steps: 200,
    maxLength: 64,
  });
});

it("leaves to the trainer what is no number, or none that it takes", () => {
  expect(typedOptions(encoder, { dropout: "much", epochs: "" })).toEqual({ dropout: "much", epochs: "" });
  expect(typedOptions(encoder, { dropout: "2", steps: "-1" })).toEqual({ dropout: 2, steps: -1 });
});
