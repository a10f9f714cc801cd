/** `alidade study status`: how far a study is, also while it runs. */

import { studyStatus } from "../../study/folder/status.js";
import { armTable } from "../arm-table.js";
import { command } from "../command.js";
import { count, duration } from "../format.js";

export const studyStatusCommand = command({
  name: "study status",
  summary:
    "how far a study is, also while it runs: cells done, running and failed, the reasons, the time left",
  arguments: "<folder>",
  flags: {},
  examples: [["alidade study status studies/my-study", "arm by arm"]],
  async run([folder = ""], _values, context) {
    const status = await studyStatus(folder);
    if (context.json) return context.print(JSON.stringify(status, null, 2));
    const { name, state, arms, steps, running, left, failures, command: again } = status;
    const time = left === null ? "" : `, ${duration(left)} left`;
    context.print(
      [
        `${name}: ${state}, ${count(steps.done)} of ${count(steps.total)} steps stand${time}`,
        ...armTable(arms, context.width),
        ...running.map(({ title, seconds }) => `running: ${title}, ${duration(seconds)}`),
        ...failures.map(
          ({ title, reason, attempts }) =>
            `failed: ${title}, ${attempts} ${attempts === 1 ? "time" : "times"}: ${reason}`,
        ),
        ...(state === "stopped" ? [`go on with: ${again}`] : []),
      ].join("\n"),
    );
  },
});
