/**
 * Which process this is, so that another one can tell later whether it still runs. A process number alone does not do:
 * numbers are given out again, and mean something else in another container or after a restart.
 */

import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";

export const identitySchema = z.object({
  host: z.string(),
  /** Linux: a new one at every start of the machine. null: not known. */
  boot: z.string().nullable(),
  /** Linux: in which space of process numbers (containers have their own). null: not known. */
  space: z.string().nullable(),
  pid: z.number().int().positive(),
  /** When the process began, in the system's own notation. null: not known. */
  start: z.string().nullable(),
});

export type ProcessIdentity = z.infer<typeof identitySchema>;

export function ownIdentity(): ProcessIdentity {
  return {
    host: hostname(),
    boot: tried(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    space: tried(() => readlinkSync("/proc/self/ns/pid")),
    pid: process.pid,
    start: processStart(process.pid),
  };
}

/** `elsewhere`: on another machine or in another container, where this process cannot look. */
export type Whereabouts = "running" | "gone" | "elsewhere";

export function whereabouts(identity: ProcessIdentity, own = ownIdentity()): Whereabouts {
  if (identity.host !== own.host) return "elsewhere";
  if (identity.boot !== own.boot) return "gone";
  if (identity.space !== own.space) return "elsewhere";
  if (!exists(identity.pid)) return "gone";
  const start = processStart(identity.pid);
  return start === null || identity.start === null || start === identity.start ? "running" : "gone";
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, but belongs to somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function processStart(pid: number): string | null {
  return tried(() => startFromProc(pid)) ?? tried(() => startFromPs(pid));
}

/** Clock ticks since the machine's start: the 22nd field, counted after the parenthesised name, which may hold anything. */
function startFromProc(pid: number): string | null {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

function startFromPs(pid: number): string | null {
  if (process.platform === "win32") return null;
  const output = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    env: { ...process.env, LC_ALL: "C", TZ: "UTC" },
  });
  return output.trim() || null;
}

function tried<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
