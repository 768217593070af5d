import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { type Output, type Terminal, terminal } from "./terminal.ts";

/** Exit codes of the commands that answer a question: all true, something found, or the question could not be asked. */
export const exits = { ok: 0, found: 1, usage: 2 } as const;

/** The question can't be asked like this: the message says why, and the verb's usage follows. */
export class Misused extends Error {
  override readonly name = "Misused";
}

/** The process a verb runs in, as far as it may see it. */
export interface Surroundings {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: NodeJS.ProcessEnv;
}

/** One verb of a command such as `audit`: its name, what to type after the program's name, and what it does. */
export interface Verb {
  readonly name: string;
  readonly usage: readonly string[];
  /** Gives the exit code. Throws Misused for arguments that ask nothing. */
  run(argv: readonly string[], surroundings: Surroundings): Promise<number>;
}

const common = { json: { type: "boolean" } } as const;
type Options<O extends ParseArgsOptionsConfig> = O & typeof common;

/** What a verb was given: its options by name and, in order, the rest. */
export type Given<O extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ args: string[]; options: Options<O>; allowPositionals: true }>
>["values"];

/**
 * A verb with `options` besides `--json` and between `operands[0]` and `operands[1]` operands. `run` is given the terminal, the options, the
 * operands and the environment.
 */
export function verb<const O extends ParseArgsOptionsConfig>({
  name,
  usage,
  options,
  operands: [least, most],
  run,
}: {
  readonly name: string;
  readonly usage: readonly string[];
  readonly options: O;
  readonly operands: readonly [number, number];
  readonly run: (
    terminal: Terminal,
    given: Given<O>,
    operands: readonly string[],
    env: NodeJS.ProcessEnv,
  ) => Promise<number> | number;
}): Verb {
  return {
    name,
    usage,
    run: async (argv, { stdout, stderr, env }) => {
      const { values, positionals } = read({ ...options, ...common }, argv);
      if (positionals.length < least || positionals.length > most) {
        const count = least === most ? least : `${least} to ${most}`;
        throw new Misused(
          `${name} takes ${count} ${most === 1 ? "argument" : "arguments"} besides its options, and was given ${positionals.length}`,
        );
      }
      const json = "json" in values && values.json === true;
      const shown = terminal({ stdout, stderr, noColor: env.NO_COLOR, json });
      return run(shown, values, positionals, env);
    },
  };
}

function read<O extends ParseArgsOptionsConfig>(options: Options<O>, argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    throw new Misused(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
