import { expect, it } from "vitest";
import { parseConfig } from "../../../src/train/encoder/checkpoint/config.js";
import { checkMemory, estimateMemory, type StepSize } from "../../../src/train/encoder/memory.js";
import { encoderOptions, type EncoderOptions } from "../../../src/train/encoder/options.js";
import { problemOf } from "../problem.js";

function sizeOf(layers: number, width: number, length: number, more: Partial<EncoderOptions> = {}): StepSize {
  const config = parseConfig(
    {
      model_type: "bert",
      hidden_size: width,
      num_hidden_layers: layers,
      num_attention_heads: width / 32,
      intermediate_size: 4 * width,
    },
    "test",
  );
  const options = encoderOptions.parse({ model: "x", ...more });
  return { config, options, lengths: new Int32Array(64).fill(length), sequences: 1 };
}

/** Megabytes at their highest of `bench/encoder_step.mjs` (batches of 32, dropout 0.1, two threads), which is a step and no more. */
const measured: [layers: number, width: number, length: number, peak: number][] = [
  [4, 256, 64, 647],
  [4, 256, 128, 1145],
  [6, 384, 64, 1316],
  [6, 384, 128, 2471],
];

it.each(measured)(
  "%d layers x %d at 32 x %d tokens: at least what was measured, and not much more",
  (layers, width, length, peak) => {
    const estimate = estimateMemory(sizeOf(layers, width, length)) / 1e6;
    // A whole training reads data, tokenizes and writes a run besides.
    expect(estimate).toBeGreaterThan(peak + 100);
    expect(estimate).toBeLessThan(peak + 500);
  },
);

it("needs less with lower layers frozen, with smaller parts, with the head alone", () => {
  const whole = estimateMemory(sizeOf(6, 384, 128));
  for (const less of [{ parts: 2 }, { freeze: "layers:3" }, { freeze: "all" }, { batch: 8 }])
    expect(estimateMemory(sizeOf(6, 384, 128, less))).toBeLessThan(whole);
});

it("does not ask for the memory of examples that are not there", () => {
  const few = { ...sizeOf(6, 384, 128, { batch: 65_536 }), lengths: new Int32Array(32).fill(128) };
  expect(estimateMemory(few)).toBe(estimateMemory(sizeOf(6, 384, 128)));
  expect(problemOf(() => checkMemory({ ...few, lengths: new Int32Array(60_000).fill(128) }, 2e10))).toMatch(
    /; --parts \d+ computes the same batches in less$/,
  );
});

it("refuses what will not fit, with a setting that does, where there is one", () => {
  const size = sizeOf(6, 384, 128);
  expect(() => checkMemory(size, 4e9)).not.toThrow();
  const problem = problemOf(() => checkMemory(size, 1.5e9));
  const parts = Number(
    /^memory: this machine has 1\.5 GB, and training would take about 2\.\d GB; --parts (\d+) computes the same batches in less$/.exec(
      problem,
    )?.[1],
  );
  expect(() => checkMemory(sizeOf(6, 384, 128, { parts }), 1.5e9)).not.toThrow();
  expect(() => checkMemory(sizeOf(6, 384, 128, { parts: parts / 2 }), 1.5e9)).toThrow();
  expect(problemOf(() => checkMemory(size, 1e8))).toMatch(
    /; freeze lower layers \(--freeze layers:n\), cut texts shorter \(--max-length\), or take a smaller checkpoint$/,
  );
});
