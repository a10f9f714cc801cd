import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Random } from "../../src/core/random.js";
import { readStudyFile } from "../../src/study/spec/spec-file.js";
import { runStudy } from "../../src/study/execution/run-study.js";
import { studyStatus } from "../../src/study/folder/status.js";
import { cli, runCli } from "../util/run-cli.js";
import {
  childrenOf,
  gatedArm,
  records,
  scratchFolder,
  someArms,
  table,
  until,
  writeStudy,
} from "./support.js";

/** Running: neither gone nor a zombie that nobody has waited for yet. */
function running(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

it("loses nothing finished to kill -9 of the study or of its workers, does nothing twice, and ends with the same table", async () => {
  const scratch = scratchFolder();
  const gate = join(scratch, "gate");
  const study = writeStudy(scratch, `${someArms}\n${gatedArm(gate)}`);
  writeFileSync(gate, "");
  const straight = join(scratch, "straight");
  await runStudy({ spec: await readStudyFile(study) }, { out: straight });
  const expected = await table(straight);
  const all = Object.keys(records(straight)).sort();
  rmSync(gate);

  // Both workers come to wait at the gate: until it opens a study ends by its kill only.
  const gated = 2;
  const out = join(scratch, "killed");
  const random = new Random(Date.now());
  let finished: Record<string, string> = {};
  const standing = (): Record<string, string> => {
    const now = records(out);
    for (const [path, content] of Object.entries(finished)) expect(now[path], path).toBe(content);
    return (finished = now);
  };
  const start = () =>
    spawn(process.execPath, [cli, "study", study, "-o", out, "--jobs", "2"], { stdio: "ignore" });
  const killWorker = async (pid: number): Promise<void> => {
    await until(() => childrenOf(pid).some(running), "a worker");
    const before = childrenOf(pid).filter(running);
    process.kill(before[random.below(before.length)] ?? 0, "SIGKILL");
    // The study goes on with another one.
    await until(() => childrenOf(pid).some((one) => running(one) && !before.includes(one)), "another worker");
  };
  for (let round = 0; round < 6; round++) {
    const child = start();
    const { pid = 0 } = child;
    const ended = once(child, "exit");
    const target = Math.min(Object.keys(finished).length + 1 + random.below(3), all.length - gated);
    await until(() => Object.keys(records(out)).length >= target, "progress");
    if (round % 2 === 1) await killWorker(pid);
    const workers = childrenOf(pid);
    child.kill("SIGKILL");
    expect(await ended).toEqual([null, "SIGKILL"]);
    await until(() => !workers.some(running), "the end of the workers");
    standing();
  }
  const last = start();
  const ended = once(last, "exit");
  await killWorker(last.pid ?? 0);
  writeFileSync(gate, "");
  expect(await ended).toEqual([0, null]);
  expect(Object.keys(standing()).sort()).toEqual(all);
  expect(await table(out)).toEqual(expected);
}, 600_000);

it("Ctrl-C lets the running cells finish, says how to go on, and going on ends with the same table", async () => {
  const scratch = scratchFolder();
  const gate = join(scratch, "gate");
  const study = writeStudy(scratch, `${gatedArm(gate)}\n${someArms}`);
  const spec = await readStudyFile(study);
  const out = join(scratch, "out");
  const child = spawn(process.execPath, [cli, "study", study, "-o", out], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = once(child, "exit");
  await until(() => existsSync(`${gate}.waiting`), "a cell that waits");
  // Beside it what was finished before may still be written.
  expect(await studyStatus(out)).toMatchObject({
    state: "running",
    running: expect.arrayContaining([
      expect.objectContaining({ title: "cell waits, replicate 1" }),
    ]) as unknown,
  });
  await expect(runStudy({ spec }, { out })).rejects.toThrow(/being written by process/);
  child.kill("SIGINT");
  await until(() => said.includes("stopping"), "an answer to Ctrl-C");
  writeFileSync(gate, "");
  expect(await ended).toEqual([130, null]);
  expect(said).toContain(
    `stopped: what is finished stands in ${out}; go on with: alidade study ${study} -o ${out}`,
  );
  expect(await studyStatus(out)).toMatchObject({ state: "stopped", running: [] });
  const before = records(out);
  expect(Object.keys(before).some((path) => path.startsWith("cells/"))).toBe(true);
  expect((await runCli(["study", study, "-o", out], { cwd: scratch })).code).toBe(0);
  const after = records(out);
  for (const [path, content] of Object.entries(before)) expect(after[path]).toBe(content);
  const straight = join(scratch, "straight");
  await runStudy({ spec }, { out: straight });
  expect(await table(out)).toEqual(await table(straight));
}, 600_000);
