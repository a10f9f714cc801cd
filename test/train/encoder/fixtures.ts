/** The small checkpoints of test/fixtures/encoder and what transformers computes with them: its make.py says what lies there. */

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Family } from "../../../src/train/encoder/checkpoint/config.js";
import type { Tensor } from "../../../src/train/safetensors/write.js";
import { openTensors } from "../../../src/train/safetensors/read.js";

const root = new URL("../../fixtures/encoder/", import.meta.url).pathname;

/** The folder of a family's checkpoint, or `half`. */
export const checkpointFolder = (family: Family | "half"): string => join(root, family);

export interface TokensCase {
  readonly text: string;
  readonly pair: string | null;
  readonly length: number;
  readonly ids: readonly number[];
  readonly types: readonly number[];
}

export interface InputNumbers {
  readonly texts: readonly string[];
  readonly pairs: readonly string[] | null;
  readonly ids: readonly number[][];
  readonly types: readonly number[][];
  readonly mask: readonly number[][];
  readonly logits: readonly number[][];
  readonly states: readonly number[][];
}

export interface Numbers {
  readonly inputs: Readonly<Record<"single" | "alone" | "wide" | "pair", InputNumbers>>;
  readonly choice: {
    readonly sentences: readonly string[];
    readonly choices: readonly string[][];
    readonly ids: readonly number[][][];
    readonly types: readonly number[][][];
    readonly mask: readonly number[][][];
    readonly logits: readonly number[][];
    readonly labels: readonly number[];
    readonly loss: number;
  };
  readonly training: {
    readonly rate: number;
    readonly epsilon: number;
    readonly betas: readonly [number, number];
    readonly decay: number;
    readonly clip: number;
    readonly steps: readonly {
      readonly input: keyof Numbers["inputs"];
      readonly labels: readonly number[];
      readonly loss: number;
      readonly gradientNorm: number;
    }[];
  };
}

export function numbersOf(family: Family): Numbers {
  return readJson(join(checkpointFolder(family), "numbers.json")) as Numbers;
}

export function tokensOf(family: Family): readonly TokensCase[] {
  return readJson(join(checkpointFolder(family), "tokens.json")) as TokensCase[];
}

export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** All tensors of a file of floats. */
export async function readTensors(path: string): Promise<Map<string, Tensor>> {
  const file = await openTensors(path);
  const tensors = new Map<string, Tensor>();
  for (const { name, shape } of file.entries.values()) {
    tensors.set(name, { shape, data: await file.read(name) });
  }
  await file.close();
  return tensors;
}

const python = process.env["ALIDADE_PYTHON"] ?? "python3";

/** Runs a Python program; its standard output. */
export function runPython(program: string, args: readonly string[] = []): string {
  const { status, stdout, stderr } = spawnSync(python, ["-c", program, ...args], {
    encoding: "utf8",
    env: { ...process.env, HF_HUB_OFFLINE: "1" },
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/**
 * Why a test that needs transformers skips; null where it does not. Debian has no package of it, so that the continuous integration skips
 * too, unless ALIDADE_PYTHON names a Python that must have it.
 */
export const lacksTransformers = ((): string | null => {
  const program =
    "import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, ['torch', 'transformers'])))";
  if (process.env["ALIDADE_PYTHON"] !== undefined || spawnSync(python, ["-c", program]).status === 0)
    return null;
  return "pip install torch transformers, and name that Python in ALIDADE_PYTHON";
})();

/** A real pretrained checkpoint, which is not part of the repository. */
export const miniLm = {
  folder: new URL("../../../../shared/models/all-MiniLM-L6-v2", import.meta.url).pathname,
  lacks: existsSync(new URL("../../../../shared/models/all-MiniLM-L6-v2", import.meta.url))
    ? null
    : "put sentence-transformers/all-MiniLM-L6-v2 into ../shared/models",
};
