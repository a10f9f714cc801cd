/** `alidade train`: the same training as `map`, for the model and its scores instead of the map. */

import { existsSync } from "node:fs";
import { cp, readdir, stat } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { UserError } from "../../core/errors.js";
import { buildMap } from "../../map/build-map.js";
import { withDiskErrors } from "../../run/disk-error.js";
import { layout } from "../../run/layout.js";
import { makeFolder } from "../../run/make-folder.js";
import { openRun } from "../../run/reader.js";
import type { TestScores } from "../../train/test-recorder.js";
import { command } from "../command.js";
import { text } from "../flags.js";
import { shellWord } from "../format.js";
import { scoresText } from "../summary-text.js";
import { trainRun, trainRunFlags } from "../train-run.js";

export const trainCommand = command({
  name: "train",
  summary: "train a model on a labelled file and score it on test sets",
  arguments: "[files...]",
  flags: {
    ...trainRunFlags,
    save: text(
      "<folder>",
      "write the trained model there too; the encoder's is a folder that transformers loads",
    ),
  },
  examples: [
    ["alidade train train.csv --test id=test.csv --test ood=other.csv", "trains, and scores both test sets"],
    [
      "alidade train train.csv --trainer encoder --model ./checkpoints/roberta-base --save ./mine",
      "fine-tunes a checkpoint, and writes it as one",
    ],
  ],
  async run(files, values, context) {
    if (values.save !== undefined) await checkSave(values.save);
    const { folder, manifest } = await trainRun("train", files, values, context, {
      flags: ["save"],
      words: "--save",
    });
    await buildMap(folder, { threads: values.threads, effects: context.effects });
    const { save } = values;
    if (save !== undefined) {
      await withDiskErrors(save, async () => {
        await makeFolder(save);
        await cp(layout.model(folder), save, { recursive: true });
      });
    }
    const run = await openRun(folder);
    const tests: [string, TestScores][] = [];
    for (const name of await run.tests()) tests.push([name, (await run.test(name)) as TestScores]);
    if (context.json) {
      context.print(JSON.stringify({ run: manifest, tests: Object.fromEntries(tests) }, null, 2));
      return;
    }
    context.print(`${scoresText(tests)}\n\nrun ${folder}, with its map: alidade show ${shellWord(folder)}`);
  },
});

/** Before training: it would be a pity after. */
async function checkSave(folder: string): Promise<void> {
  if (!existsSync(folder)) {
    let above = dirname(resolve(folder));
    while (!existsSync(above)) above = dirname(above);
    if ((await stat(above)).isDirectory()) return;
    throw new UserError({
      subject: "--save",
      problem: `${relative("", above)} is a file, no folder can be made in it`,
      value: folder,
      remedy: "name another folder",
    });
  }
  const entries = await readdir(folder).catch(() => null);
  if (entries?.length === 0) return;
  throw new UserError({
    subject: "--save",
    problem: entries === null ? "is a file" : "the folder is not empty",
    value: folder,
    remedy: "name one that is not there yet",
  });
}
