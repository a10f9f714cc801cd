/** A study on a disk that fills in the middle: one line, nothing finished is lost, and with space it ends as if nothing had been. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { runStudy } from "../../src/study/execution/run-study.js";
import { readStudyFile } from "../../src/study/spec/spec-file.js";
import { titled } from "../util/requires.js";
import { runCli } from "../util/run-cli.js";
import { lacksMount, mountDisk, resizeDisk, unmountDisk } from "../util/small-disk.js";
import { records, scratchFolder, someArms, table, writeStudy } from "./support.js";

const lacking = lacksMount();

it.skipIf(lacking !== null)(
  titled("a full disk in the middle of a study", lacking),
  async () => {
    const scratch = scratchFolder();
    const study = writeStudy(scratch, someArms);
    const straight = join(scratch, "straight");
    await runStudy({ spec: await readStudyFile(study) }, { out: straight });

    const disk = join(scratch, "disk");
    mkdirSync(disk);
    mountDisk(disk, "size=200k");
    onTestFinished(() => unmountDisk(disk));
    const out = join(disk, "s");
    const run = () => runCli(["study", study, "-o", out, "--jobs", "1", "--retries", "0"], { cwd: scratch });
    const full = /^alidade: \S+: the disk is full; free some space; what was finished is intact$/m;

    // The disk grows step by step: each time it fills somewhere else.
    const finished: Record<string, string> = {};
    let stopped = 0;
    for (const size of ["200k", "240k", "300k", "380k", "40m"]) {
      resizeDisk(disk, size);
      const { code, stderr } = await run();
      const now = records(out);
      for (const [path, content] of Object.entries(finished)) expect(now[path], path).toBe(content);
      Object.assign(finished, now);
      if (code === 0) break;
      expect([size, code, full.test(stderr), stderr]).toEqual([size, 2, true, stderr]);
      stopped++;
    }
    expect(stopped).toBeGreaterThan(0);
    expect(Object.keys(records(out)).sort()).toEqual(Object.keys(records(straight)).sort());
    expect(await table(out)).toEqual(await table(straight));
  },
  120_000,
);
