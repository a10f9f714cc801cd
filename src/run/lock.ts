/**
 * One writer a run. The lock is a file that appears whole (it is written beside and linked), names its holder, and is
 * stale when that process is gone. A stale lock is removed only by who holds a second lock, named after the stale one's
 * token, and finds the token still there: so two processes that both saw it stale cannot both take over.
 */

import { randomBytes } from "node:crypto";
import { link, open, readdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { UserError } from "../core/errors.js";
import { identitySchema, ownIdentity, whereabouts } from "./process-identity.js";
import type { Whereabouts } from "./process-identity.js";

const holderSchema = identitySchema.extend({ token: z.string(), since: z.string() });
type Holder = z.infer<typeof holderSchema>;

export interface LockOptions {
  /** How messages call what is locked. */
  readonly subject: string;
  /** Takes the lock even from a process that may run elsewhere. */
  readonly breakLock?: boolean | undefined;
}

export interface Lock {
  /** Whether the lock is still this holder's: another may have broken it. */
  held(): Promise<boolean>;
  /** Gives the lock back. Safe to call twice. */
  release(): Promise<void>;
}

/** Takes the lock at `path`, in a folder that exists. @throws UserError where another process holds it. */
export async function acquireLock(path: string, options: LockOptions): Promise<Lock> {
  const holder: Holder = {
    ...ownIdentity(),
    token: randomBytes(8).toString("hex"),
    since: new Date().toISOString(),
  };
  const attempts = 100;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (await tryCreate(path, holder)) {
      await removeLeftovers(path);
      return lockOf(path, holder.token);
    }
    const other = await readHolder(path);
    if (other === "none") continue;
    if (other === "unreadable") {
      // Where links are not to be had, another process may be writing its lock at this moment.
      if (attempt < 20) await pause(25);
      else if (options.breakLock === true) await rm(path, { force: true });
      else throw unreadable(path, options.subject);
      continue;
    }
    const where = whereabouts(other);
    if (where === "running" || (where === "elsewhere" && options.breakLock !== true)) {
      throw heldBy(other, where, options.subject);
    }
    await removeStale(path, other.token, options);
  }
  throw new UserError({
    subject: options.subject,
    problem: "its lock changes hands too fast to be taken",
    remedy: "wait for the other processes, or choose another folder",
  });
}

/** Who holds the lock at `path` and still runs, as an error line; null where nobody does. */
export async function lockHolder(path: string, subject: string): Promise<UserError | null> {
  const other = await readHolder(path);
  if (typeof other === "string") return null;
  const where = whereabouts(other);
  return where === "gone" ? null : heldBy(other, where, subject);
}

async function removeStale(path: string, token: string, options: LockOptions): Promise<void> {
  const guard = await acquireLock(join(dirname(path), `${basename(path)}.${token.slice(0, 16)}`), options);
  try {
    const now = await readHolder(path);
    if (typeof now !== "string" && now.token === token) await rm(path, { force: true });
  } finally {
    await guard.release();
  }
}

function lockOf(path: string, token: string): Lock {
  const held = async (): Promise<boolean> => {
    const now = await readHolder(path);
    return typeof now !== "string" && now.token === token;
  };
  return {
    held,
    release: async () => {
      if (await held()) await rm(path, { force: true });
    },
  };
}

/** Creates the file with its whole content, or returns false where it exists. */
async function tryCreate(path: string, holder: Holder): Promise<boolean> {
  const beside = `${path}.new-${holder.token}`;
  const content = `${JSON.stringify(holder)}\n`;
  let written = false;
  try {
    await writeNew(beside, content);
    written = true;
    await link(beside, path);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === "EEXIST") return false;
    // Whoever took the lock meanwhile cleared this away, half written as it was.
    if (code === "ENOENT" && written) return false;
    if (code === "EPERM" || code === "ENOTSUP" || code === "ENOSYS")
      return await createWithoutLink(path, content);
    throw error;
  } finally {
    await rm(beside, { force: true });
  }
}

/** For file systems without links. */
async function createWithoutLink(path: string, content: string): Promise<boolean> {
  try {
    await writeNew(path, content);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function writeNew(path: string, content: string): Promise<void> {
  const handle = await open(path, "wx");
  try {
    await handle.writeFile(content);
  } finally {
    await handle.close();
  }
}

async function readHolder(path: string): Promise<Holder | "none" | "unreadable"> {
  let content: string;
  try {
    content = await readFile(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return "none";
    throw error;
  }
  try {
    return holderSchema.parse(JSON.parse(content));
  } catch {
    return "unreadable";
  }
}

/** Removes what killed contenders left beside the lock. */
async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const other = await readHolder(join(folder, name));
    const dead = typeof other === "string" ? other === "unreadable" : whereabouts(other) === "gone";
    if (dead) await rm(join(folder, name), { force: true });
  }
}

function heldBy(holder: Holder, where: Whereabouts, subject: string): UserError {
  const since = `since ${holder.since.slice(0, 19).replace("T", " ")} UTC`;
  if (where === "elsewhere") {
    return new UserError({
      subject,
      problem: `being written by process ${holder.pid} on ${holder.host} ${since}`,
      remedy: "wait for it, or, if it no longer runs there, give --break-lock",
    });
  }
  return new UserError({
    subject,
    problem: `being written by process ${holder.pid} on this machine ${since}`,
    remedy: "wait for it, or stop it, or choose another folder with -o",
  });
}

function unreadable(path: string, subject: string): UserError {
  return new UserError({
    subject,
    problem: `its lock ${basename(path)} cannot be read`,
    remedy: "if nothing writes this run, give --break-lock",
  });
}

function errorCode(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
