import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { acquireLock, lockHolder } from "../../src/run/lock.js";
import { ownIdentity, whereabouts } from "../../src/run/process-identity.js";
import { repository, scratchFolder } from "./support.js";

const child = join(repository, "test", "run", "lock-child.mjs");
const subject = "runs/x";

function start(...args: string[]): ChildProcess {
  const process_ = spawn(process.execPath, [child, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void process_.kill("SIGKILL"));
  return process_;
}

async function startHolder(path: string): Promise<ChildProcess> {
  const holder = start("hold", path);
  if (holder.stdout) await once(holder.stdout, "data");
  return holder;
}

/** The lock that this process would write, with some fields changed. */
const holderWith = (changes: object): string =>
  JSON.stringify({
    ...ownIdentity(),
    token: "0123456789abcdef",
    since: "2026-01-02T03:04:05.678Z",
    ...changes,
  });

describe("acquireLock", () => {
  it("keeps a second process out, names the first, and lets in when it has gone", async () => {
    const path = join(scratchFolder(), ".lock");
    const holder = await startHolder(path);
    await expect(acquireLock(path, { subject, breakLock: true })).rejects.toThrow(
      new RegExp(
        `^runs/x: being written by process ${holder.pid} on this machine since [-0-9: ]+ UTC; wait for it, or stop it`,
      ),
    );
    expect((await lockHolder(path, subject))?.message).toContain(`process ${holder.pid}`);
    holder.stdin?.end();
    await once(holder, "exit");
    expect(await lockHolder(path, subject)).toBeNull();
    const lock = await acquireLock(path, { subject });
    await lock.release();
    await lock.release();
    expect(readdirSync(join(path, ".."))).toEqual([]);
  });

  it("keeps a second writer of the same process out", async () => {
    const path = join(scratchFolder(), ".lock");
    const lock = await acquireLock(path, { subject });
    await expect(acquireLock(path, { subject })).rejects.toThrow(`process ${process.pid} on this machine`);
    expect(await lock.held()).toBe(true);
    await lock.release();
  });

  it("takes over from a process that was killed", async () => {
    const path = join(scratchFolder(), ".lock");
    const holder = await startHolder(path);
    holder.kill("SIGKILL");
    await once(holder, "exit");
    // What others leave that are killed while they write their claim.
    writeFileSync(`${path}.new-0123`, "");
    writeFileSync(`${path}.new-4567`, holderWith({ pid: 4_000_000 }));
    const lock = await acquireLock(path, { subject });
    expect(await lock.held()).toBe(true);
    expect(readdirSync(join(path, ".."))).toEqual([".lock"]);
    await lock.release();
  });

  it.skipIf(ownIdentity().start === null)(
    "sees through a process number that was given out again",
    async () => {
      const path = join(scratchFolder(), ".lock");
      writeFileSync(path, holderWith({ start: "1" }));
      await (await acquireLock(path, { subject })).release();
    },
  );

  it.skipIf(ownIdentity().boot === null)("takes over from before a restart", async () => {
    const path = join(scratchFolder(), ".lock");
    writeFileSync(path, holderWith({ boot: "another" }));
    await (await acquireLock(path, { subject })).release();
  });

  it.each([
    ["another machine", { host: "elsewhere", boot: "x", space: "y", pid: 7 }, "process 7 on elsewhere"],
    ["another container", { space: "pid:[1]", pid: 7 }, "process 7 on "],
  ])("takes from %s only when told", async (_, changes, problem) => {
    const path = join(scratchFolder(), ".lock");
    writeFileSync(path, holderWith(changes));
    await expect(acquireLock(path, { subject })).rejects.toThrow(
      new RegExp(
        `^runs/x: being written by ${problem}.* since 2026-01-02 03:04:05 UTC; .*give --break-lock$`,
      ),
    );
    const lock = await acquireLock(path, { subject, breakLock: true });
    expect(await lock.held()).toBe(true);
    await lock.release();
  });

  it("asks before it replaces a lock that says nothing", async () => {
    const path = join(scratchFolder(), ".lock");
    writeFileSync(path, "");
    await expect(acquireLock(path, { subject })).rejects.toThrow(
      "runs/x: its lock .lock cannot be read; if nothing writes this run, give --break-lock",
    );
    await (await acquireLock(path, { subject, breakLock: true })).release();
  });

  it("notices that it was broken, and does not remove the other's lock", async () => {
    const path = join(scratchFolder(), ".lock");
    const lock = await acquireLock(path, { subject });
    writeFileSync(path, holderWith({}));
    expect(await lock.held()).toBe(false);
    await lock.release();
    expect(readFileSync(path, "utf8")).toContain("0123456789abcdef");
  });

  it("has one holder at a time, however many want it and die with it", async () => {
    const folder = scratchFolder();
    const log = join(folder, "log");
    writeFileSync(join(folder, ".lock"), holderWith({ pid: 4_000_000 }));
    const contenders = Array.from({ length: 10 }, () => start("contend", join(folder, ".lock"), log));
    await Promise.all(contenders.map((contender) => once(contender, "exit")));
    const lines = readFileSync(log, "utf8").trim().split("\n");
    expect(lines).toHaveLength(20);
    for (let i = 0; i < lines.length; i += 2) {
      expect(lines[i]).toMatch(/^\+\d+$/);
      expect(lines[i + 1]).toBe(lines[i]?.replace("+", "-"));
    }
    await (await acquireLock(join(folder, ".lock"), { subject })).release();
    expect(readdirSync(folder)).toEqual(["log"]);
  });
});

describe("whereabouts", () => {
  it("knows itself", () => {
    expect(whereabouts(ownIdentity())).toBe("running");
  });

  it("knows no process where the system tells no starting time", () => {
    const own = { ...ownIdentity(), boot: null, space: null, start: null };
    expect(whereabouts(own, own)).toBe("running");
    expect(whereabouts({ ...own, pid: 4_000_000 }, own)).toBe("gone");
  });
});
