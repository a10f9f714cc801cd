/**
 * Ends a process group when this process is gone, however it went: a small shell waits on a pipe, which the operating system
 * closes even after kill -9. Without it a killed study would leave its programs running on.
 */

import { spawn } from "node:child_process";

const script = 'read -r word; [ "$word" = dismissed ] || kill -s KILL -- "-$1"';

export class Guard {
  readonly #dismiss: () => void;

  /** @param group the leader's process id */
  constructor(group: number) {
    const shell = spawn("/bin/sh", ["-c", script, "sh", String(group)], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    const ignore = (): void => undefined;
    // Where there is no shell, or it is gone, the program runs on without a guard.
    shell.on("error", ignore);
    shell.stdin.on("error", ignore);
    shell.unref();
    this.#dismiss = () => void shell.stdin.end("dismissed\n");
  }

  /** The group has ended: its number may become another's. */
  dismiss(): void {
    this.#dismiss();
  }
}
