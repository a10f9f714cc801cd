import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { readStudyFile } from "../../src/study/spec-file.js";
import { runStudy } from "../../src/study/run-study.js";
import { studyStatus } from "../../src/study/status.js";
import { cli, runCli } from "../util/run-cli.js";
import { childrenOf, records, scratchFolder, someArms, table, until, writeStudy } from "./support.js";

const alive = (pid: number): boolean => existsSync(`/proc/${pid}`);

function start(study: string, out: string) {
  const child = spawn(process.execPath, [cli, "study", study, "-o", out, "--jobs", "2"], { stdio: "ignore" });
  const ended = once(child, "exit") as Promise<[number | null, string | null]>;
  return { child, pid: child.pid ?? 0, ended };
}

it("loses nothing finished to kill -9 of the study or of its workers, does nothing twice, and ends with the same table", async () => {
  const scratch = scratchFolder();
  const study = writeStudy(scratch, someArms);
  const straight = join(scratch, "straight");
  await runStudy({ spec: await readStudyFile(study) }, { out: straight });
  const expected = await table(straight);
  const all = Object.keys(records(straight)).length;

  const out = join(scratch, "killed");
  const random = new Random(Date.now());
  let finished: Record<string, string> = {};
  const kills: string[] = [];
  for (let round = 0; ; round++) {
    const { child, pid, ended } = start(study, out);
    if (round >= 6) {
      expect(await ended).toEqual([0, null]);
      break;
    }
    const target = Object.keys(finished).length + 1 + random.below(3);
    await until(
      () => Object.keys(records(out)).length >= Math.min(target, all) || child.exitCode !== null,
      "progress",
    );
    const workers = childrenOf(pid);
    const worker = workers[random.below(Math.max(1, workers.length))];
    if (round % 2 === 1 && worker !== undefined) {
      process.kill(worker, "SIGKILL");
      kills.push("worker");
      // The study goes on with another one.
      expect(await ended).toEqual([0, null]);
      finished = records(out);
      if (Object.keys(finished).length === all) break;
    } else {
      child.kill("SIGKILL");
      kills.push("study");
      await ended;
      await until(() => !workers.some(alive), "the end of the workers");
    }
    const now = records(out);
    for (const [path, content] of Object.entries(finished)) expect(now[path], path).toBe(content);
    finished = now;
  }
  const end = records(out);
  for (const [path, content] of Object.entries(finished)) expect(end[path], path).toBe(content);
  expect(Object.keys(end).sort()).toEqual(Object.keys(records(straight)).sort());
  expect(await table(out)).toEqual(expected);
  expect(kills).toContain("study");
  expect(kills).toContain("worker");
}, 180_000);

it("Ctrl-C lets the running cells finish, says how to go on, and going on ends with the same table", async () => {
  const scratch = scratchFolder();
  const study = writeStudy(scratch, someArms);
  writeFileSync(study, readFileSync(study, "utf8").replace("seeds: 2", "seeds: 8"));
  const spec = await readStudyFile(study);
  const out = join(scratch, "out");
  const child = spawn(process.execPath, [cli, "study", study, "-o", out], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = once(child, "exit");
  await until(() => Object.keys(records(out)).length >= 2, "two steps");
  expect(await studyStatus(out)).toMatchObject({ state: "running" });
  await expect(runStudy({ spec }, { out })).rejects.toThrow(/being written by process/);
  child.kill("SIGINT");
  expect(await ended).toEqual([130, null]);
  expect(said).toContain(
    `stopped: what is finished stands in ${out}; go on with: alidade study ${study} -o ${out}`,
  );
  expect(await studyStatus(out)).toMatchObject({ state: "stopped", running: [] });
  const before = records(out);
  expect((await runCli(["study", study, "-o", out], { cwd: scratch })).code).toBe(0);
  const after = records(out);
  for (const [path, content] of Object.entries(before)) expect(after[path]).toBe(content);
  const straight = join(scratch, "straight");
  await runStudy({ spec }, { out: straight });
  expect(await table(out)).toEqual(await table(straight));
}, 120_000);
