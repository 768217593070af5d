import { SingleBar } from "cli-progress";
import { printable } from "./printable.ts";
import { type Column, tableText } from "./table.ts";

/** Where a program writes: process.stdout and process.stderr fit. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** A bar that counts up to its total. */
export interface Progress {
  readonly advance: (by?: number) => void;
  readonly stop: () => void;
}

/** What a command line program shows. With `json` its one result is the only thing on stdout. */
export interface Terminal {
  /** A line of text, and one line it stays; nothing with `json`. */
  readonly line: (text?: string) => void;
  /** An aligned table; nothing with `json`. */
  readonly table: (columns: readonly Column[], rows: readonly (readonly string[])[]) => void;
  /** A bar on stderr while that is a terminal; else it shows nothing. */
  readonly progress: (label: string, total: number) => Progress;
  /** The program's result as one line of JSON; nothing without `json`. */
  readonly result: (value: object) => void;
  /** A complaint, on stderr, always. */
  readonly complain: (text: string) => void;
}

export interface TerminalOptions {
  readonly stdout: Output;
  readonly stderr: Output;
  /** The environment's NO_COLOR (no-color.org): any text but the empty one turns colour off. */
  readonly noColor: string | undefined;
  readonly json: boolean;
}

/** The terminal of a program that writes to `stdout` and `stderr`. */
export function terminal({ stdout, stderr, noColor, json }: TerminalOptions): Terminal {
  const colour = stdout.isTTY === true && !noColor;
  const write = (text: string): void => {
    if (!json) stdout.write(`${text}\n`);
  };
  return {
    line: (text = "") => write(printable(text)),
    table: (columns, rows) => write(tableText(columns, rows, colour)),
    progress: (label, total) => (stderr.isTTY ? bar(stderr, label, total) : silent),
    result: (value) => {
      if (json) stdout.write(`${JSON.stringify(value)}\n`);
    },
    complain: (text) => {
      stderr.write(`${text}\n`);
    },
  };
}

const silent: Progress = { advance: () => {}, stop: () => {} };

function bar(stream: Output, label: string, total: number): Progress {
  const shown = new SingleBar({
    stream,
    format: "{label} {bar} {value}/{total} {eta_formatted}",
    barCompleteChar: "#",
    barIncompleteChar: "-",
    barsize: 30,
    hideCursor: false,
    clearOnComplete: true,
    gracefulExit: false,
  });
  shown.start(total, 0, { label });
  return { advance: (by = 1) => shown.increment(by), stop: () => shown.stop() };
}
