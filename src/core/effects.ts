/**
 * What a long task may say while it runs. Library code never prints: it calls these, and the command line (or a test)
 * decides what becomes of them.
 */

export interface Task {
  /** `done` of the task's `total` units are done; `note` replaces the text behind the bar. */
  update(done: number, note?: string): void;
  /** It is over; `failed`: not because it was done, so that nothing is said of it. */
  end(failed?: boolean): void;
}

export interface Effects {
  /** A line for the reader. */
  log(line: string): void;
  /** A line about something that went on but deserves a look. */
  warn(line: string): void;
  /** Starts a progress display. `total` null: not known beforehand. */
  progress(label: string, total: number | null, unit: string): Task;
}

const noTask: Task = { update: () => undefined, end: () => undefined };

/** Says nothing: the default of every library call. */
export const quiet: Effects = { log: () => undefined, warn: () => undefined, progress: () => noTask };
