/** What is frozen stays as it is, runs once over each text, and is kept in memory and on disk. */

import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { quiet } from "../../../src/core/effects.js";
import { Stopped } from "../../../src/core/stop.js";
import { subset } from "../../../src/dataset/subset.js";
import { loadCheckpoint } from "../../../src/train/encoder/checkpoint/load.js";
import { EncoderNetwork, predictionOptions } from "../../../src/train/encoder/network.js";
import type { RowLogits } from "../../../src/run/observation.js";
import { problemOfAsync } from "../problem.js";
import { scratchFolder } from "../scratch.js";
import { checkpointFolder } from "./fixtures.js";
import { collect, largestDifference, sentences, start, trained, type Options } from "./trainings.js";

const scratch = scratchFolder("freezing");
const cache = join(scratch, "cache");
beforeEach(() => {
  process.env["ALIDADE_CACHE"] = cache;
});

/** Every parameter of a trained model that is not bit for bit the checkpoint's. */
async function moved(options: Options, name: string): Promise<Set<string>> {
  const folder = join(scratch, name);
  const training = await start(sentences(40, 1), options);
  for await (const epoch of training.epochs()) for await (const _ of epoch.observations);
  await training.saveModel(folder);
  await training.close();
  const before = (await loadCheckpoint(checkpointFolder("bert"))).parameters;
  const { parameters } = await loadCheckpoint(folder);
  return new Set(
    [...parameters].flatMap(([name, { data }]) =>
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).equals(
        Buffer.from(before.get(name)!.data.buffer, before.get(name)!.data.byteOffset, data.byteLength),
      )
        ? []
        : [name.replace(/^(layers\.\d+|embeddings)\..*/, "$1")],
    ),
  );
}

describe("freezing", () => {
  it.each([
    ["none", ["embeddings", "layers.0", "layers.1"]],
    ["embeddings", ["layers.0", "layers.1"]],
    ["layers:1", ["layers.1"]],
    ["layers:2", []],
    ["all", []],
  ])("%s moves only %j and the head", async (freeze, expected) => {
    const found = await moved({ freeze, weightDecay: 0.1 }, `freeze-${freeze.replace(":", "")}`);
    expect([...found].sort()).toEqual(expected);
  });

  it("all trains the head as freezing every layer does, and keeps the states on disk", async () => {
    // Texts that this process has not seen: what was kept is on the disk alone.
    const dataset = () => sentences(50, 8);
    const options = { dropout: 0, mixLengths: true, learningRate: 0.02 };
    const before = new Set(files());
    const all = await trained(dataset(), { ...options, freeze: "all" });
    const layers = await trained(dataset(), { ...options, freeze: "layers:2" });
    expect(layers.logits).toEqual(all.logits);
    expect(largestDifference(all.logits[0]!, all.logits[1]!)).toBeGreaterThan(0.01);

    const [path, ...others] = files().filter((one) => !before.has(one));
    expect(others).toEqual([]);
    const written = readFileSync(path!);
    const again = await trained(dataset(), { ...options, freeze: "all" });
    expect(again.logits).toEqual(all.logits);

    // A damaged file is not believed, and is made again.
    const damaged = Buffer.from(written);
    damaged[100]! ^= 1;
    for (const content of [damaged, written.subarray(0, 64), Buffer.alloc(0)]) {
      writeFileSync(path!, content);
      const other = await trained(dataset(), { ...options, freeze: "all" });
      expect(other.logits).toEqual(all.logits);
      expect(readFileSync(path!)).toEqual(written);
    }
    expect(files().filter((one) => !before.has(one))).toEqual([path]);
  });

  it("all reads the kept states where they stand: nothing is computed", async () => {
    const dataset = () => sentences(30, 9);
    const before = new Set(files());
    await trained(dataset(), { freeze: "all" });
    const [path] = files().filter((one) => !before.has(one));
    const { ino } = statSync(path!);
    const lines: string[] = [];
    await trained(dataset(), { freeze: "all" }, { effects: { ...quiet, log: (line) => lines.push(line) } });
    // A file that is written anew is another one.
    expect(statSync(path!).ino).toBe(ino);
    // Another length, another text: other states.
    await trained(dataset(), { freeze: "all", maxLength: 6 });
    await trained(sentences(30, 10), { freeze: "all" });
    expect(files().filter((one) => !before.has(one))).toHaveLength(3);
  });

  it("stops while the states are computed, says how far they are, and leaves nothing", async () => {
    const before = files();
    const controller = new AbortController();
    const labels: string[] = [];
    const progress = (label: string) => ({
      update: () => controller.abort(),
      end: () => labels.push(label),
    });
    const more = { signal: controller.signal, effects: { ...quiet, progress } };
    const dataset = sentences(100, 15);
    await expect(start(dataset, { freeze: "layers:1" }, more)).rejects.toThrow(Stopped);
    expect(labels).toEqual(["made: states of frozen layers"]);
    expect(files()).toEqual(before);
    // Another training that had waited for them, or comes later, is not stopped by that.
    expect((await trained(dataset, { freeze: "layers:1" })).losses).toHaveLength(2);
  });

  it("drops from the disk what was not used for longest, where all would be more than 8 GiB", async () => {
    const states = join(cache, "states");
    const [old, newer] = ["old.f32", "newer.f32"].map((name) => join(states, name)) as [string, string];
    // Sparse: they take no room.
    for (const [path, days] of [
      [old, 2],
      [newer, 1],
    ] as const) {
      writeFileSync(path, "");
      truncateSync(path, 2 ** 32);
      const then = new Date(Date.now() - days * 86_400_000);
      utimesSync(path, then, then);
    }
    await trained(sentences(30, 17), { freeze: "layers:1" });
    expect(existsSync(old)).toBe(false);
    expect(existsSync(newer)).toBe(true);
    rmSync(newer);
  });

  describe("what is kept", () => {
    const dataset = sentences(60, 16);
    const half = subset(
      dataset,
      Int32Array.from({ length: 30 }, (_, row) => 2 * row),
    );
    const open = async (mostKept?: number) =>
      await EncoderNetwork.open({
        checkpoint: await loadCheckpoint(checkpointFolder("bert")),
        head: (await loadCheckpoint(checkpointFolder("bert"), "classification")).head.parameters,
        labels: ["a", "b", "c"],
        options: { ...predictionOptions(16), freeze: "layers:1" },
        threads: 1,
        ...(mostKept === undefined ? {} : { mostKept }),
      });

    it("are the states of all tokens; of a subset, those of what it was taken from", async () => {
      const network = await open();
      const { lengths, kept } = await network.sizesOf(dataset);
      const { width } = (await loadCheckpoint(checkpointFolder("bert"))).config;
      expect(kept).toBe(width * lengths.reduce((a, b) => a + b, 0));
      expect((await network.sizesOf(half)).kept).toBe(kept);
      await network.close();
    });

    it("are a subset's own states where the whole has too many, none where it has too many itself: the logits are the same", async () => {
      const found: { kept: number; wholeKept: number; logits: RowLogits; files: number }[] = [];
      for (const mostKept of [undefined, 10_000, 0]) {
        process.env["ALIDADE_CACHE"] = join(scratch, `cache ${mostKept}`);
        const network = await open(mostKept);
        found.push({
          wholeKept: (await network.sizesOf(dataset)).kept,
          kept: (await network.sizesOf(half)).kept,
          logits: await collect(network.predict(half), half),
          files: files().length,
        });
        await network.close();
      }
      const [shared, own, none] = found as [(typeof found)[0], (typeof found)[0], (typeof found)[0]];
      expect([shared.kept, own.wholeKept, none.kept]).toEqual([shared.wholeKept, 0, 0]);
      expect(own.kept).toBeGreaterThan(0);
      expect(own.kept).toBeLessThan(shared.kept);
      expect(found.map((one) => one.files)).toEqual([1, 1, 0]);
      // Padded to other lengths, the runtime adds in another order.
      expect(largestDifference(own.logits, shared.logits)).toBeLessThan(1e-5);
      expect(largestDifference(none.logits, shared.logits)).toBeLessThan(1e-5);
    });
  });

  it("layers:1 learns, the same again from kept states, and goes on from a saved epoch bit for bit", async () => {
    const dataset = sentences(60, 14);
    const options = { freeze: "layers:1", learningRate: 0.005, dropout: 0, epochs: 25, batch: 8 };
    const first = await trained(dataset, options);
    expect(first.losses.at(-1)!).toBeLessThan(first.losses[0]!);
    const again = await trained(dataset, options);
    expect(again.logits).toEqual(first.logits);
    const state = join(scratch, "frozen-state");
    const stopped = await start(dataset, options);
    for await (const epoch of stopped.epochs()) {
      for await (const _ of epoch.observations);
      await epoch.save(state);
      break;
    }
    await stopped.close();
    const rest = await trained(dataset, options, { resume: { epochs: 1, folder: state } });
    expect(rest.logits).toEqual(first.logits.slice(1));
    // A subset reads the states of what it was taken from.
    const before = files().length;
    const half = await trained(
      subset(
        dataset,
        Int32Array.from({ length: 30 }, (_, row) => 2 * row),
      ),
      options,
    );
    expect(files()).toHaveLength(before);
    expect(half.losses.at(-1)!).toBeLessThan(half.losses[0]!);
  });

  it.each(["layers:0", "layers:99", "layers:-1", "layers:1.5", "layers", "everything", ""])(
    "%j is refused with what there is",
    async (freeze) => {
      expect(await problemOfAsync(() => start(sentences(20, 1), { freeze }))).toBe(
        `encoder option freeze: is none of none, embeddings, all, and layers:n, ${JSON.stringify(freeze)}; this encoder has 2 layers: layers:1 to layers:2`,
      );
    },
  );
});

function files(): string[] {
  try {
    const states = join(process.env["ALIDADE_CACHE"]!, "states");
    return readdirSync(states).map((name) => join(states, name));
  } catch {
    return [];
  }
}
