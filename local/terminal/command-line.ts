import { gaveHelp } from "./help.ts";
import { Unreadable } from "./reading.ts";
import { exits, Misused, type Surroundings, type Verb } from "./verb.ts";

const exitCodes =
  "exit 0: all true · 1: something found · 2: bad arguments, or nothing there to verify";

/**
 * Runs the verb of `verbs` that `argv` names and gives the exit code; `command` is what a person types before it, `codes` say what exit codes
 * mean. Asked by `--help` it says on stdout how the verb is used, or all of them.
 */
export async function runCommandLine(
  command: string,
  argv: readonly string[],
  surroundings: Surroundings,
  verbs: readonly Verb[],
  codes = exitCodes,
): Promise<number> {
  const [name, ...rest] = argv;
  const verb = verbs.find((each) => each.name === name);
  const help = usage(command, verb ? [verb] : verbs, codes);
  if (gaveHelp(argv, help, surroundings.stdout)) return exits.ok;
  if (!verb) {
    if (name !== undefined) surroundings.stderr.write(`There is no "${name}".\n`);
    surroundings.stderr.write(`${help}\n`);
    return exits.usage;
  }
  try {
    return await verb.run(rest, surroundings);
  } catch (error) {
    if (error instanceof Misused) {
      surroundings.stderr.write(`${error.message}\n${help}\n`);
    } else if (error instanceof Unreadable) surroundings.stderr.write(`${error.message}\n`);
    else throw error;
    return exits.usage;
  }
}

/** What stands before a line of usage: `command`, or as many spaces where it goes on with the line above. */
const before = (command: string, line: string): string =>
  line.startsWith(" ") ? " ".repeat(command.length) : command;

const usage = (command: string, shown: readonly Verb[], codes: string): string =>
  [
    "usage:",
    ...shown.flatMap(({ usage }) => usage.map((line) => `  ${before(command, line)} ${line}`)),
    codes,
  ].join("\n");
