import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { UserError } from "../../src/core/errors.js";
import { diskError } from "../../src/run/disk-error.js";
import { createRun } from "../../src/run/open-writer.js";
import { openRun } from "../../src/run/reader.js";
import { beginning, observationsOf, repository, scratchFolder } from "./support.js";

const child = join(repository, "test", "run", "disk-child.mjs");
const isRoot = process.getuid?.() === 0;
const nobody = { uid: 65534, gid: 65534 };

function write(mode: "create" | "resume", folder: string, as: object = {}): string {
  return execFileSync(process.execPath, [child, mode, folder], { encoding: "utf8", ...as }).trim();
}

function mount(folder: string, options: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function canMount(): boolean {
  if (!isRoot) return false;
  const folder = join(tmpdir(), `alidade-mount-${process.pid}`);
  mkdirSync(folder);
  const mounted = mount(folder, "size=1m");
  if (mounted) execFileSync("umount", [folder]);
  rmSync(folder, { recursive: true });
  return mounted;
}

const mounts = canMount();

describe("a disk that fills", () => {
  it.skipIf(!mounts)(
    "gives one line, keeps the finished epochs, and goes on when there is space",
    async () => {
      const disk = scratchFolder();
      mount(disk, "size=4m");
      onTestFinished(() => void execFileSync("umount", [disk]));
      const folder = join(disk, "r");
      expect(write("create", folder)).toMatch(
        /^UserError: \S+: the disk is full; free some space; what was finished is intact$/,
      );
      const run = await openRun(folder);
      expect(run.epochs).toBeGreaterThan(0);
      expect(run.epochs).toBeLessThan(20);
      expect(await run.verify()).toEqual([]);
      expect(readdirSync(folder).sort()).toEqual(["dynamics", "run.json"]);

      // Still full: the same line. With space: the rest.
      writeFileSync(join(disk, "other"), "");
      expect(write("resume", folder)).toContain("the disk is full");
      execFileSync("mount", ["-o", "remount,size=40m", disk]);
      expect(write("resume", folder)).toBe("done");
      expect((await openRun(folder)).epochs).toBe(20);
    },
  );

  it.skipIf(!mounts)("is reported by every write, from the first file on", async () => {
    const disk = scratchFolder();
    mount(disk, "size=64k,nr_inodes=100");
    onTestFinished(() => void execFileSync("umount", [disk]));
    expect(write("create", join(disk, "r"))).toMatch(/^UserError: \S+: the disk is full; /);
    // No room for a lock or a folder either.
    mkdirSync(join(disk, "s"));
    for (let i = 0; i < 100; i++) {
      try {
        writeFileSync(join(disk, `file-${i}`), "x");
      } catch {
        break;
      }
    }
    expect(write("create", join(disk, "t"))).toMatch(/^UserError: \S+: the disk is full; /);
    await expect(createRun(join(disk, "s"), beginning(5))).rejects.toThrow("the disk is full");
  });

  it.skipIf(!mounts)("is told from a file system that is read-only", async () => {
    const disk = scratchFolder();
    mount(disk, "size=1m");
    onTestFinished(() => void execFileSync("umount", [disk]));
    const writer = await createRun(join(disk, "r"), beginning(5));
    await writer.writeEpoch(0, observationsOf(5, 2, 0), 0);
    await writer.close();
    execFileSync("mount", ["-o", "remount,ro", disk]);
    for (const mode of ["create", "resume"] as const) {
      expect(write(mode, join(disk, mode === "create" ? "new" : "r"))).toMatch(
        /^UserError: \S+: the file system is read-only; choose a folder that can be written to$/,
      );
    }
    expect((await openRun(join(disk, "r"))).epochs).toBe(1);
  });
});

describe("no permission", () => {
  /** A folder that everybody may enter. */
  const open = (): string => {
    const folder = scratchFolder();
    chmodSync(folder, 0o755);
    return folder;
  };
  const refusal = /^UserError: \S+: no permission; check who owns it, or choose another folder$/;

  it.skipIf(!isRoot)("to make the folder", () => {
    const folder = open();
    expect(write("create", join(folder, "r"), nobody)).toMatch(refusal);
    expect(existsSync(join(folder, "r"))).toBe(false);
  });

  it.skipIf(!isRoot)("to write into it, or to go on with another's run", async () => {
    const folder = open();
    mkdirSync(join(folder, "mine"));
    expect(write("create", join(folder, "mine"), nobody)).toMatch(refusal);
    const writer = await createRun(join(folder, "r"), beginning(20_000));
    await writer.writeEpoch(0, observationsOf(20_000, 2, 0), 0);
    await writer.close();
    expect(write("resume", join(folder, "r"), nobody)).toMatch(refusal);
    expect(await (await openRun(join(folder, "r"))).verify()).toEqual([]);
  });

  it.skipIf(!isRoot)("to read it", () => {
    const folder = open();
    mkdirSync(join(folder, "secret"), { mode: 0o700 });
    expect(write("resume", join(folder, "secret", "r"), nobody)).toMatch(refusal);
    expect(write("create", join(folder, "secret"), nobody)).toMatch(refusal);
  });

  it.skipIf(!isRoot)("is none of these where the folder is the user's own", () => {
    const folder = open();
    chownSync(folder, nobody.uid, nobody.gid);
    expect(write("create", join(folder, "r"), nobody)).toBe("done");
  });
});

describe("diskError", () => {
  const coded = (code: string) => Object.assign(new Error(`${code}: said by the system`), { code });

  it.each([
    ["ENOSPC", coded("ENOSPC"), "the disk is full"],
    ["EDQUOT", coded("EDQUOT"), "the disk is full"],
    ["EROFS", coded("EROFS"), "the file system is read-only"],
    ["EACCES", coded("EACCES"), "no permission"],
    ["EPERM", coded("EPERM"), "no permission"],
    ["ENOTDIR", coded("ENOTDIR"), "a part of this path is a file, not a folder"],
    ["ENAMETOOLONG", coded("ENAMETOOLONG"), "the path is too long"],
    [
      "DuckDB's words",
      new Error('IO Error: Could not write file "x": No space left on device'),
      "the disk is full",
    ],
    ["DuckDB's words", new Error('IO Error: Cannot open file "x": Permission denied'), "no permission"],
  ])("knows %s", (_, error, problem) => {
    const said = diskError(error, "runs/x");
    expect(said).toBeInstanceOf(UserError);
    expect(said).toMatchObject({ cause: error });
    expect(said instanceof Error ? said.message : "").toMatch(new RegExp(`^runs/x: ${problem}; `));
  });

  it("leaves other errors alone", () => {
    for (const error of [
      coded("EIO"),
      new TypeError("x"),
      "text",
      new UserError({ subject: "a", problem: "b" }),
    ]) {
      expect(diskError(error, "runs/x")).toBe(error);
    }
  });
});
