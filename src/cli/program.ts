/** The command line: the table of commands, turned into a commander program. Of the table only the command that is named is loaded. */

import { existsSync } from "node:fs";
import { Command as Commander, CommanderError, Option } from "commander";
import { nearest, UserError } from "../core/errors.js";
import type { Command, Context } from "./command.js";
import { commandNames, fallbacks, loadCommand, namedCommand } from "./commands.js";
import { flagName, type Flag, type Flags } from "./flags.js";
import { wrapped } from "./format.js";
import { version } from "../core/version.js";

/** What commands of two words stand under. */
const groups: Readonly<Record<string, string>> = {
  calibration: "does what a model says come true as often as it says? and does that come from its data?",
  noise: "put known errors into labels, and measure what finds them",
  study: "select, retrain, test: which part of a dataset should one train on, and does it help?",
};

export const jsonHelp = "machine-readable output, and errors as JSON on standard error";

const introduction = `Draw the map of a labelled dataset by watching a model learn it.

Start with a labelled file:
  $ alidade map reviews.csv`;

/** Parses the arguments and runs the command that they name. Throws `UserError` for what the user can mend. */
export async function runProgram(
  arguments_: readonly string[],
  makeContext: (json: boolean) => Context,
  output: { out(text: string): void; width: number },
): Promise<void> {
  const program = new Commander("alidade");
  configure(program, output);
  program
    .description(introduction)
    .version(version, "-V, --version", "print the version")
    .helpCommand(false)
    .addHelpText("after", "\nalidade <command> --help shows a command's options with an example.");
  const meant = namedCommand(arguments_);
  const loaded = meant === undefined || wantsList(arguments_) ? needed(arguments_) : [meant];
  const entries = await Promise.all(loaded.map(loadCommand));
  for (const entry of entries) {
    const [outer, inner] = entry.name.split(" ");
    const parent = inner === undefined ? program : groupOf(program, outer ?? "", output);
    const sub = parent
      .command(`${inner ?? entry.name} ${entry.arguments}`.trim(), {
        isDefault: fallbacks[outer ?? ""] === entry.name,
      })
      .description(entry.summary);
    configure(sub, output);
    for (const [key, flag] of Object.entries(entry.flags)) sub.addOption(optionOf(key, flag));
    sub.option("--json", jsonHelp);
    if (entry.names) sub.addHelpText("after", `\n${nameLines(entry.names, output.width)}`);
    sub.addHelpText("after", `\nExamples:\n${exampleLines(entry)}`);
    sub.action(async () => {
      const { json, ...given } = sub.opts<{ json?: true } & Record<string, unknown>>();
      const values = withNegations(entry.flags, given);
      await entry.run(sub.args, values, makeContext(json === true));
    });
  }
  if (arguments_.length === 0) {
    output.out(program.helpInformation() + "\n");
    return;
  }
  checkSecondWord(arguments_);
  const [first = ""] = arguments_;
  const alone = arguments_.length === 1 && Object.hasOwn(groups, first) && meant === undefined;
  try {
    await program.parseAsync(alone ? [first, "--help"] : arguments_, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return;
    throw usageError(
      error,
      arguments_,
      entries.find(({ name }) => name === meant),
    );
  }
}

/** The command that others stand under, made when the first of them comes. */
function groupOf(
  program: Commander,
  name: string,
  output: { out(text: string): void; width: number },
): Commander {
  const known = program.commands.find((candidate) => candidate.name() === name);
  if (known !== undefined) return known;
  const group = program.command(name).description(groups[name] ?? name);
  configure(group, output);
  return group
    .helpCommand(false)
    .addHelpText("after", `\nalidade ${name} <command> --help shows a command's options with an example.`);
}

/** `study regons train.csv`: a name that is nearly one of a group's, and is no file, is not taken for the fallback's argument. */
function checkSecondWord([first = "", second = ""]: readonly string[]): void {
  if (!Object.hasOwn(groups, first) || second.startsWith("-") || /[./\\]/.test(second)) return;
  const names = commandNames.flatMap((name) =>
    name.startsWith(`${first} `) ? [name.slice(first.length + 1)] : [],
  );
  const near = names.includes(second) || existsSync(second) ? null : nearest(second, names);
  if (near === null) return;
  throw new UserError({
    subject: `alidade ${first}`,
    problem: "no such study or command",
    value: second,
    remedy: `did you mean ${near}? there are ${names.join(", ")}`,
  });
}

/** Where no command is named: all are told of, but for the version none. */
function needed([first = ""]: readonly string[]): readonly string[] {
  return ["--version", "-V"].includes(first) ? [] : commandNames;
}

/** `alidade study --help`: of a group without a second word the help lists all. */
function wantsList([first = "", second = ""]: readonly string[]): boolean {
  return Object.hasOwn(groups, first) && ["", "--help", "-h"].includes(second);
}

/** Commander reads `--no-quotes` as `quotes: false`, and true where it was not given: back to what the table says. */
function withNegations(flags: Flags, given: Record<string, unknown>): Record<string, unknown> {
  const values = { ...given };
  for (const key of Object.keys(flags).filter((name) => /^no[A-Z]/.test(name))) {
    const negated = `${key.charAt(2).toLowerCase()}${key.slice(3)}`;
    if (values[negated] === false) values[key] = true;
    Reflect.deleteProperty(values, negated);
  }
  return values;
}

function configure(commander: Commander, output: { out(text: string): void; width: number }): void {
  commander
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.out(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => output.width,
    })
    .configureHelp({ sortOptions: false, showGlobalOptions: false })
    .allowExcessArguments(false)
    .helpOption("-h, --help", "show this help");
}

function optionOf(key: string, flag: Flag<unknown>): Option {
  const name = flagName(key);
  const option = new Option(
    `${flag.short ? `-${flag.short}, ` : ""}${name}${flag.value ? ` ${flag.value}` : ""}`,
    flag.help,
  );
  if (flag.group) option.helpGroup(`${flag.group}:`);
  option.argParser((given: string, previous: unknown) => {
    // A negation's value before it is given is true, not nothing.
    if (option.negate) return false;
    const value = flag.parse(given, name);
    if (flag.repeat) return [...((previous as unknown[] | undefined) ?? []), value];
    if (Array.isArray(value) && Array.isArray(previous))
      return [...(previous as unknown[]), ...(value as unknown[])];
    if (previous !== undefined) {
      throw new UserError({ subject: name, problem: "given twice", value: given, remedy: "give it once" });
    }
    return value;
  });
  return option;
}

function exampleLines(entry: Command): string {
  return entry.examples.map(([line, does]) => `  $ ${line}\n      ${does}`).join("\n");
}

function nameLines({ title, entries }: NonNullable<Command["names"]>, width: number): string {
  const indent = Math.max(...entries.map(([name]) => name.length)) + 4;
  const lines = entries.map(([name, meaning]) => {
    const lines = wrapped(meaning, Math.max(20, width - indent));
    return `  ${name.padEnd(indent - 2)}${lines.join(`\n${" ".repeat(indent)}`)}`;
  });
  return `${title}:\n${lines.join("\n")}`;
}

/** Commander's own complaints, in our form. */
function usageError(
  error: CommanderError,
  arguments_: readonly string[],
  entry: Command | undefined,
): UserError {
  const message = error.message.replace(/^error: /, "");
  const quoted = /'([^']*)'/.exec(message)?.[1] ?? "";
  const name = entry?.name ?? arguments_[0] ?? "";
  const help = entry ? `alidade ${entry.name} --help` : "alidade --help";
  switch (error.code) {
    case "commander.unknownOption": {
      const near = nearest(quoted, entry ? flagNames(entry.flags) : []);
      return new UserError({
        subject: quoted,
        problem: "unknown option",
        remedy: `${near ? `did you mean ${near}? ` : ""}see ${help}`,
      });
    }
    case "commander.unknownCommand": {
      const names = [...new Set(commandNames.map((name) => name.split(" ")[0] ?? ""))];
      const near = nearest(quoted, names);
      return new UserError({
        subject: quoted,
        problem: "unknown command",
        remedy: `${near ? `did you mean ${near}? ` : ""}there are ${names.join(", ")}`,
      });
    }
    case "commander.optionMissingArgument":
      return new UserError({ subject: quoted, problem: "needs a value", remedy: `see ${help}` });
    case "commander.missingArgument":
      return new UserError({
        subject: `alidade ${name}`,
        problem: `needs <${quoted}>`,
        remedy: `see ${help}`,
      });
    case "commander.excessArguments":
      return new UserError({
        subject: `alidade ${name}`,
        problem: "too many arguments",
        remedy: `see ${help}`,
      });
    default:
      return new UserError({ subject: `alidade ${name}`.trim(), problem: message, remedy: `see ${help}` });
  }
}

function flagNames(flags: Flags): string[] {
  return ["--json", "--help", ...Object.keys(flags).map(flagName)];
}
