import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { dropAwsEnvironment } from "../local/platform/environment.ts";
import { type RebuildOutcome, rebuildPlatform } from "../local/platform/rebuild.ts";
import { StartFailure } from "../local/postgres/start-failure.ts";
import { outliveReaders } from "../local/terminal/gone-reader.ts";
import { gaveHelp } from "../local/terminal/help.ts";
import { terminal } from "../local/terminal/terminal.ts";
import { Unavailable } from "../shared/ports/unavailable.ts";

const usage = `usage: npm run rebuild -- [--data DIR] [--json]
  puts every log of the platform in DIR (default .countersign/local) back into an empty database
exit 0: every log is rebuilt · 1: a log is not as it was signed, or the database is not empty · 2: it could not start`;
const home = fileURLToPath(new URL("../.countersign/local", import.meta.url));
/** Details shown of one refused log; --json has all. */
const mostShown = 10;

process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  outliveReaders();
  if (gaveHelp(argv, usage)) return 0;
  const options = read(argv);
  if (!options) return 2;
  dropAwsEnvironment();
  const { stdout, stderr } = process;
  const shown = terminal({ stdout, stderr, noColor: process.env.NO_COLOR, json: options.json });
  let outcomes: readonly RebuildOutcome[];
  try {
    if (!existsSync(join(options.data, "signer"))) {
      throw new StartFailure(`${options.data} holds no signer's store: there is no log to rebuild`);
    }
    outcomes = await rebuildPlatform({
      folder: options.data,
      databaseUrl: process.env.DATABASE_URL,
      log: (line) => shown.complain(line),
      progress: () => undefined,
    });
  } catch (error) {
    const expected = error instanceof StartFailure || error instanceof Unavailable;
    if (!expected) throw error;
    shown.complain(error.message);
    return 2;
  }
  for (const { insurer, outcome } of outcomes) {
    if ("size" in outcome) shown.line(`✓ ${insurer}: ${outcome.size} entries`);
    else {
      shown.line(`✗ ${insurer}: ${outcome.refused}; nothing of it was written`);
      for (const detail of outcome.details.slice(0, mostShown)) shown.complain(`  ${detail}`);
    }
  }
  shown.result(
    outcomes.map(({ insurer, outcome }) =>
      "size" in outcome ? { insurer, size: outcome.size.toString() } : { insurer, ...outcome },
    ),
  );
  return outcomes.every(({ outcome }) => "size" in outcome) ? 0 : 1;
}

function read(argv: string[]): { data: string; json: boolean } | undefined {
  try {
    const options = {
      data: { type: "string", default: home },
      json: { type: "boolean", default: false },
    } as const;
    return parseArgs({ args: argv, options }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    return undefined;
  }
}
