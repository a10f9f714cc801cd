/** The command trainer with real programs: what they write becomes a run, and whatever they do wrong is one clear line. */

import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { quiet } from "../../../src/core/effects.js";
import { openRun } from "../../../src/run/reader.js";
import type { ObservationChunk } from "../../../src/run/epoch-reader.js";
import { command } from "../../../src/train/command/trainer.js";
import type { TestScores } from "../../../src/train/test-recorder.js";
import { train } from "../../../src/train/train.js";
import { cli, runCli } from "../../util/run-cli.js";
import { lacks, titled } from "../../util/requires.js";
import { choicesDataset, textDataset } from "../datasets.js";
import { problemOfAsync } from "../problem.js";
import { scratchFolder } from "../scratch.js";
import { predictCommand, pythonCommand, trainAndTestCommand, trainCommand } from "./commands.js";

const folder = scratchFolder("command");
const dataset = textDataset({ size: 60 });
const test = textDataset({ size: 30, seed: 2, name: "other" });
let made = 0;

interface Ran {
  readonly out: string;
  readonly workDir: string;
}

/** Trains with a command, its files kept. */
async function run(
  template: string,
  more: Record<string, unknown> = {},
  tests: Parameters<typeof train>[1]["tests"] = {},
  extra: Partial<Parameters<typeof train>[1]> = {},
): Promise<Ran> {
  const out = join(folder, `run-${made++}`);
  const workDir = `${out}-work`;
  await train(dataset, {
    out,
    trainer: command,
    options: { epochs: 2, command: template, workDir, ...more },
    tests,
    seed: 3,
    ...extra,
  });
  return { out, workDir };
}

/** A program in plain JavaScript that has `args` (its words), `train` (its examples) and `out`. */
function program(body: string): string {
  const path = join(folder, `program-${made++}.mjs`);
  writeFileSync(
    path,
    `import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
const [trainFile, out, ...args] = process.argv.slice(2);
const train = readFileSync(trainFile, "utf8").split("\\n").filter(Boolean).map((line) => JSON.parse(line));
const epoch = (e, examples = train, logits = () => [1, 0]) => writeFileSync(out + "/dynamics_epoch_" + e + ".jsonl",
  examples.map((x, i) => JSON.stringify({ guid: x.guid, ["logits_epoch_" + e]: logits(x, i), gold: x.gold }) + "\\n").join(""));
const predict = (name, lines) => writeFileSync(out + "/predictions/" + name + ".jsonl", lines.map((x) => JSON.stringify(x) + "\\n").join(""));
${body}
`,
  );
  return `node ${path} {train} {out} {tests} {seed}`;
}

const wrong = (body: string, more: Record<string, unknown> = {}, tests = {}): Promise<string> =>
  problemOfAsync(() => run(program(body), more, tests)).then((line) =>
    line.replaceAll(/\/\S*alidade-command-\w+/g, "<work>"),
  );

async function goldProbabilities(out: string, epoch: number): Promise<number[]> {
  const found: number[] = [];
  for await (const chunk of (await openRun(out)).readEpoch(epoch) as AsyncIterable<ObservationChunk>) {
    found.push(...(chunk.goldProbability ?? []));
  }
  return found;
}

describe("what a program writes", () => {
  it("becomes a run: epochs, test sets, a model", async () => {
    const { out, workDir } = await run(trainAndTestCommand, {}, { id: { dataset: test } });
    const { manifest, ...opened } = await openRun(out);
    expect(manifest.epochs).toEqual({ planned: 2, finished: 2 });
    expect(manifest.trainer?.name).toBe("command");
    expect(manifest.trainLoss?.[1]).toBeLessThan(manifest.trainLoss?.[0] ?? 0);
    expect(opened).toBeDefined();
    const [work = ""] = readdirSync(workDir);
    const lines = readFileSync(join(workDir, work, "out", "dynamics_epoch_1.jsonl"), "utf8")
      .trim()
      .split("\n");
    const probabilities = await goldProbabilities(out, 1);
    lines.forEach((line, row) => {
      const {
        guid,
        gold,
        logits_epoch_1: logits,
      } = JSON.parse(line) as {
        guid: string;
        gold: number;
        logits_epoch_1: [number, number];
      };
      expect(guid).toBe(dataset.ids[row]);
      const other = logits[1 - gold] ?? 0;
      expect(probabilities[row]).toBeCloseTo(1 / (1 + Math.exp(other - (logits[gold] ?? 0))), 5);
    });
    const scores = (await (await openRun(out)).test("id")) as TestScores;
    expect(scores.accuracy).toBeGreaterThan(0.6);
    expect(readFileSync(join(workDir, work, "train.log"), "utf8")).toBe("epoch 0\nepoch 1\n");
    // Nothing of a test set's labels is handed over.
    expect(readFileSync(join(workDir, work, "tests", "id.jsonl"), "utf8")).not.toMatch(/gold|label/);
  });

  it("is the same whether the program predicts, or a second command", async () => {
    const tests = { id: { dataset: test } };
    const [one, two] = [
      await run(trainAndTestCommand, {}, tests),
      await run(trainCommand, { predictCommand }, tests),
    ];
    const scores = await Promise.all([one, two].map(async ({ out }) => (await openRun(out)).test("id")));
    const [first, second] = scores as TestScores[];
    expect(first?.accuracy).toBe(second?.accuracy);
    expect(first?.loss).toBeCloseTo(second?.loss ?? 0, 5);
    const model = await command.load(join(two.out, "model"), 1);
    const sizes: number[] = [];
    for await (const batch of model.predict(test)) sizes.push(batch.rows.length);
    expect(sizes).toEqual([30]);
  });

  it("can be predictions of every epoch", async () => {
    const { out } = await run(trainAndTestCommand, {}, { id: { dataset: test } }, { testEveryEpoch: true });
    const scores = (await (await openRun(out)).test("id")) as TestScores;
    expect(scores.epochs?.map(({ epoch }) => epoch)).toEqual([0, 1]);
    expect(scores.epochs?.[0]?.loss).not.toBe(scores.epochs?.[1]?.loss);
  });

  it("is read epoch by epoch while the program runs", async () => {
    const out = join(folder, "live");
    const template = program(`epoch(0);
for (;;) { try { readFileSync(args[1]); break; } catch { await new Promise((r) => setTimeout(r, 50)); } }
epoch(1);`).replace("{seed}", join(folder, "go-on"));
    const training = train(dataset, { out, trainer: command, options: { epochs: 2, command: template } });
    await until(() => finishedEpochs(out) > 0, "the first epoch");
    expect(finishedEpochs(out)).toBe(1);
    writeFileSync(join(folder, "go-on"), "");
    expect((await training).manifest.epochs.finished).toBe(2);
  });

  it("may be fewer epochs than planned, lines in any order, numbers as ids", async () => {
    const numbered = {
      ...dataset,
      ids: dataset.ids.map((_, row) => String(900719925474099100n + BigInt(row))),
    };
    const out = join(folder, "early");
    const template = program(`writeFileSync(out + "/dynamics_epoch_0.jsonl", train.reverse().map((x, i) =>
  '{"guid": ' + x.guid + ', "logits_epoch_0": [' + (i / 10) + ', 0], "gold": ' + x.gold + '}').join("\\n"));`);
    const { manifest } = await train(numbered, {
      out,
      trainer: command,
      options: { epochs: 5, command: template },
    });
    expect(manifest.epochs).toEqual({ planned: 1, finished: 1 });
    const [first = 0] = await goldProbabilities(out, 0);
    expect(first).toBeCloseTo(1 / (1 + Math.exp((dataset.gold[0] === 0 ? -1 : 1) * 5.9)), 5);
  });

  it("may name the labels in another order, and differ in the number of choices", async () => {
    const choices = choicesDataset({ size: 20 });
    const template = program(`epoch(0, train, (x) => x.choices.map((_, k) => (k === x.gold ? 2 : 0)));
const tests = readFileSync(args[0] + "/id.jsonl", "utf8").split("\\n").filter(Boolean).map((line) => JSON.parse(line));
predict("id", tests.map((x) => ({ guid: x.guid, logits: x.choices.map((_, k) => -k) })));`);
    const out = join(folder, "choices");
    await train(choices, {
      out,
      trainer: command,
      options: { epochs: 1, command: template },
      tests: { id: { dataset: choices } },
    });
    const scores = (await (await openRun(out)).test("id")) as TestScores;
    const firsts = choices.gold.filter((gold) => gold === 0).length;
    expect(scores.accuracy).toBeCloseTo(firsts / 20, 12);
    expect((await goldProbabilities(out, 0)).every((p) => p > 0.5)).toBe(true);
  });

  const noPython = spawnSync("python3", ["--version"]).status === 0 ? null : lacks("python3");
  it.skipIf(noPython !== null)(titled("comes from Python too", noPython), async () => {
    const { out } = await run(pythonCommand, { epochs: 3 }, { id: { dataset: test } });
    const scores = (await (await openRun(out)).test("id")) as TestScores;
    expect((await openRun(out)).manifest.epochs.finished).toBe(3);
    expect(scores.accuracy).toBeGreaterThan(0.6);
  });
});

describe("what a program does wrong", () => {
  it("fails: its last lines, and where its log is", async () => {
    expect(
      await wrong(
        `epoch(0); console.log("loading"); console.error("\\u001b[31mValueError: no\\u001b[0m"); process.exit(3);`,
      ),
    ).toBe(
      "--command node: ended with exit code 3; the last that it printed: loading | ValueError: no; mend the program; the whole log is <work>/train.log",
    );
    expect(await wrong(`process.exit(1);`)).toMatch(/exit code 1; it printed nothing/);
    expect(await wrong(`process.kill(process.pid, "SIGKILL");`)).toMatch(
      /was ended by SIGKILL \(out of memory\?\)/,
    );
  });

  it("keeps its folder when it fails, and not when it does well", async () => {
    const options = { epochs: 1, command: program(`console.log("why"); process.exit(1);`) };
    const line = await problemOfAsync(() =>
      train(dataset, { out: join(folder, "kept"), trainer: command, options }),
    );
    const log = /the whole log is (\S+)$/.exec(line)?.[1] ?? "";
    expect(readFileSync(log, "utf8")).toBe("why\n");
  });

  it("hangs: it and all that it started are ended", async () => {
    const body = `const child = spawn("sleep", ["300"], { stdio: "ignore" }); writeFileSync(out + "/pid", String(child.pid));
process.on("SIGTERM", () => {}); epoch(0); setInterval(() => {}, 1000);`;
    // A slow machine may not come to the first epoch within the limit: then it gets a longer one.
    for (let limit = 1; ; limit *= 4) {
      const out = join(folder, `hangs-${limit}`);
      expect(
        await problemOfAsync(() =>
          train(dataset, {
            out,
            trainer: command,
            options: { epochs: 2, command: program(body), programLimit: limit, workDir: `${out}-work` },
          }),
        ),
      ).toMatch(
        new RegExp(`ran longer than ${limit} s and was ended; it printed nothing; raise --program-limit`),
      );
      if (finishedEpochs(out) === 0 && limit < 64) continue;
      const [work = ""] = readdirSync(`${out}-work`);
      const pid = Number(readFileSync(join(`${out}-work`, work, "out", "pid"), "utf8"));
      await until(() => !alive(pid), "the end of what it started");
      expect((await openRun(out)).manifest.epochs.finished).toBe(1);
      break;
    }
  }, 180_000);

  it("writes nothing, half an epoch, or too many", async () => {
    expect(await wrong(`writeFileSync(out + "/result.txt", "");`)).toMatch(
      /wrote no dynamics_epoch_0.jsonl into <work>\/out, "result.txt"; write what docs\/command-trainer.md says/,
    );
    expect(await wrong(`epoch(0); epoch(1, train.slice(3));`)).toMatch(
      /dynamics_epoch_1.jsonl: lacks 3 examples \("ex-0", "ex-1", "ex-2"\) of made/,
    );
    expect(
      await wrong(`epoch(0, train.slice(1)); epoch(1); await new Promise((r) => setTimeout(r, 60000));`),
    ).toMatch(/dynamics_epoch_0.jsonl: lacks 1 example \("ex-0"\)/);
    expect(
      await wrong(
        `epoch(0); appendFileSync(out + "/dynamics_epoch_1.jsonl", '{"guid": "ex-0", "logits_ep');`,
      ),
    ).toMatch(/dynamics_epoch_1.jsonl, line 1: the last line is cut off/);
    expect(await wrong(`epoch(0); epoch(1); epoch(2);`)).toMatch(
      /holds epoch 2, and 2 epochs were asked for/,
    );
    expect(await wrong(`epoch(0); epoch(2);`, { epochs: 3 })).toMatch(/holds epoch 2, but not epoch 1/);
    expect(await wrong(`epoch(1);`)).toMatch(/holds epoch 1, but not epoch 0/);
  });

  it("writes what is not an observation of these examples", async () => {
    expect(await wrong(`epoch(0, train, () => [NaN, 1]);`)).toMatch(/line 1: a logit is not finite, "null"/);
    expect(await wrong(`epoch(0, train, () => [0, 1, 2]);`)).toMatch(
      /3 logits, and there are 2 labels; write one for each of neg, pos, in this order/,
    );
    expect(await wrong(`epoch(0, train.map((x, i) => ({ ...x, guid: i })));`)).toMatch(
      /lacks 60 examples .* of made and has 60 examples .* that made lacks/,
    );
    expect(await wrong(`epoch(0, train.map((x) => ({ ...x, gold: 1 - x.gold })));`)).toMatch(
      /the gold label of example "ex-0" is .*60 of 60 examples differ/,
    );
    expect(await wrong(`epoch(0, [train[0], ...train.slice(0, -1)]);`)).toMatch(/stands twice in this epoch/);
    expect(
      await wrong(
        `epoch(0); epoch(1);
const run = out.replace(/-work.*/, "/run.json");
const finished = () => { try { return JSON.parse(readFileSync(run, "utf8")).epochs.finished; } catch { return 0; } };
while (finished() < 1) await new Promise((r) => setTimeout(r, 20));
epoch(0, [...train, train[0]]);`,
      ),
    ).toMatch(/dynamics_epoch_0.jsonl: has more lines than there are examples, or was written again/);
  });

  it("predicts nothing, or not this test set", async () => {
    const tests = { id: { dataset: test } };
    const both = "epoch(0); epoch(1);";
    const ids = `const ids = readFileSync(args[0] + "/id.jsonl", "utf8").split("\\n").filter(Boolean).map((line) => JSON.parse(line).guid);`;
    const predicted = (lines: string): Promise<string> =>
      wrong(`${both} ${ids} predict("id", ${lines});`, {}, tests);
    expect(await wrong(both, {}, tests)).toMatch(
      /test set id: the program ended well and wrote no predictions, <work>\/out\/predictions\/id.jsonl; write them there/,
    );
    expect(await predicted(`[]`)).toMatch(/id.jsonl: is empty/);
    expect(await predicted(`ids.slice(2).map((guid) => ({ guid, logits: [0, 1] }))`)).toMatch(
      /lacks 2 examples \("ex-0", "ex-1"\) of other/,
    );
    expect(await predicted(`ids.map((guid) => ({ guid, logits: [0, 1, 2] }))`)).toMatch(
      /line 1: 3 logits, and there are 2 labels/,
    );
    expect(await predicted(`ids.map((guid) => ({ guid: guid + "x", logits: [0, 1] }))`)).toMatch(
      /line 1: an example that other does not have, "ex-0x"/,
    );
    expect(await predicted(`ids.map((guid) => ({ guid, probabilities: [0.7, 0.7] }))`)).toMatch(
      /do not sum to 1, "\[0.7, 0.7\]"/,
    );
    expect(await predicted(`ids.map((guid) => ({ guid, logits: [NaN, 0] }))`)).toMatch(
      /a value is not finite, "null"/,
    );
    expect(await predicted(`[...ids, ids[0]].map((guid) => ({ guid, logits: [0, 1] }))`)).toMatch(
      /line 31: an example stands twice/,
    );
    expect(
      await predicted(`[{ labels: ["pos", "good"] }, ...ids.map((guid) => ({ guid, logits: [0, 1] }))]`),
    ).toMatch(/the labels are not the training set's, .*name each of neg, pos once/);
    expect(
      await wrong(
        `epoch(0); epoch(1); ${ids} predict("id", []); appendFileSync(out + "/predictions/id.jsonl", '{"guid": "ex-0", "lo');`,
        {},
        tests,
      ),
    ).toMatch(/line 1: the last line is cut off/);
  });

  it("wrote no predictions of an epoch that is asked for", async () => {
    const line = await problemOfAsync(() =>
      run(program("epoch(0); epoch(1);"), {}, { id: { dataset: test } }, { testEveryEpoch: true }),
    );
    expect(line).toMatch(/wrote no predictions of epoch 0, .*leave --test-every-epoch out/);
  });
});

describe("a command that cannot work", () => {
  const plain = join(folder, "plain.sh");
  beforeAll(() => {
    writeFileSync(plain, "#!/bin/sh\n");
    chmodSync(plain, 0o644);
  });

  it.each([
    ["", /command option command: names no program/],
    ["node x.mjs {trian} {out}", /unknown placeholder \{trian\} \(did you mean \{train\}\?\)/],
    ["node x.mjs {train} {whatever} {out}", /unknown placeholder \{whatever\} \(there are \{train\}, /],
    ["node 'x.mjs {train} {out}", /a quote is not closed/],
    ["node x.mjs {out}", /--command: lacks \{train\}; it stands for the file that it trains on/],
    ["node x.mjs {train}", /--command: lacks \{out\}/],
    ["no-such-program {train} {out}", /no such program on the PATH, "no-such-program"/],
    ["./no/such/program {train} {out}", /no such program, ".\/no\/such\/program"/],
    [`${plain} {train} {out}`, /the program is not executable, ".*plain.sh"; run chmod \+x/],
    ["node x.mjs {train} {dev} {out}", /uses \{dev\}, and no such file is given; give --dev/],
  ])("%s", async (template, expected) => {
    const out = join(folder, `never-${made++}`);
    const options = { command: template };
    expect(await problemOfAsync(() => train(dataset, { out, trainer: command, options }))).toMatch(expected);
    expect(existsSync(out)).toBe(false);
  });

  it("is needed, has to take test sets, and what others than it trains on", async () => {
    const out = join(folder, "never");
    const problem = (options: Record<string, unknown>, more: object = {}): Promise<string> =>
      problemOfAsync(() => train(dataset, { out, trainer: command, options, ...more }));
    expect(await problem({})).toMatch(/command option command: is needed; it is: the program that trains/);
    const plainCommand = "node x.mjs {train} {out}";
    expect(await problem({ command: plainCommand }, { tests: { id: { dataset: test } } })).toMatch(
      /--test: the command is not told of test sets, "id"; put \{tests\} into --command, or give --predict-command/,
    );
    expect(await problem({ command: plainCommand }, { protocol: "held-out" })).toMatch(/lacks \{observe\}/);
    expect(await problem({ command: plainCommand, predictCommand: "node y.mjs {test} {model}" })).toMatch(
      /--predict-command: lacks \{predictions\}/,
    );
    expect(await problem({ command: plainCommand, dev: "none.csv" })).toMatch(
      /--dev: the command does not use \{dev\}/,
    );
    expect(await problem({ command: `${plainCommand} {dev}`, dev: "none.csv" })).toMatch(
      /--dev: no such file, "none.csv"/,
    );
    expect(await problem({ command: plainCommand, programLimit: -1 })).toMatch(
      /option programLimit: must be at least 0/,
    );
    expect(existsSync(out)).toBe(false);
  });
});

describe("ending", () => {
  const hangs = `const child = spawn("sleep", ["300"], { stdio: "ignore" });
writeFileSync(args[1], JSON.stringify([process.pid, child.pid])); epoch(0); console.error("now"); setInterval(() => {}, 1000);`;

  it("on a signal ends the program and all that it started, and keeps nothing", async () => {
    const pids = join(folder, "pids-signal");
    const controller = new AbortController();
    const training = await command.start({
      train: dataset,
      protocol: "epoch-end",
      seed: 1,
      options: command.options.parse({ command: program(hangs).replace("{seed}", pids) }),
      threads: 1,
      signal: controller.signal,
      effects: quiet,
    });
    const epochs = training.epochs()[Symbol.asyncIterator]();
    expect((await epochs.next()).value).toMatchObject({ epoch: 0 });
    const both = JSON.parse(readFileSync(pids, "utf8")) as number[];
    expect(both.map(alive)).toEqual([true, true]);
    controller.abort("SIGINT");
    await expect(epochs.next()).rejects.toThrow("stopped");
    await training.close();
    expect(both.map(alive)).toEqual([false, false]);
  });

  it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
    "with %s of the whole command",
    async (signal) => {
      const cwd = join(folder, `cli-${signal}`);
      mkdirSync(cwd);
      writeFileSync(join(cwd, "train.csv"), csv(40, 1));
      const pids = join(cwd, "pids");
      const template = program(hangs).replace("{seed}", pids);
      const args = ["map", "train.csv", "--trainer", "command", "--command", template, "-o", "run"];
      const child = spawn(process.execPath, [cli, ...args], { cwd, stdio: ["ignore", "ignore", "pipe"] });
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
      await until(() => finishedEpochs(join(cwd, "run")) > 0, "the first epoch");
      child.kill(signal);
      const code = await ended;
      expect(code).toBe({ SIGINT: 130, SIGTERM: 143, SIGKILL: null }[signal]);
      if (code !== null) {
        expect(stderr).toMatch(
          /stopped: 1 of 6 epochs stand in run; the command trainer cannot go on: train anew with --overwrite/,
        );
      }
      const both = JSON.parse(readFileSync(pids, "utf8")) as number[];
      await until(() => !both.some(alive), "the end of the program");
    },
    180_000,
  );
});

it("alidade map draws the map of any program's training", async () => {
  const cwd = join(folder, "cli");
  mkdirSync(join(cwd, "a folder"), { recursive: true });
  writeFileSync(join(cwd, "a folder", "train.csv"), csv(60, 1));
  writeFileSync(join(cwd, "test.csv"), csv(30, 2));
  const args = ["map", "a folder/train.csv", "--trainer", "command", "--command", trainAndTestCommand];
  const { code, stdout, stderr } = await runCli(
    [...args, "--test", "id=test.csv", "--epochs", "3", "-o", "run"],
    { cwd },
  );
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/id/);
  expect((await openRun(join(cwd, "run"))).manifest.epochs.finished).toBe(3);
  expect(existsSync(join(cwd, "run", "map.svg"))).toBe(true);
  const shell = `cd / && ${trainAndTestCommand} && echo well`;
  const second = await runCli(
    [...args.slice(0, 5), shell, "--shell", "--work-dir", "it's here", "--epochs", "1", "-o", "two"],
    { cwd },
  );
  expect(second.code, second.stderr).toBe(0);
  const [work = ""] = readdirSync(join(cwd, "it's here"));
  expect(readFileSync(join(cwd, "it's here", work, "train.log"), "utf8")).toMatch(/well\n$/);
}, 180_000);

function csv(size: number, seed: number): string {
  const { input, gold, labelNames } = textDataset({ size, seed });
  const texts = input.kind === "text" ? input.text : [];
  return ["text,label", ...texts.map((text, row) => `${text},${labelNames[gold[row] ?? 0] ?? ""}`)].join(
    "\n",
  );
}

function finishedEpochs(out: string): number {
  const path = join(out, "run.json");
  if (!existsSync(path)) return 0;
  return (JSON.parse(readFileSync(path, "utf8")) as { epochs: { finished: number } }).epochs.finished;
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 120_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`${what} did not come`);
    await pause(20);
  }
}

/** A zombie that nobody has waited for is no longer alive. */
function alive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
