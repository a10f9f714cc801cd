import { shellWord } from "./format.js";

/** The options that read a file's columns in the same roles again, as words of a shell command. */
export function roleOptions(
  roles: Readonly<Record<string, string | readonly string[] | undefined>>,
): string[] {
  return Object.entries(roles).flatMap(([role, columns]) => {
    if (columns === undefined) return [];
    const option = role.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return [`--${option}`, shellWord([columns].flat().join(","))];
  });
}
