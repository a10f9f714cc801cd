/** `alidade review`: a person judges suspects by keys, with examples among them that nobody suspects. */

import { userInfo } from "node:os";
import { UserError } from "../../core/errors.js";
import { makeQueue, readQueue, writeQueue, type ReviewQueue } from "../../diagnose/review/queue.js";
import { summariseReview } from "../../diagnose/review/review-summary.js";
import { beginReview, press, type ReviewItem } from "../../diagnose/review/session.js";
import { appendVerdict, readVerdicts, standingVerdicts } from "../../diagnose/review/verdicts.js";
import { findSuspects } from "../../diagnose/suspects/find-suspects.js";
import { rankedTexts } from "../../diagnose/suspects/ranked-texts.js";
import { runEvidence } from "../../diagnose/suspects/run-evidence.js";
import { layout } from "../../run/layout.js";
import { command, type Context } from "../command.js";
import { number, text, toggle, wholeNumber } from "../flags.js";
import { openKeyboard } from "../keys.js";
import { prompt, recorded, screen, summaryLines, typing } from "../review-text.js";

const flags = {
  reviewer: text("<name>", "whose verdicts these are (default: the user's name)"),
  by: text("<detector>", "what ranks the suspects, for a new queue (default: ensemble)"),
  limit: wholeNumber(
    "<n>",
    "how many suspects, for a new queue (default: as many as are estimated to be wrong)",
    {
      min: 1,
    },
  ),
  blind: number(
    "<share>",
    "examples that nobody suspects, unmarked among the suspects, to each of these (default: 0.25)",
    { min: 0, max: 10 },
  ),
  seed: wholeNumber("<n>", "which those are, and where they stand (default: 0)", {
    min: 0,
    max: 0xffff_ffff,
  }),
  anew: toggle("make the queue anew; verdicts stay"),
  report: toggle("say what was found so far, and ask nothing"),
};

export const reviewCommand = command({
  name: "review",
  summary: "judge suspects by keys: keep, relabel, drop, ambiguous, undo, note",
  arguments: "<run>",
  flags,
  examples: [
    ["alidade review runs/banking77", "goes on where it was left; verdicts are in verdicts.jsonl in the run"],
    ["alidade review runs/banking77 --reviewer ann --limit 100", "a second reviewer of the same queue"],
    [
      "alidade review runs/banking77 --report",
      "precision of the suspects, errors among the others, agreement",
    ],
  ],
  async run([folder = ""], values, context) {
    const evidence = await runEvidence(folder);
    try {
      const { ids, labelNames, gold } = evidence;
      const path = layout.verdicts(folder);
      const known = { ids: new Set(ids), labelNames };
      const verdicts = await readVerdicts(path, known);
      const reviewer = values.reviewer ?? userInfo().username;
      const queue = await findQueue(folder, ids, values, context);
      if (values.report !== true) {
        const rowOf = new Map(ids.map((id, row) => [id, row]));
        const judged = standingVerdicts(verdicts).get(reviewer);
        const items = queue.items.flatMap(({ id }): (ReviewItem & { row: number })[] => {
          const row = rowOf.get(id);
          if (row === undefined || judged?.has(id)) return [];
          return [{ id, row, label: labelNames[gold[row]!]! }];
        });
        const { other } = await evidence.opinion();
        const texts = await rankedTexts(
          folder,
          items.map(({ row }) => row),
        );
        await interview(folder, items, labelNames, reviewer, context, (at) => {
          const item = items[at]!;
          const label = other[item.row]! < 0 ? null : labelNames[other[item.row]!]!;
          return { text: texts.get(item.row) ?? "", other: label };
        });
      }
      const summary = summariseReview(queue, await readVerdicts(path, known));
      context.print(
        context.json ? JSON.stringify(summary, null, 2) : summaryLines(folder, summary, context.width),
      );
    } finally {
      evidence.close();
    }
  },
});

async function findQueue(
  folder: string,
  ids: readonly string[],
  values: {
    by?: string | undefined;
    limit?: number | undefined;
    blind?: number | undefined;
    seed?: number | undefined;
    anew?: true | undefined;
    report?: true | undefined;
  },
  { signal, effects }: Context,
): Promise<ReviewQueue> {
  const { by, limit, blind, seed = 0, anew, report } = values;
  const standing = anew === true ? null : await readQueue(folder);
  const asked = Object.entries({ by, limit, blind, seed: values.seed }).find(
    ([, value]) => value !== undefined,
  );
  if (standing !== null) {
    if (standing.size !== ids.length || asked !== undefined) {
      throw new UserError({
        subject: asked === undefined ? folder : `--${asked[0]}`,
        problem:
          asked === undefined ? "its queue is of other examples" : "is of a new queue, and this run has one",
        value: asked?.[1],
        remedy: "give --anew too to make one; verdicts stay",
      });
    }
    return standing;
  }
  if (report === true)
    throw new UserError({
      subject: folder,
      problem: "was not reviewed yet",
      remedy: "review it without --report",
    });
  const found = await findSuspects(folder, { by, limit, seed, signal, effects });
  const queue = makeQueue(
    ids,
    found.suspects.map(({ id }) => id),
    { by: found.by, blind: blind ?? 0.25, seed },
  );
  await writeQueue(folder, queue);
  return queue;
}

async function interview(
  folder: string,
  items: readonly ReviewItem[],
  labelNames: readonly string[],
  reviewer: string,
  context: Context,
  contents: (at: number) => { readonly text: string; readonly other: string | null },
): Promise<void> {
  let state = beginReview(items, labelNames, reviewer);
  const show = (): void => {
    if (!context.json)
      context.print(screen(state, state.at < items.length ? contents(state.at) : null, context.width));
  };
  show();
  if (state.mode === "done") return;
  const keyboard =
    context.keys === undefined
      ? openKeyboard()
      : { keys: context.keys, echo: () => undefined, settle: () => undefined, close: () => undefined };
  try {
    for await (const key of keyboard.keys()) {
      const before = state;
      const turn = press(state, key);
      state = turn.state;
      const other = state.at !== before.at;
      if (other || state.mode !== before.mode || state.message !== before.message) keyboard.settle();
      if (turn.verdict !== null) {
        await appendVerdict(layout.verdicts(folder), { ...turn.verdict, time: new Date().toISOString() });
        if (!context.json) context.print(recorded(turn.verdict, context.width));
      }
      if (state.mode === "done" || context.signal.aborted) break;
      if (other) show();
      else if (state.mode !== before.mode || state.message !== before.message) {
        if (!context.json) context.print(prompt(state, context.width));
        if (state.typed !== "") keyboard.echo(typing(state, context.width - 6));
      } else if (state.typed !== before.typed) keyboard.echo(typing(state, context.width - 6));
    }
  } finally {
    keyboard.close();
  }
}
