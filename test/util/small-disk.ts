/** Disks of a few kilobytes, for tests of what a full one does. Only root may mount them: elsewhere these tests skip and say so. */

import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @param options of the mount, `size=4m` */
export function mountDisk(folder: string, options: string): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "ignore" });
}

export function resizeDisk(folder: string, size: string): void {
  execFileSync("mount", ["-o", `remount,size=${size}`, folder]);
}

export function unmountDisk(folder: string): void {
  execFileSync("umount", [folder]);
}

/** Why tests of small disks skip; null where they do not. */
export function lacksMount(): string | null {
  const reason = "mounting a small disk takes root: run the tests as root";
  if (process.getuid?.() !== 0) return reason;
  const folder = join(tmpdir(), `alidade-can-mount-${process.pid}`);
  mkdirSync(folder);
  try {
    mountDisk(folder, "size=1m");
    unmountDisk(folder);
    return null;
  } catch {
    return reason;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
