import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readMap } from "../../src/map/read-map.js";
import { readResults } from "../../src/study/folder/results-table.js";
import { readStudy } from "../../src/study/folder/read-study.js";
import { wholeGrid, type FinishedRound } from "../../src/study/plan/round.js";
import { runStudy } from "../../src/study/execution/run-study.js";
import { readStudyFile } from "../../src/study/spec/spec-file.js";
import { studyStatus } from "../../src/study/folder/status.js";
import { runCli } from "../util/run-cli.js";
import { records, scratchFolder, someArms, table, writeStudy } from "./support.js";

it("runs a grid, keeps what it found, and does nothing again", async () => {
  const scratch = scratchFolder();
  const spec = await readStudyFile(writeStudy(scratch, someArms));
  const out = join(scratch, "out");
  const { outcome, results, failures } = await runStudy({ spec }, { out, execution: { jobs: 2 } });
  expect([outcome, failures]).toEqual(["finished", []]);
  // 6 arms, 2 replicates, 2 test sets.
  expect(results).toHaveLength(24);
  const sizes = new Map(results.map(({ arm, n }) => [arm, n]));
  expect(Object.fromEntries(sizes)).toEqual({
    "100 %": 300,
    "ambiguous 50 %": 150,
    "ambiguous 20 %": 60,
    "random 50 %": 150,
    "random 20 %": 60,
    "ambiguous 20 %, balanced": 60,
  });

  const study = await readStudy(out);
  expect(study.results).toEqual(results);
  for (const result of study.results) {
    const { correct, losses } = await study.outcomes(result.cell, result.test);
    expect(correct).toHaveLength(result.testSize);
    expect(correct.reduce((sum, one) => sum + one, 0) / correct.length).toBeCloseTo(result.accuracy, 10);
    // Single precision on disk.
    expect(losses.reduce((sum, one) => sum + one, 0) / losses.length).toBeCloseTo(result.loss, 5);
    for (const shares of [result.trainLabels, result.predictedLabels])
      expect(Object.values(shares).reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 10);
    expect(result.trainMajority).toBe(Math.max(...Object.values(result.trainLabels)));
    if (result.balanced) expect(result.trainLabels).toEqual({ good: 0.5, bad: 0.5 });
    expect(result.slices.map(({ value, n }) => [value, n])).toEqual(
      result.test === "id"
        ? []
        : [
            ["long", 40],
            ["short", 20],
          ],
    );
    const sliced = result.slices.reduce((sum, { n, accuracy }) => sum + n * accuracy, 0);
    if (result.test === "ood") expect(sliced / result.testSize).toBeCloseTo(result.accuracy, 10);
    expect(result.mapTrainer).toBe(result.by === "ambiguous" ? "ngram" : null);
    expect(result.mapSeconds > 0).toBe(result.by === "ambiguous");
  }
  expect(study.clusters.get("id")?.cluster).toBeNull();
  expect(new Set(study.clusters.get("ood")?.cluster).size).toBe(7);
  const [map] = [...Object.keys(records(out))].filter((path) => path.startsWith("maps/"));
  expect((await readMap(join(out, (map ?? "").replace(".json", "")))).size).toBe(300);
  expect(await studyStatus(out)).toMatchObject({ state: "finished", failures: [] });

  const before = records(out);
  await runStudy({ spec }, { out });
  expect(records(out)).toEqual(before);
});

it("with a budget by steps, a part gets as many updates as the whole", async () => {
  const scratch = scratchFolder();
  const arms = "  - all\n  - { by: random, fraction: [0.7, 0.5, 0.1] }";
  const spec = await readStudyFile(writeStudy(scratch, arms, "budget: both", 320));
  const out = join(scratch, "out");
  const { results } = await runStudy({ spec: { ...spec, seeds: 1 } }, { out });
  const parts = ["100 %", "random 70 %", "random 50 %", "random 10 %"];
  const told = (budget: string) =>
    parts.map((arm) => {
      const found = results.find((result) => result.arm === arm && result.budget === budget);
      return [found?.updates, found?.epochs];
    });
  // 10 updates an epoch of the whole, 7 of the larger part, 5 of the half, 1 of the tenth.
  expect(told("epochs")).toEqual([20, 14, 10, 2].map((updates) => [updates, 2]));
  expect(told("steps")).toEqual([2, 20 / 7, 4, 20].map((epochs) => [20, epochs]));
  expect(await readResults(out)).toEqual(results);
});

it("an adaptive study runs round by round, and goes on from what stands", async () => {
  const scratch = scratchFolder();
  const spec = await readStudyFile(writeStudy(scratch, "  - { by: random, fraction: [0.5, 0.3, 0.2] }"));
  const out = join(scratch, "out");
  const seen: number[] = [];
  const next = (finished: readonly FinishedRound[]) => {
    seen.push(finished.length);
    if (finished.length === 0) return { ...wholeGrid(spec)([]), replicates: [0], arms: spec.arms };
    if (finished.length > 1) return null;
    const best = [...(finished[0]?.results ?? [])]
      .filter(({ test }) => test === "id")
      .sort((a, b) => b.accuracy - a.accuracy)[0];
    return { arms: spec.arms.filter(({ name }) => name === best?.arm), replicates: [1, 2], tests: ["ood"] };
  };
  const { results } = await runStudy({ spec, next }, { out });
  expect(seen).toEqual([0, 1, 2]);
  expect(results.map(({ test, replicate }) => `${test} ${replicate}`)).toEqual([
    ...["id 0", "ood 0", "id 0", "ood 0", "id 0", "ood 0"],
    ...["ood 1", "ood 2"],
  ]);
  const before = records(out);
  await runStudy({ spec, next }, { out });
  expect(records(out)).toEqual(before);
  expect(await studyStatus(out)).toMatchObject({ state: "finished", steps: { total: 10, done: 10 } });
});

it("a step that fails is tried again, told with its reason, and takes no other down", async () => {
  const scratch = scratchFolder();
  const arms = `  - name: breaks
    by: random
    fraction: 0.5
    trainer: { name: command, options: { command: "node -e process.exit(3) {train} {out} {tests}" } }
  - all`;
  const spec = await readStudyFile(writeStudy(scratch, arms, "retries: 1\n"));
  const out = join(scratch, "out");
  const { outcome, results, failures } = await runStudy({ spec: { ...spec, seeds: 1 } }, { out });
  expect(outcome).toBe("finished");
  expect(new Set(results.map(({ arm }) => arm))).toEqual(new Set(["100 %"]));
  expect(failures.map(({ arm }) => arm)).toEqual(["breaks"]);
  expect(failures[0]?.reason).toContain("3");
  expect((await studyStatus(out)).failures.map(({ attempts }) => attempts)).toEqual([2]);
  expect((await readStudy(out)).failures.map(({ arm }) => arm)).toEqual(["breaks"]);
}, 120_000);

it("a step that takes longer than the time limit is ended, also on trying again", async () => {
  const scratch = scratchFolder();
  const hang = join(scratch, "hang.mjs");
  writeFileSync(hang, "setTimeout(() => undefined, 1e6);");
  const spec = await readStudyFile(writeStudy(scratch, "  - all"));
  const options = { command: `node ${hang} {train} {out} {tests}` };
  const arms = [{ name: "hangs", recipe: null, trainer: { name: "command", options } }];
  const out = join(scratch, "out");
  const { outcome, failures } = await runStudy(
    { spec: { ...spec, arms, seeds: 1 } },
    { out, execution: { retries: 1, timeLimit: 1 } },
  );
  expect(outcome).toBe("finished");
  expect(failures.map(({ arm, reason }) => [arm, reason])).toEqual([
    ["hangs", "took longer than the time limit of 1 s"],
  ]);
  expect((await studyStatus(out)).failures.map(({ attempts }) => attempts)).toEqual([2]);
}, 120_000);

it("says what a change does again before it does it, and --dry-run does nothing", async () => {
  const scratch = scratchFolder();
  const path = writeStudy(scratch, "  - all\n  - { by: random, fraction: 0.5 }");
  const run = (...more: string[]) => runCli(["study", path, "-o", "out", ...more], { cwd: scratch });
  const planned = await run("--dry-run");
  expect(planned.stdout).toContain("2 arms x 2 replicates: 2 selections, 4 cells");
  expect(existsSync(join(scratch, "out"))).toBe(false);
  expect((await run()).code).toBe(0);
  const before = records(join(scratch, "out"));
  writeFileSync(path, readFileSync(path, "utf8").replace("epochs: 2", "epochs: 3"));
  const changed = await run("--dry-run");
  expect(changed.stdout).toContain(
    "again: 4 cells: option epochs is 3, was 2 (cell 100 %, replicate 1, ...)",
  );
  expect(records(join(scratch, "out"))).toEqual(before);
  expect((await run()).stderr).toContain("option epochs is 3, was 2");
  expect(Object.keys(records(join(scratch, "out")))).toHaveLength(10);
});

it("runs in a folder of its own only, and leaves none where an input is wrong", async () => {
  const scratch = scratchFolder();
  const path = writeStudy(scratch, "  - { by: random, fraction: 0.5 }");
  const run = (out: string) => runCli(["study", path, "-o", out], { cwd: scratch });
  const refused = async (out: string, message: string): Promise<void> => {
    const { code, stdout, stderr } = await run(out);
    // Before it may stand which columns were found.
    expect(stderr.trim().split("\n").at(-1)).toContain(message);
    expect([code, stdout]).toEqual([2, ""]);
  };
  await refused("train.csv", "train.csv: is a file, not a folder; give another folder with -o");
  await refused("train.csv/x", "train.csv/x: a part of this path is a file");
  await refused(".", '.: is not empty, and holds no study, "');
  expect((await run("out")).code).toBe(0);
  const before = records(join(scratch, "out"));
  const whole = readFileSync(path, "utf8");
  writeFileSync(path, `${whole}name: other\n`);
  await refused("out", 'out: holds another study, "study"; give another folder with -o');
  expect(records(join(scratch, "out"))).toEqual(before);
  writeFileSync(path, whole.replace("cluster: template", "cluster: tmplate"));
  await refused("new", "test set ood: cluster names a column that is not there");
  expect(existsSync(join(scratch, "new"))).toBe(false);
});

it("the study that init writes runs as it is", async () => {
  const scratch = scratchFolder();
  const written = await runCli(["study", "init", "mine.yaml"], { cwd: scratch });
  expect(written.stdout).toBe("wrote mine.yaml; run it with: alidade study mine.yaml\n");
  const again = await runCli(["study", "init", "mine.yaml"], { cwd: scratch });
  expect([again.code, again.stderr]).toEqual([
    2,
    "alidade: mine.yaml: exists already; name another file, or give --overwrite\n",
  ]);
  const text = readFileSync(join(scratch, "mine.yaml"), "utf8");
  expect(text).toContain("seeds: 5");
  writeFileSync(
    join(scratch, "mine.yaml"),
    text.replace("seeds: 5", "seeds: [7]").replace("epochs: 4", "epochs: 2"),
  );
  const { code, stdout, stderr } = await runCli(["study", "mine.yaml", "-o", "out"], { cwd: scratch });
  expect(code, stderr).toBe(0);
  expect(stdout).toContain("ambiguous 33 %, 10 % easy");
  const results = await table(join(scratch, "out"));
  expect(results).toHaveLength(12);
});
