/** examples/pytorch: the program that fine-tunes with PyTorch, and its server, with a tiny random checkpoint. */

import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Dataset } from "../../../src/dataset/dataset.js";
import { openRun } from "../../../src/run/reader.js";
import { command } from "../../../src/train/command/trainer.js";
import { Workspace } from "../../../src/train/command/workspace.js";
import type { TestScores } from "../../../src/train/test-recorder.js";
import { train } from "../../../src/train/train.js";
import type { Protocol } from "../../../src/train/trainer.js";
import { titled } from "../../util/requires.js";
import { choicesDataset, pairDataset, textDataset } from "../datasets.js";
import { contents, scratchFolder } from "../scratch.js";

const folder = scratchFolder("pytorch");
const example = fileURLToPath(new URL("../../../examples/pytorch/", import.meta.url));
const python = process.env["ALIDADE_PYTHON"] ?? "python3";
const noTorch =
  spawnSync(python, ["-c", "import torch, transformers"]).status === 0
    ? null
    : "PyTorch is absent: pip install torch transformers (ALIDADE_PYTHON names the Python)";

const checkpoint = join(folder, "tiny");
const socket = join(folder, "workers");
const files =
  "--train {train} --observe {observe} --tests {tests} --labels {labels} --out {out} --seed {seed} --epochs {epochs} --protocol {protocol} --threads 1";
// One thread: several wait for each other where cores are busy.
const own = `--checkpoint ${checkpoint} --device cpu`;
const direct = `${python} ${example}train.py ${own} ${files}`;
const sent = `${python} ${example}serve.py send ${socket} ${own} ${files}`;

interface Asked {
  readonly more?: string;
  readonly epochs?: number;
  readonly protocol?: Protocol;
  readonly seed?: number;
  readonly program?: string;
  readonly test?: Dataset;
}

let runs = 0;
async function trained(dataset: Dataset, { more = "", epochs = 2, program = sent, ...rest }: Asked = {}) {
  const { protocol = "train-pass", seed = 0, test } = rest;
  const out = join(folder, `run-${++runs}`);
  const options = { epochs, command: `${program} ${more}` };
  const tests = test === undefined ? {} : { tests: { id: { dataset: test } } };
  await train(dataset, { out, trainer: command, options, protocol, seed, ...tests });
  const { "examples.parquet": _, ...dynamics } = contents(out);
  const run = await openRun(out);
  const scores = test === undefined ? null : ((await run.test("id")) as TestScores);
  return { finished: run.manifest.epochs.finished, dynamics, scores };
}

describe.skipIf(noTorch !== null)(titled("fine-tuning with PyTorch", noTorch), () => {
  let server: ChildProcess;
  const texts = textDataset({ size: 70 });

  beforeAll(async () => {
    const made = spawnSync(python, [
      fileURLToPath(new URL("tiny-checkpoint.py", import.meta.url)),
      checkpoint,
    ]);
    expect(made.status, made.stderr.toString()).toBe(0);
    server = spawn(python, [`${example}serve.py`, "start", socket, "--workers", "1"], { stdio: "inherit" });
    while (!existsSync(socket)) {
      expect(server.exitCode).toBeNull();
      await pause(100);
    }
  }, 240_000);

  afterAll(async () => {
    server.kill("SIGTERM");
    if (server.exitCode === null) await once(server, "exit");
  });

  it("learns single texts and pairs, and predicts what it has not seen", async () => {
    const more = "--learning-rate 3e-3";
    for (const made of [textDataset, pairDataset]) {
      const asked = { more, epochs: 8, test: made({ size: 100, seed: 2 }) };
      const { finished, scores } = await trained(made({ size: 200 }), asked);
      expect(finished).toBe(8);
      // Measured .93 and more; half is chance.
      expect(scores?.accuracy).toBeGreaterThan(0.75);
    }
  }, 120_000);

  it("gives the same dynamics for the same seed, others for another, also through the server", async () => {
    const first = await trained(texts);
    expect(Object.keys(first.dynamics).filter((path) => path.startsWith("dynamics/"))).toHaveLength(2);
    expect((await trained(texts, { program: direct })).dynamics).toEqual(first.dynamics);
    expect((await trained(texts, { seed: 1 })).dynamics).not.toEqual(first.dynamics);
    expect((await trained(texts, { protocol: "epoch-end" })).dynamics).not.toEqual(first.dynamics);
  }, 120_000);

  it("stops after so many updates: an epoch that is not whole was no train pass", async () => {
    // Three updates an epoch.
    expect((await trained(texts, { more: "--steps 5", epochs: 4 })).finished).toBe(1);
    expect((await trained(texts, { more: "--steps 5", epochs: 4, protocol: "epoch-end" })).finished).toBe(2);
    expect((await trained(texts, { more: "--steps 6", epochs: 4 })).finished).toBe(2);
  }, 120_000);

  it("keeps the best epoch by a development set, and saves what transformers loads", async () => {
    const workspace = await Workspace.make(join(folder, "dev"));
    await workspace.fill({ train: texts, observe: texts, tests: {} });
    const model = join(folder, "model");
    // A rate of 0: no epoch is better than the first.
    const more = `--dev ${workspace.train} --patience 1 --learning-rate 0 --save ${model} --freeze layers:1`;
    expect((await trained(texts, { more, epochs: 5 })).finished).toBe(2);
    const check =
      "import sys; from transformers import AutoModelForSequenceClassification as M, AutoTokenizer as T; " +
      "m = M.from_pretrained(sys.argv[1]); T.from_pretrained(sys.argv[1]); print(m.config.id2label)";
    const loaded = spawnSync(python, ["-c", check, model], { encoding: "utf8" });
    expect(loaded.stdout, loaded.stderr).toBe("{0: 'neg', 1: 'pos'}\n");
  }, 120_000);

  it("freezes what it is asked to", async () => {
    const weights = join(folder, "frozen");
    const moved = async (what: string): Promise<string[]> => {
      await trained(texts, { more: `--freeze ${what} --save ${weights} --learning-rate 1e-2`, epochs: 1 });
      const check =
        "import sys; from safetensors.torch import load_file as f; a, b = (f(p + '/model.safetensors') for p in sys.argv[1:]); " +
        "print(*{n.split('.')[0] + ('.' + n.split('.')[2] if 'layer.' in n else '') for n in a if not a[n].equal(b['bert.' + n])})";
      const { stdout, stderr } = spawnSync(python, ["-c", check, checkpoint, weights], { encoding: "utf8" });
      expect(stderr).toBe("");
      return stdout.split(/\s+/).filter(Boolean).sort();
    };
    expect(await moved("none")).toEqual(["embeddings", "encoder.0", "encoder.1", "pooler"]);
    expect(await moved("layers:1")).toEqual(["encoder.1", "pooler"]);
    expect(await moved("all")).toEqual([]);
  }, 120_000);

  it.each([
    ["multiple choice", choicesDataset(), "", /this program reads single texts and pairs of texts only/],
    [
      "a part that there is none of",
      texts,
      "--freeze layers",
      /--freeze: not none, embeddings, layers:N or all/,
    ],
    ["a checkpoint that is not there", texts, `--checkpoint ${join(folder, "nowhere")}`, /nowhere/],
    [
      "a rate at which it explodes",
      texts,
      "--learning-rate 1e30 --clip 1e30",
      /epoch \d: the logits are not finite/,
    ],
    ["too few updates for a train pass", texts, "--steps 2", /wrote no dynamics_epoch_0/],
    ["an unknown option", texts, "--learning-rat-e 1", /unrecognized arguments: --learning-rat-e/],
  ])("says in its last line what is wrong: %s", async (_, dataset, more, message) => {
    await expect(trained(dataset, { more })).rejects.toThrow(message);
  });

  it("a train pass of examples that are not trained on is refused", () => {
    const words = [`${example}serve.py`, "send", socket, "--checkpoint", checkpoint, "--device", "cpu"];
    const given = ["train", "observe", "labels", "out"].flatMap((name) => [`--${name}`, join(folder, name)]);
    const { status, stderr } = spawnSync(python, [...words, ...given], { encoding: "utf8" });
    expect(status).toBe(1);
    expect(stderr).toMatch(/a train pass observes what it trains on: use --protocol epoch-end/);
  });

  it("a training whose command is killed ends, and the server goes on", async () => {
    const workspace = await Workspace.make(join(folder, "killed"));
    await workspace.fill({ train: texts, observe: texts, tests: {} });
    const given = `--train ${workspace.train} --labels ${workspace.labels} --out ${workspace.out} --epochs 5000`;
    const words = `${example}serve.py send ${socket} ${own} ${given}`.split(" ");
    const asking = spawn(python, words, { stdio: "ignore" });
    const second = join(workspace.out, "dynamics_epoch_1.jsonl");
    while (!existsSync(second)) await pause(50);
    asking.kill("SIGKILL");
    expect((await trained(texts)).finished).toBe(2);
    const epochs = (): boolean => existsSync(join(workspace.out, "dynamics_epoch_4999.jsonl"));
    expect(epochs()).toBe(false);
    expect(readFileSync(second, "utf8").split("\n")).toHaveLength(71);
  }, 120_000);
});
