import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { committedHead } from "../../functions/adapters/postgres/head.ts";
import { openJournal } from "../platform/journal.ts";
import { startLedger } from "../platform/ledger.ts";
import { type LedgerKind, ledgerName } from "../platform/qldb.ts";
import { type Services, startServices } from "../platform/services.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { dropDatabase } from "../postgres/database.ts";
import { lockFolder } from "../postgres/lock.ts";
import { requireDatabaseUrl } from "../postgres/where.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type Apart, startApart } from "./apart.ts";
import { startDemoApi } from "./api.ts";
import type { Caught } from "./attack.ts";
import { attack } from "./attack.ts";
import { exportApart, exportLedger, policyFolder, writeBundle, writePolicies } from "./bundle.ts";
import { amendForCovid, walkClaims } from "./claims.ts";
import { countingStore } from "./counting.ts";
import { demoDatabase } from "./database.ts";
import { letterFolder, writeLetters } from "./letters.ts";
import type { BankChoice, Paid } from "./pay.ts";
import { type SetStage, setStage } from "./stage.ts";
import { type Summary, summarise } from "./summary.ts";
import { recordTotals } from "./totals.ts";
import { verifyApart } from "./verify-apart.ts";
import type { WalkedClaim } from "./walk.ts";
import { issueApart, walkApart } from "./walk-apart.ts";
import { claimWorkFolder, emptyWorkFolder } from "./work-folder.ts";

/** A checkpoint every twelve seconds and log is history enough for a run of a minute or two. */
const checkpoints = { intervalMs: 12_000, sweepMs: 2_000 };

/** Commands under way at once. */
const width = 8;
const originPrefix = "demo.countersign.example";

/** What a run needs to know. */
export interface RunOptions {
  /** The demo's own folder: emptied at the start. */
  readonly folder: string;
  readonly databaseUrl: string | undefined;
  readonly out: string;
  readonly attack: boolean;
  /** The ledger's engine; default tlog. */
  readonly ledger?: LedgerKind;
  readonly choice: BankChoice;
  readonly startedMs: number;
}

/** A run's result: the summary and, where asked for, what caught each attack. */
export interface RunResult {
  readonly summary: Summary;
  /** Whether the breaks that were found are those the banks made, one by one. */
  readonly exactly: boolean;
  readonly attack?: readonly Caught[];
}

/** Takes a whole portfolio from submission to an audited bundle in `out`. */
export async function runDemo(
  terminal: Terminal,
  portfolio: Portfolio,
  options: RunOptions,
): Promise<RunResult> {
  if (options.databaseUrl) requireDatabaseUrl(options.databaseUrl);
  claimWorkFolder(options.folder);
  const release = lockFolder(options.folder);
  try {
    emptyWorkFolder(options.folder);
    mkdirSync(options.out, { recursive: true });
    const services = await openServices(terminal, options);
    const apart = startApart(services, { folder: options.folder, originPrefix });
    try {
      return await runOn(terminal, services, apart, portfolio, options);
    } finally {
      await apart.stop();
      await services.stop();
    }
  } finally {
    release();
  }
}

/** What the demo's own witness believes: the same as the policies that come to lie beside the bundle. */
const witnessPolicies = (folder: string): string => join(folder, "policy");

async function openServices(terminal: Terminal, options: RunOptions): Promise<Services> {
  const { folder, databaseUrl } = options;
  if (databaseUrl) await dropDatabase(databaseUrl, demoDatabase);
  const log = (line: string) => terminal.complain(line);
  const database = demoDatabase;
  const services = await startServices({
    folder,
    databaseUrl,
    database,
    originPrefix,
    durablePublished: false,
    endsWithUs: true,
    rebuildable: false,
    ledger: options.ledger,
    witnessed: witnessPolicies(folder),
    log,
  });
  if (services.qldb) await openJournal(services);
  const store = countingStore(services.ports.store);
  return { ...services, ports: { ...services.ports, store } };
}

/** The insurers, the one with the most claims first. */
function bySize({ claims, insurers }: Portfolio): string[] {
  const claimsOf = Map.groupBy(claims, ({ insurer }) => insurer);
  const countOf = (id: string): number => claimsOf.get(id)?.length ?? 0;
  return insurers.map(({ id }) => id).sort((a, b) => countOf(b) - countOf(a));
}

/** The store that {@link openServices} gave. */
const counted = ({ ports }: Services) => ports.store as ReturnType<typeof countingStore>;

async function runOn(
  terminal: Terminal,
  services: Services,
  apart: Apart,
  portfolio: Portfolio,
  options: RunOptions,
): Promise<RunResult> {
  const insurers = portfolio.insurers.map(({ id }) => id);
  const opening = terminal.progress("policies", portfolio.policies.length);
  const stage = await setStage(
    services,
    portfolio,
    issueApart(apart, width, counted(services).add),
    () => opening.advance(),
  );
  opening.stop();
  await writePolicies(services, insurers, witnessPolicies(options.folder));
  const ledger = startLedger(
    services,
    async () => insurers,
    (line) => terminal.complain(line),
    checkpoints,
  );
  let walked: WalkedClaim[];
  let paid: Paid;
  try {
    ({ walked, paid } = await walkAndPay(terminal, services, apart, stage, portfolio, options));
    const settling = terminal.progress("logs", insurers.length);
    await ledger.drain(insurers, () => settling.advance());
    settling.stop();
    await recordTotals(services, insurers);
    await ledger.drain(insurers, () => undefined);
  } finally {
    await ledger.stop();
  }
  const exporting = terminal.progress("export", await entriesIn(services, insurers));
  const beside = services.qldb ? [ledgerName] : [];
  const exporter = services.qldb ? exportLedger(apart, services) : exportApart(apart);
  const progress = (entries: number) => exporting.advance(entries);
  const before = await writeBundle(exporter, bySize(portfolio), options.out, progress, beside);
  exporting.stop();
  await writePolicies(services, insurers, policyFolder(options.out), before);
  terminal.line(`bundle ${options.out} (plain openings: its persons are simulated)`);
  terminal.line(`trust policies ${policyFolder(options.out)}`);
  const [letter, verdict] = await Promise.all([
    writeLetters(stage, portfolio, walked, letterFolder(options.out)),
    verifyApart(options.out, policyFolder(options.out)),
  ]);
  terminal.line(`letters ${letterFolder(options.out)}, of which one reads:`);
  for (const line of ["", ...letter.split("\n")]) terminal.line(line);
  const transactions = counted(services).committedCount();
  const caught = options.attack
    ? { attack: await attack(terminal, services, portfolio, walked, options.out) }
    : {};
  const seconds = Math.round((Date.now() - options.startedMs) / 100) / 10;
  const summary = summarise(portfolio, walked, paid, transactions, verdict, seconds);
  return { summary, exactly: paid.exactly, ...caught };
}

/** How many entries the logs of `insurers` have. */
async function entriesIn({ pools }: Services, insurers: readonly string[]): Promise<number> {
  const heads = await Promise.all(insurers.map((id) => committedHead(pools.sequencer, id)));
  return heads.reduce((sum, head) => sum + Number(head?.size ?? 0n), 0);
}

async function walkAndPay(
  terminal: Terminal,
  services: Services,
  apart: Apart,
  stage: SetStage,
  portfolio: Portfolio,
  { folder, choice }: RunOptions,
): Promise<{ walked: WalkedClaim[]; paid: Paid }> {
  const insurers = portfolio.insurers.map(({ id }) => id);
  const claims = terminal.progress("claims", portfolio.claims.length);
  const startApi = () => startDemoApi(services, stage, insurers, folder);
  const { add } = counted(services);
  const walk = walkApart(apart, stage, width, add);
  let walked = await walkClaims(stage, startApi, portfolio, walk, () => claims.advance());
  claims.stop();
  walked = await amendForCovid(services, stage, walked);
  const due = walked.filter(({ awardMinor }) => awardMinor > 0n).length;
  const payouts = terminal.progress("payouts", 2 * due);
  const progress = (some: number) => payouts.advance(some);
  const approvals = bySize(portfolio).map((insurer) => ({ insurer, width }));
  for (const count of await apart.approve(approvals, progress)) add(count);
  const shares = await apart.pay(
    bySize(portfolio).map((insurer) => {
      const { releaser } = stage.cast(insurer);
      return { releaser, folder, choice };
    }),
    progress,
  );
  for (const { transactions } of shares) add(transactions);
  payouts.stop();
  return { walked, paid: inAll(shares) };
}

/** What all insurers paid. */
function inAll(shares: readonly Paid[]): Paid {
  const sum = (of: (paid: Paid) => number): number =>
    shares.reduce((all, paid) => all + of(paid), 0);
  return {
    count: sum(({ count }) => count),
    settledMinor: shares.reduce((all, { settledMinor }) => all + settledMinor, 0n),
    breaks: {
      injected: sum(({ breaks }) => breaks.injected),
      found: sum(({ breaks }) => breaks.found),
    },
    exactly: shares.every(({ exactly }) => exactly),
  };
}
