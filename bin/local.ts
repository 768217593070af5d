import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CannotListen } from "../local/gateway/listen.ts";
import { htmlPage } from "../local/gateway/pages.ts";
import { type Added, parseAdded } from "../local/platform/added-insurers.ts";
import { dropAwsEnvironment } from "../local/platform/environment.ts";
import { greeting } from "../local/platform/greeting.ts";
import { OtherHistory } from "../local/platform/one-history.ts";
import { HalfOpen } from "../local/platform/open-log.ts";
import { type LedgerKind, ledgerKinds } from "../local/platform/qldb.ts";
import { type Platform, startPlatform } from "../local/platform/start.ts";
import { StartFailure } from "../local/postgres/start-failure.ts";
import { outliveReaders } from "../local/terminal/gone-reader.ts";
import { gaveHelp } from "../local/terminal/help.ts";
import { type Generations, parseGenerations } from "../shared/base/generations.ts";
import { Unavailable } from "../shared/ports/unavailable.ts";

const usage = `usage: npm start -- [--ledger tlog|qldb] [--port N] [--data DIR] [--bundles] [--add-insurer ID:CURRENCY]… [--signing-keys N[,N+1]]
  --port N    the API's port (default 4600; tokens on the next one; 0: any free ones)
  --data DIR  where everything is kept (default .countersign/local)
  --bundles   the API's functions are built and run as they are deployed, against stubs of S3, SQS and KMS
  --add-insurer ID:CURRENCY  opens the log of one more insurer, once, and enrols everybody here with it
  --ledger tlog|qldb  the ledger's engine (default tlog): our own tree, or Amazon QLDB, of which a stub runs beside it
  --signing-keys N[,N+1]  generations of signing keys, two while one takes over (default: as last time, 1 at first)
exit 0: stopped as asked · 1: something failed while running · 2: it could not start`;
const home = fileURLToPath(new URL("../.countersign/local", import.meta.url));
const parent = process.ppid;
const impatientMs = 2_000;

process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  // Nor does a full disk under a redirected log, nor a terminal that is gone: who is served goes on being served.
  outliveReaders(["EPIPE", "ENOSPC", "EIO"]);
  if (gaveHelp(argv, usage)) return 0;
  const options = read(argv);
  if (!options) return 2;
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  dropAwsEnvironment();
  let platform: Platform;
  try {
    const { port } = options;
    const issuerPort = port === 0 ? 0 : port + 1;
    const { DATABASE_URL: databaseUrl } = process.env;
    const pages = new Map([
      ["/verify", htmlPage(receiptPage)],
      ["/reference", htmlPage(referencePage)],
    ]);
    const bundles = options.bundled ? await builtBundles(options.folder) : undefined;
    const given = { ...options, issuerPort, databaseUrl, pages, bundles };
    platform = await startPlatform({ ...given, log: say });
  } catch (error) {
    const why = reasonOf(error, options.folder);
    if (why === undefined) throw error;
    say(why);
    return 2;
  }
  process.stdout.write(greeting(platform, options.folder));
  const why = await untilEnd(platform);
  if (why === "stop") process.stdout.write("\nStopping…\n");
  else say("PostgreSQL ended and could not be started again.");
  await platform.stop();
  return why === "stop" ? 0 : 1;
}

/** Built when it is first asked for, from the sources beside this file. */
async function receiptPage(): Promise<string> {
  const { buildReceiptPage } = await import("./receipt-page.ts");
  return buildReceiptPage();
}

/** Built beside what the platform keeps. */
async function builtBundles(folder: string) {
  const { bundleFunctions } = await import("../lib/bundle-functions.ts");
  return bundleFunctions(resolve(folder, "bundles"));
}

async function referencePage(): Promise<string> {
  const { buildReferencePage } = await import("./reference-page.ts");
  return buildReferencePage();
}

/** Why it could not start, in one sentence; undefined for a bug. */
function reasonOf(error: unknown, folder: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const kinds = [CannotListen, HalfOpen, OtherHistory, StartFailure, Unavailable];
  if (kinds.some((kind) => error instanceof kind)) return error.message;
  return "syscall" in error ? `${folder} can't be used: ${error.message}` : undefined;
}

interface Options {
  readonly folder: string;
  readonly port: number;
  readonly bundled: boolean;
  readonly addInsurers: readonly Added[];
  readonly signingKeys?: Generations;
  readonly ledger: LedgerKind;
}

function read(argv: string[]): Options | undefined {
  try {
    const options = {
      port: { type: "string", default: "4600" },
      data: { type: "string", default: home },
      bundles: { type: "boolean", default: false },
      ledger: { type: "string", default: "tlog" },
      "add-insurer": { type: "string", multiple: true },
      "signing-keys": { type: "string" },
    } as const;
    const { values } = parseArgs({ args: argv, options });
    const port = Number(values.port);
    const said = values["signing-keys"];
    const signingKeys = said === undefined ? undefined : parseGenerations(said);
    const asked = values["add-insurer"] ?? [];
    const addInsurers = asked.flatMap((text) => parseAdded(text) ?? []);
    const ledger = ledgerKinds.find((kind) => kind === values.ledger) ?? "tlog";
    const onlyTlog = values.bundles || said !== undefined;
    const wrong = [
      ...(ledger === values.ledger ? [] : ["--ledger is tlog or qldb"]),
      ...(ledger === "qldb" && onlyTlog ? ["--bundles and --signing-keys are for tlog only"] : []),
      ...(/^\d{1,5}$/.test(values.port) && port < 65_535 ? [] : ["--port is a number below 65535"]),
      ...(said === undefined || signingKeys ? [] : ["--signing-keys is N, or N,M with N < M"]),
      ...(addInsurers.length === asked.length
        ? []
        : ["--add-insurer is ID:CURRENCY, such as acme:EUR"]),
    ];
    if (wrong.length === 0) {
      const { data: folder, bundles: bundled } = values;
      return { folder, port, bundled, addInsurers, ledger, ...(signingKeys && { signingKeys }) };
    }
    process.stderr.write(`${wrong.join("\n")}\n${usage}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
  }
  return undefined;
}

/** Ctrl-C, SIGTERM, or the death of the process that started this one; or the end of PostgreSQL. */
function untilEnd({ ended }: Platform): Promise<"stop" | "ended"> {
  return new Promise((resolve) => {
    let askedMs = 0;
    const stop = (): void => {
      // One Ctrl-C can arrive twice, from the terminal and through npm; only a later one means "now".
      if (askedMs > 0 && Date.now() - askedMs > impatientMs) process.exit(1);
      askedMs ||= Date.now();
      resolve("stop");
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
    const orphaned = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(orphaned);
      stop();
    }, 500);
    orphaned.unref();
    ended.then(() => resolve("ended"));
  });
}
