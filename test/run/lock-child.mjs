// A process that takes a run's lock, for lock.test.ts.
//   hold <lock>            takes it, says "held", and keeps it until it is killed or its input ends
//   contend <lock> <log>   tries until it has the lock, writes "+pid" and "-pid" around holding it, and dies without giving it back
import { appendFileSync } from "node:fs";
import { acquireLock } from "../../dist/run/lock.js";

const [mode, path, log] = process.argv.slice(2);
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

if (mode === "hold") {
  const lock = await acquireLock(path, { subject: "runs/x" });
  console.log("held");
  process.stdin.resume();
  process.stdin.on("end", () => lock.release().then(() => process.exit(0)));
} else {
  for (;;) {
    try {
      const lock = await acquireLock(path, { subject: "runs/x" });
      appendFileSync(log, `+${process.pid}\n`);
      await pause(15);
      if (!(await lock.held())) appendFileSync(log, `lost by ${process.pid}\n`);
      appendFileSync(log, `-${process.pid}\n`);
      process.kill(process.pid, "SIGKILL");
    } catch (error) {
      if (error.name !== "UserError") throw error;
      await pause(1);
    }
  }
}
