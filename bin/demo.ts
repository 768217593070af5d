import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FolderTaken, requireFree } from "../local/bundle/folder.ts";
import { attackedFolder } from "../local/demo/attack.ts";
import { demoUsage, readDemoOptions } from "../local/demo/options.ts";
import { runDemo } from "../local/demo/run.ts";
import { currencyOf, show } from "../local/demo/summary.ts";
import { dropAwsEnvironment } from "../local/platform/environment.ts";
import { PortfolioError } from "../local/portfolio/portfolio.ts";
import { seededPortfolio } from "../local/portfolio/seeded/seeded.ts";
import { readSynthea } from "../local/portfolio/synthea/read.ts";
import { StartFailure } from "../local/postgres/start-failure.ts";
import { outliveReaders } from "../local/terminal/gone-reader.ts";
import { gaveHelp } from "../local/terminal/help.ts";
import { terminal } from "../local/terminal/terminal.ts";
import { Unavailable } from "../shared/ports/unavailable.ts";

const home = fileURLToPath(new URL("../.countersign/", import.meta.url));
process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  const startedMs = Date.now();
  dropAwsEnvironment();
  outliveReaders();
  if (gaveHelp(argv, demoUsage)) return 0;
  const options = readDemoOptions(argv, {
    out: join(home, "demo-bundle"),
    work: join(home, "demo"),
  });
  if (typeof options === "string") {
    process.stderr.write(`${options}\n${demoUsage}\n`);
    return 2;
  }
  const { stdout, stderr } = process;
  const shown = terminal({ stdout, stderr, noColor: process.env.NO_COLOR, json: options.json });
  try {
    const { data, out } = options;
    for (const folder of [out, ...(options.attack ? [attackedFolder(out)] : [])]) {
      requireFree(folder);
    }
    const portfolio = data === undefined ? seededPortfolio() : await readSynthea(data);
    for (const { file, line, reason } of portfolio.rejected) {
      shown.complain(`rejected ${file}:${line}: ${reason}`);
    }
    const { summary, exactly, attack } = await runDemo(shown, portfolio, {
      folder: options.work,
      databaseUrl: process.env.DATABASE_URL,
      out,
      attack: options.attack,
      ledger: options.ledger,
      choice: options.choice,
      startedMs,
    });
    show(shown, summary, currencyOf(portfolio));
    shown.result(attack ? { ...summary, attack } : summary);
    const caught = attack?.every((one) => one.caught) ?? true;
    return summary.audit.ok && caught && exactly ? 0 : 1;
  } catch (error) {
    const why = reasonOf(error);
    if (why === undefined) throw error;
    shown.complain(why);
    return 2;
  }
}

/** Why it could not be done, in one sentence; undefined for a bug. */
function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const kinds = [PortfolioError, FolderTaken, StartFailure, Unavailable];
  const expected = kinds.some((kind) => error instanceof kind) || "syscall" in error;
  return expected ? error.message : undefined;
}
