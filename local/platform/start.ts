import { join } from "node:path";
import type { Pause } from "../../functions/claimant/wait.ts";
import { replayErasures } from "../../functions/eraser/replay.ts";
import { type WakeUp, wakeUp } from "../../functions/publisher/wake-up.ts";
import type { Trail } from "../../functions/sequencer/trail.ts";
import type { Generations } from "../../shared/base/generations.ts";
import type { Pages } from "../gateway/pages.ts";
import { lockFolder } from "../postgres/lock.ts";
import { mainDatabase } from "../postgres/where.ts";
import { type Added, addInsurers } from "./added-insurers.ts";
import { startApart } from "./apart.ts";
import { type Bundles, startBundles } from "./bundles.ts";
import { coveredInsurers } from "./covered-insurers.ts";
import { type Http, startHttp } from "./http.ts";
import { openJournal, receiptSource, requireOneJournal } from "./journal.ts";
import { keepGenerations, keptGenerations } from "./kept-generations.ts";
import type { Seed } from "./kept-seed.ts";
import { logPorts } from "./ledger.ts";
import { OtherHistory, requireOneHistory } from "./one-history.ts";
import { finishOpening, isOpen, logKeys } from "./open-log.ts";
import { type LedgerKind, ledgerName } from "./qldb.ts";
import { fileLog } from "./request-log.ts";
import { enrolUsers, localUsers, seedInsurer, seedPlatform } from "./seed.ts";
import { type Services, startServices } from "./services.ts";
import { keysToPublish, publishKeysNow } from "./signing-keys.ts";

/** How to start the platform of this machine. */
export interface PlatformOptions {
  readonly folder: string;
  readonly port: number;
  readonly issuerPort: number;
  readonly databaseUrl: string | undefined;
  readonly endsWithUs?: boolean;
  /** The generations of signing keys, if the person says which: else those of the last start. */
  readonly signingKeys?: Generations;
  /** The engine of the ledger; default tlog. */
  readonly ledger?: LedgerKind;
  /** Insurers whose logs are opened, where they are not open yet, beside the example's. */
  readonly addInsurers?: readonly Added[];
  /** Static pages beside the API, by path. */
  readonly pages?: Pages;
  /** Built bundles that answer the API in place of the sources. */
  readonly bundles?: Bundles | undefined;
  readonly log: (line: string) => void;
}

/** A running platform. */
export interface Platform {
  readonly url: string;
  readonly issuerUrl: string;
  readonly insurer: string;
  readonly seed: Seed;
  readonly policyFile: string;
  /** PostgreSQL is gone for good, and the platform with it. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** First part of every origin here. */
export const originPrefix = "local.countersign.example";

/**
 * Starts everything: PostgreSQL, the KMS stub, the API with its token issuer, and the jobs. A second start on the same folder, a taken port, a
 * folder that misses part of a log, or holds another history of it: one sentence, and whatever was started is stopped.
 */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { folder, log } = options;
  const policies = join(folder, "policy");
  const stops: (() => Promise<unknown> | unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    stops.push(lockFolder(folder));
    const signingKeys = options.signingKeys ?? keptGenerations(folder);
    const services = await startServices({
      folder,
      database: mainDatabase,
      databaseUrl: options.databaseUrl,
      endsWithUs: options.endsWithUs,
      originPrefix,
      signingKeys,
      durablePublished: true,
      ledger: options.ledger,
      witnessed: policies,
      log,
    });
    stops.push(() => services.stop());
    const doubted = await replayLogged(services, log);
    await requireOpenLogs(services, options.signingKeys !== undefined, log);
    if (doubted[0] !== undefined) throw new OtherHistory(doubted[0]);
    keepGenerations(folder, signingKeys);
    const seed = await seedPlatform(services, folder);
    await addInsurers(services, options.addInsurers ?? []);
    await coveredInsurers(services, policies)();
    const policyFile = join(policies, `${services.qldb ? ledgerName : seedInsurer}.policy`);
    const { http, wake } = await startWork(options, services, stops);
    const added = (options.addInsurers ?? []).map(({ insurer }) => insurer);
    for (const insurer of [seedInsurer, ...added]) {
      await enrolUsers(services, seed, http.issuer.issuer, insurer);
    }
    wake();
    const ended = services.server.exited;
    const { url, issuer } = http;
    return { url, issuerUrl: issuer.url, insurer: seedInsurer, seed, policyFile, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * What was erased stays erased, whatever was put back: before anything else reads it, and before a start that is refused. Gives a sentence for each
 * published log that can't be believed: nothing is deleted on its word.
 */
async function replayLogged(
  services: Services,
  log: (line: string) => void,
): Promise<readonly string[]> {
  const { eraser, published, ports } = services;
  const doubted: string[] = [];
  for (const insurer of await ports.store.insurers()) {
    const keys = await logKeys(services, insurer);
    const done = await replayErasures(eraser, published, insurer, keys);
    if ("replayed" in done) {
      if (done.replayed > 0) log(`${insurer}: ${done.replayed} recorded erasures replayed`);
    } else {
      const origin = ports.originOf(insurer);
      doubted.push(
        `The published log ${origin} is not what its checkpoint signs: ${done.doubted}. Nothing was erased on its word, and nothing is served: restore the published folder.`,
      );
    }
  }
  return doubted;
}

/**
 * Every log of the database is in all places, once an opening that was cut off is finished, all of them tell one history of it, and its keys in force are those that sign; where they are being
 * replaced, a record says so first. Throws HalfOpen, OtherHistory.
 */
async function requireOpenLogs(
  services: Services,
  replaceKeys: boolean,
  log: (line: string) => void,
): Promise<void> {
  if (services.qldb) return requireOpenLedger(services);
  const ports = logPorts(services);
  for (const insurer of await services.ports.store.insurers()) {
    if (await finishOpening(services, insurer)) {
      log(`${insurer}: its log's opening was cut off and is finished`);
    }
    if (!(await isOpen(services, insurer))) continue;
    const toPublish = await keysToPublish(services, insurer, replaceKeys);
    await requireOneHistory(ports, insurer, services.ports.originOf(insurer));
    if (toPublish) await publishKeysNow(services, insurer);
  }
}

/**
 * The ledger is in all places or new, no log of it is open in part, and the database is no older than it. Throws HalfOpen, OtherHistory.
 */
async function requireOpenLedger(services: Services): Promise<void> {
  const insurers = await services.ports.store.insurers();
  for (const insurer of insurers) {
    await finishOpening(services, insurer);
    await isOpen(services, insurer);
  }
  await openJournal(services);
  await requireOneJournal(services, insurers);
}

/** Whoever waits for a receipt is woken by the checkpoint that is published. */
const untilShown =
  (shown: WakeUp): Pause =>
  async (mostMs) => {
    const beganMs = performance.now();
    await shown.sleep(mostMs, shown.count());
    return performance.now() - beganMs;
  };

/** What works unasked, in a thread of its own, and the API; each adds how it is stopped. */
async function startWork(
  options: PlatformOptions,
  services: Services,
  stops: (() => Promise<unknown> | unknown)[],
): Promise<{ http: Http; wake: () => void }> {
  const { ports, pools, published } = services;
  const log = fileLog(join(options.folder, "requests.log"), options.log);
  const policies = join(options.folder, "policy");
  const shown = wakeUp();
  const trail: Trail = (message, fields) => {
    log.trail(message, fields);
    if (message === "published") shown.wake();
  };
  const background = await startApart(services, policies, { line: options.log, trail });
  stops.push(() => background.stop());
  const { wake } = background;
  const bundled =
    options.bundles &&
    (await startBundles(
      options.bundles,
      services,
      { folder: options.folder, originPrefix },
      wake,
      log.line,
    ));
  if (bundled) stops.push(() => bundled.stop());
  const http = await startHttp({
    handlers: bundled?.handlers,
    ports,
    pool: pools.app,
    published,
    receipts: receiptSource(services),
    evidence: services.evidence,
    auditing: services.auditing,
    insurerJobs: { jobs: services.jobs, uploads: services.uploads },
    issuerFolder: join(options.folder, "issuer"),
    port: options.port,
    issuerPort: options.issuerPort,
    users: localUsers,
    pages: options.pages,
    log,
    pause: untilShown(shown),
    wake,
  });
  stops.push(() => http.stop());
  return { http, wake };
}
