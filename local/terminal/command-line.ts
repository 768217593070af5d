import { Unreadable } from "./reading.ts";
import { exits, Misused, type Surroundings, type Verb } from "./verb.ts";

const exitCodes =
  "exit 0: all true · 1: something found · 2: bad arguments, or nothing there to verify";

/** Runs the verb of `verbs` that `argv` names and gives the exit code; `command` is what a person types before it, `codes` say what exit codes mean. */
export async function runCommandLine(
  command: string,
  argv: readonly string[],
  surroundings: Surroundings,
  verbs: readonly Verb[],
  codes = exitCodes,
): Promise<number> {
  const [name, ...rest] = argv;
  const verb = verbs.find((each) => each.name === name);
  if (!verb) {
    surroundings.stderr.write(`${usage(command, verbs, codes)}\n`);
    return exits.usage;
  }
  try {
    return await verb.run(rest, surroundings);
  } catch (error) {
    if (error instanceof Misused) {
      surroundings.stderr.write(`${error.message}\n${usage(command, [verb], codes)}\n`);
    } else if (error instanceof Unreadable) surroundings.stderr.write(`${error.message}\n`);
    else throw error;
    return exits.usage;
  }
}

const usage = (command: string, shown: readonly Verb[], codes: string): string =>
  [
    "usage:",
    ...shown.flatMap(({ usage }) => usage.map((line) => `  ${command} ${line}`)),
    codes,
  ].join("\n");
