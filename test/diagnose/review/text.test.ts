/** A review on a narrow terminal: no line is longer, no label is broken. */

import { expect, it } from "vitest";
import { prompt, recorded, screen, typing } from "../../../src/cli/review-text.js";
import { beginReview, press } from "../../../src/diagnose/review/session.js";

const names = ["balance_not_updated_after_bank_transfer", "card_arrival", "card_linking", "pending"];
const state = beginReview([{ id: "17", label: names[0]! }], names, "ann");

it("fits, with every label whole", () => {
  for (const width of [52, 60, 100]) {
    const text = screen(
      state,
      { text: "My transfer is pending too long. ".repeat(9), other: names[3]! },
      width,
    );
    const asked = prompt(press(state, "r").state, width);
    for (const line of [...text.split("\n"), ...asked.split("\n").slice(1)])
      expect(line.length, line).toBeLessThanOrEqual(width);
    expect(text).toContain(`label: ${names[0]!}`);
    names.forEach((name, i) => expect(asked).toContain(`${i + 1} ${name}`));
  }
});

it("says while typing what it may mean, and then what was recorded", () => {
  let typed = press(state, "r").state;
  for (const key of "card_") typed = press(typed, key).state;
  expect(typing(typed, 60)).toBe("card_ card_arrival card_linking");
  expect(typing(press(typed, "x").state, 60)).toBe("card_x no such label");
  for (const key of "arrival") typed = press(typed, key).state;
  const { verdict } = press(typed, "\r");
  expect(recorded(verdict!, 60)).toBe("  17: relabelled card_arrival");
});
