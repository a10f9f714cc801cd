/** The program in docs/command-trainer.md: Python accepts it, and where PyTorch is there it trains. */

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openRun } from "../../../src/run/reader.js";
import { predictPlaceholders, trainPlaceholders } from "../../../src/train/command/template.js";
import { command } from "../../../src/train/command/trainer.js";
import type { TestScores } from "../../../src/train/test-recorder.js";
import { train } from "../../../src/train/train.js";
import { lacks, titled } from "../../util/requires.js";
import { textDataset } from "../datasets.js";
import { scratchFolder } from "../scratch.js";

const folder = scratchFolder("command-docs");
const page = readFileSync(new URL("../../../docs/command-trainer.md", import.meta.url), "utf8");
const program = /```python\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
const python = process.env["ALIDADE_PYTHON"] ?? "python3";
const runs = (code: string): boolean => spawnSync(python, ["-c", code]).status === 0;

it("names every placeholder", () => {
  for (const name of [...trainPlaceholders, ...predictPlaceholders]) expect(page).toContain(`{${name}}`);
});

const noPython = runs("") ? null : lacks("python3");
it.skipIf(noPython !== null)(titled("is Python", noPython), () => {
  expect(program).not.toBe("");
  const { status, stderr } = spawnSync(python, ["-c", "import ast, sys; ast.parse(sys.stdin.read())"], {
    input: program,
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
});

const noTorch = runs("import torch")
  ? null
  : "PyTorch is absent: pip install torch (ALIDADE_PYTHON names the Python)";
it.skipIf(noTorch !== null)(
  titled("trains with PyTorch", noTorch),
  async () => {
    const path = join(folder, "train.py");
    writeFileSync(path, program);
    const template = /python train\.py (.*)"""/.exec(program)?.[1] ?? "";
    const out = join(folder, "run");
    await train(textDataset({ size: 80 }), {
      out,
      trainer: command,
      options: { epochs: 3, command: `${python} ${path} ${template}` },
      tests: { id: { dataset: textDataset({ size: 40, seed: 2 }) } },
    });
    const run = await openRun(out);
    expect(run.manifest.epochs.finished).toBe(3);
    expect(((await run.test("id")) as TestScores).accuracy).toBeGreaterThan(0.6);
  },
  300_000,
);
