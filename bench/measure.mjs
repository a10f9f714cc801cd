/** What benchmarks share: each measurement is a process of its own, so that its peak memory is its own. */

import { spawnSync } from "node:child_process";
import { cpus, totalmem } from "node:os";

/** The machine in a line. */
export function machine() {
  const [cpu] = cpus();
  return `${cpus().length} x ${cpu?.model}, ${Math.round(totalmem() / 2 ** 30)} GB, node ${process.version}`;
}

/** Does `work` and prints as JSON what it took, for `medianRun` in the process that asked, with what it returned. */
export async function report(work) {
  const before = process.cpuUsage();
  const started = performance.now();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - started) / 1000;
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ seconds, cpu: (user + system) / 1e6, peak, result }));
}

/** The median of `runs` processes that `report`, by processor seconds: others use this machine too. */
export function medianRun(script, args, runs) {
  const reports = Array.from({ length: runs }, () => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ["--max-old-space-size=8192", script, ...args],
      { encoding: "utf8", maxBuffer: 2 ** 26 },
    );
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  });
  return reports.sort((a, b) => a.cpu - b.cpu)[Math.floor(runs / 2)];
}
