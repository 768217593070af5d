import { resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type QldbStub, startQldbStub } from "../local/qldb/stub.ts";
import { outliveReaders } from "../local/terminal/gone-reader.ts";
import { gaveHelp } from "../local/terminal/help.ts";

const usage = `usage: npm run qldb -- [--port N] [--data DIR]
  --port N    where it listens, on 127.0.0.1 only (default 4700; 0: any free one)
  --data DIR  where the journals are kept, one file a ledger (default .countersign/qldb)
exit 0: stopped as asked · 2: it could not start`;
const home = fileURLToPath(new URL("../.countersign/qldb", import.meta.url));

outliveReaders();
process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  if (gaveHelp(argv, usage)) return 0;
  const options = read(argv);
  if (!options) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  let stub: QldbStub;
  try {
    stub = await startQldbStub({ ...options, log: (line) => process.stderr.write(`${line}\n`) });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  process.stdout.write(
    `Amazon QLDB's wire protocol, both planes, on ${stub.endpoint}; journals in ${options.folder}. Ctrl-C stops it.\n`,
  );
  await new Promise<void>((end) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.once(signal, () => end());
  });
  await stub.stop();
  return 0;
}

function read(argv: string[]): { readonly port: number; readonly folder: string } | undefined {
  try {
    const options = {
      port: { type: "string", default: "4700" },
      data: { type: "string", default: home },
    } as const;
    const { port, data } = parseArgs({ args: argv, options }).values;
    const number = Number(port);
    if (/^\d{1,5}$/.test(port) && number < 65_536) return { port: number, folder: resolve(data) };
    process.stderr.write("--port is a number below 65536\n");
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  }
  return undefined;
}
