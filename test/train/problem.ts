import { UserError } from "../../src/core/errors.js";

/** The one line that a user sees of what `action` throws. Fails where it throws nothing, or a bug. */
export function problemOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return lineOf(error);
  }
  throw new Error("nothing was thrown");
}

/** The same of something asynchronous. */
export async function problemOfAsync(action: () => Promise<unknown>): Promise<string> {
  try {
    await action();
  } catch (error) {
    return lineOf(error);
  }
  throw new Error("nothing was thrown");
}

function lineOf(error: unknown): string {
  if (!(error instanceof UserError)) throw error;
  if (error.message.includes("\n")) throw new Error(`more than one line: ${error.message}`);
  return error.message;
}
