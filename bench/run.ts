import { readdirSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { outliveReaders } from "../local/terminal/gone-reader.ts";
import { gaveHelp } from "../local/terminal/help.ts";
import { type Figures, jsonOf, lineOf } from "./figure.ts";

const folder = new URL("./", import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".bench.ts"))
  .map((file) => file.replace(".bench.ts", ""))
  .sort();
const usage = `usage: npm run bench -- [NAME] [--json]
The benches: ${names.join(", ")}
exit 0: done · 1: a bench failed · 2: bad arguments`;

/** What the command line asks for; undefined, after saying why, when it can't be read. */
function asked(args: readonly string[]): { benches: readonly string[]; json: boolean } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { json: { type: "boolean", default: false } },
      allowPositionals: true,
    });
    const unknown = positionals.find((name) => !names.includes(name));
    if (positionals.length < 2 && unknown === undefined) {
      return { benches: positionals.length === 0 ? names : positionals, json: values.json };
    }
    process.stderr.write(
      unknown === undefined ? "One bench at a time.\n" : `No bench is called "${unknown}".\n`,
    );
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
  }
  process.stderr.write(`${usage}\n`);
  return undefined;
}

outliveReaders();
const args = process.argv.slice(2);
const helped = gaveHelp(args, usage);
const request = helped ? undefined : asked(args);
if (request === undefined && !helped) process.exitCode = 2;
for (const name of request?.benches ?? []) {
  const { figures } = (await import(`./${name}.bench.ts`)) as { figures: Figures };
  for await (const figure of figures()) {
    process.stdout.write(`${request?.json === true ? jsonOf(figure) : lineOf(figure)}\n`);
  }
}
