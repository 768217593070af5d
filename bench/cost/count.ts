import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { seedPlatform } from "../../local/platform/seed.ts";
import { startServices } from "../../local/platform/services.ts";
import { claimsOf, insure } from "./claims.ts";
import { countsOf, readStatistics, rowWidths, type Statistics } from "./database-counts.ts";
import { type CountedName, deployHere } from "./deployed-here.ts";
import { mapUsage, noUsage, type Usage, type UsageName, usedOf } from "./usage.ts";

/*
 * Counts what a claim and an idle minute use, on this machine: the built bundles of the functions before stubs of S3, SQS, KMS and EventBridge that are counted at their
 * doors, and PostgreSQL's own statistics. Run with `node bench/cost/count.ts`; it takes five minutes, most of them waiting, and rewrites counted.ts.
 */

const claims = 10;
const sweeps = 2;
/** PostgreSQL's processes hand in what they counted after ten idle seconds. */
const handedInMs = 11_000;
const database = "cost";

interface Mark {
  readonly used: Record<string, number>;
  readonly statistics: Statistics;
  /** Processor time of this process before PostgreSQL was waited for, and after. */
  readonly cpuMs: number;
  readonly readMs: number;
}

const folder = mkdtempSync(join(tmpdir(), "countersign-cost-"));
const services = await startServices({
  folder,
  database,
  databaseUrl: undefined,
  endsWithUs: true,
  originPrefix: "local.countersign.example",
  durablePublished: false,
  log: () => {},
});
const client = new pg.Client({ connectionString: services.server.superuserUrl(database) });
await client.connect();
// Nothing but the functions is counted, and rows are found as they are in large tables: by an index.
await client.query("ALTER SYSTEM SET autovacuum = off");
await client.query("ALTER SYSTEM SET enable_seqscan = off");
await client.query("SELECT pg_reload_conf()");
const seed = await seedPlatform(services, folder);
const insured = await insure(services, 1 + 2 * claims);
const deployed = await deployHere(services, folder);
const claim = await claimsOf(services, seed, deployed, folder);
try {
  writeFileSync(new URL("./counted.ts", import.meta.url), await counted());
} finally {
  await claim.stop();
  await deployed.stop();
  await client.end();
  await services.stop();
  rmSync(folder, { recursive: true });
}

async function counted(): Promise<string> {
  const names = Object.keys(deployed.functions) as CountedName[];
  const swept = names.filter((name) => name !== "claimant");
  const steps: (readonly [name: string, per: number, work: () => Promise<void>])[] = [
    ["warm", 1, () => claim.apart(insured.slice(0, 1))],
    ["swept", 1, () => claim.sweep(swept, 1)],
    ["apart", claims, () => claim.apart(insured.slice(1, 1 + claims))],
    ["together", claims, () => claim.together(insured.slice(1 + claims))],
    ["announced", claims, () => claim.sweep(["announcer"], 1)],
    ...swept.map((name) => [name, sweeps, () => claim.sweep([name], sweeps)] as const),
  ];
  const marks: Mark[] = [await mark()];
  for (const [name, , work] of steps) {
    if (name === swept[0]) deployed.metrics.clear();
    await work();
    marks.push(await mark());
    process.stderr.write(`${name}\n`);
  }
  const widths = await rowWidths(client);
  const used = new Map<string, Usage>();
  for (const [n, [name, per]] of steps.entries()) {
    const [from, to] = [marks[n], marks[n + 1]];
    if (from && to) used.set(name, usageBetween(from, to, per, widths));
  }
  return written(used, swept);
}

async function mark(): Promise<Mark> {
  const cpuMs = processorMs();
  const used = {
    ...deployed.requests,
    requests: claim.requests(),
    calls: claim.calls(),
    objectBytes: bytesBelow(["published", "sealed", "signer", "keys", "evidence"]),
  };
  await sleep(handedInMs);
  const statistics = await readStatistics(client);
  return { used, statistics, cpuMs, readMs: processorMs() };
}

/** What was used between two marks, for each of `per`; reading the statistics is itself one transaction. */
function usageBetween(
  from: Mark,
  to: Mark,
  per: number,
  widths: ReadonlyMap<string, number>,
): Usage {
  const [was, is] = [from, to].map(({ used, statistics }) => ({
    ...used,
    ...countsOf(statistics, widths),
  })) as [Record<UsageName, number>, Record<UsageName, number>];
  is.transactions--;
  const used = Object.keys(is).map((name) => [
    name,
    (is[name as UsageName] - was[name as UsageName]) / per,
  ]);
  return mapUsage(
    { ...Object.fromEntries(used), cpuMs: (to.cpuMs - from.readMs) / per } as Usage,
    (value) => Math.round(value * 100) / 100,
  );
}

/** The module counted.ts: a claim by itself, the turn of the jobs that claims may share, and one call of each schedule with nothing to do. */
function written(used: ReadonlyMap<string, Usage>, swept: readonly CountedName[]): string {
  const [apart, together, announced] = ["apart", "together", "announced"].map((name) =>
    used.get(name),
  ) as [Usage, Usage, Usage];
  const round = (usage: Usage) =>
    mapUsage(usage, (value) => Math.round(Math.max(value, 0) * 100) / 100);
  const turn = round(
    mapUsage(apart, (value, name) => ((value - together[name]) * claims) / (claims - 1)),
  );
  const events = announced.events / 2;
  const claimAlone = round({ ...mapUsage(apart, (value, name) => value - turn[name]), events });
  const facts = {
    countedOn: new Date().toISOString().slice(0, 10),
    claim: claimAlone,
    turn,
    sweeps: Object.fromEntries(swept.map((name) => [name, usedOf(used.get(name) ?? noUsage)])),
    sweptMetrics: [...deployed.metrics].sort(),
  };
  return `import type { Counted } from "./usage.ts";

/** Written by count.ts. */
export const counted: Counted = ${JSON.stringify(facts, null, 2)};
`;
}

function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function bytesBelow(folders: readonly string[]): number {
  return folders
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))
    .flatMap((path) =>
      readdirSync(path, { recursive: true, withFileTypes: true, encoding: "utf8" }),
    )
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
