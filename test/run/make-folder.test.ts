import { existsSync } from "node:fs";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeFolder } from "../../src/run/make-folder.js";

it("makes a folder with those that lead there, and leaves one that exists", async () => {
  const base = await mkdtemp(join(tmpdir(), "alidade-folder-"));
  try {
    await Promise.all([makeFolder(join(base, "a", "b")), makeFolder(join(base, "a", "b"))]);
    await makeFolder(join(base, "a", "b"));
    expect((await stat(join(base, "a", "b"))).isDirectory()).toBe(true);
    await writeFile(join(base, "file"), "");
    await expect(makeFolder(join(base, "file"))).rejects.toThrow("EEXIST");
  } finally {
    await rm(base, { recursive: true, force: true });
  }
});

it.skipIf(!existsSync("/proc/self"))("says so where a file system takes no folders", async () => {
  await expect(makeFolder("/proc/alidade")).rejects.toThrow(
    "/proc/alidade: no folder can be made there; choose another folder",
  );
});
