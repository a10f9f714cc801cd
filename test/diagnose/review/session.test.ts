/** The review as a state machine: every sequence of keys leaves verdicts that undo takes back exactly. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beginReview, press, type ReviewState } from "../../../src/diagnose/review/session.js";
import { standingVerdicts, type Verdict } from "../../../src/diagnose/review/verdicts.js";

const labelNames = ["card", "cash", "transfer"];
const items = Array.from({ length: 6 }, (_, i) => ({ id: `x${i}`, label: labelNames[i % 3]! }));
const time = "2026-01-01T00:00:00.000Z";

function play(keys: Iterable<string>, from: ReviewState = beginReview(items, labelNames, "ann")) {
  const verdicts: Verdict[] = [];
  let state = from;
  for (const key of keys) {
    const turn = press(state, key);
    if (turn.verdict !== null) verdicts.push({ ...turn.verdict, time });
    state = turn.state;
  }
  return { state, verdicts, standing: standingVerdicts(verdicts).get("ann") ?? new Map<string, Verdict>() };
}

it("keys judge one example after the other", () => {
  const { state, verdicts } = play("kd" + "a" + "s" + "rcard\r" + "r3\n");
  expect(verdicts.map(({ id, verdict, label }) => [id, verdict, label])).toEqual([
    ["x0", "keep", undefined],
    ["x1", "drop", undefined],
    ["x2", "unsure", undefined],
    ["x4", "relabel", "card"],
  ]);
  // x5 is a transfer: relabelling it to that is refused.
  expect(state.message).toContain("it is transfer already");
});

describe("typing a label", () => {
  const label = (keys: string) => play(`r${keys}\r`);
  it.each([
    ["cash", "cash"],
    ["CAS", "cash"],
    ["2", "cash"],
    ["t", "transfer"],
    ["cax\u007fs", "cash"],
  ])("%s is %s", (keys, wanted) => {
    expect(label(keys).verdicts[0]).toMatchObject({ verdict: "relabel", label: wanted });
  });
  it.each([
    ["ca", "could be card, cash"],
    ["nothing", "no such label"],
    ["", "no such label"],
    ["9", "no such label"],
    ["card", "it is card already"],
  ])("%s is refused: %s", (keys, message) => {
    const { verdicts, state } = label(keys);
    expect(verdicts).toEqual([]);
    expect(state.message).toContain(message);
    expect(state.mode).toBe("label");
  });
  it("Escape goes back", () => {
    expect(play("rca\u001bk").verdicts[0]!.verdict).toBe("keep");
  });
});

it("a note goes with the verdict that follows, and no further", () => {
  const { verdicts } = play("nboth fit\rak");
  expect(verdicts.map(({ note }) => note)).toEqual(["both fit", undefined]);
});

it("undo after any keys takes back the last one that moved, and what stands is as before it", () => {
  const keys = fc.array(fc.constantFrom("k", "d", "a", "s", "u", "r2\r", "rtransfer\r", "x"), {
    maxLength: 14,
  });
  fc.assert(
    fc.property(keys, fc.constantFrom("k", "d", "a", "s"), (before, last) => {
      const first = play(before.join(""));
      if (first.state.mode !== "verdict") return;
      const both = play([...before.join(""), last, "u"]);
      expect(both.state.at).toBe(first.state.at);
      expect(both.standing).toEqual(first.standing);
    }),
  );
});

it("ends after the last, when told, and not before", () => {
  expect(play("kkkkk").state.mode).toBe("verdict");
  expect(play("kkkkkk").state.mode).toBe("done");
  expect(play("kkkkkku").state).toMatchObject({ mode: "verdict", at: 5 });
  expect(play("kq").state.mode).toBe("done");
  expect(beginReview([], labelNames, "ann").mode).toBe("done");
});

it("an unknown key is said to be one; an arrow has no name", () => {
  expect(play("z").state.message).toBe('"z" means nothing here');
  expect(play("\u001b").state.message).toBe("that key means nothing here");
});
