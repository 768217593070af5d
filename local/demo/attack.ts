import { openPool } from "../../functions/adapters/postgres/pool.ts";
import type { Finding } from "../../shared/audit/finding.ts";
import { verifyBundle } from "../audit/verdict.ts";
import { openBundle } from "../bundle/open.ts";
import { readTrusts } from "../bundle/trust.ts";
import type { Services } from "../platform/services.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { createDatabase, dropDatabase, endConnections } from "../postgres/database.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type Change, changeClaim, changeDecision } from "./attack-changes.ts";
import { readLog, writeLog } from "./attack-log.ts";
import { exportHere, policyFolder, writeBundle } from "./bundle.ts";
import { demoDatabase } from "./database.ts";
import type { WalkedClaim } from "./walk.ts";

/** One attack, and which check caught it: re-execution ("replay") or a signed note that no longer fits ("note"). */
export interface Caught {
  readonly changed: string;
  readonly caught: boolean;
  readonly by: "replay" | "note" | null;
}

/** Where the attacked bundle goes. */
export const attackedFolder = (out: string): string => `${out}-attacked`;

const replayCodes = new Set(["decision-differs", "event-differs", "input-differs", "refused"]);

/**
 * Does what a dishonest insurer with every right on its own database could do, on a copy of it: changes one decision's amount, then one
 * claim's amount with its decisions made to fit, and rebuilds every hash, root, tile and ciphertext. It can't make new signed notes, so the old
 * ones go into the bundle. Says which check catches each; what can't be changed, because no claim of the portfolio suits, counts as not caught.
 */
export async function attack(
  terminal: Terminal,
  services: Services,
  portfolio: Portfolio,
  walked: readonly WalkedClaim[],
  out: string,
): Promise<Caught[]> {
  const { server } = services;
  const copy = `${demoDatabase}_attacked`;
  await dropDatabase(server.adminUrl, copy);
  await endConnections(server.adminUrl, demoDatabase);
  await createDatabase(server.adminUrl, copy, demoDatabase);
  const pool = openPool({ url: server.superuserUrl(copy), max: 4 });
  try {
    const insurers = portfolio.insurers.map(({ id }) => id);
    const first = await tamper(services, pool, walked, changeDecision, undefined);
    const second = await tamper(services, pool, walked, changeClaim, first);
    const exportLogs = exportHere(services, pool);
    await writeBundle(exportLogs, insurers, attackedFolder(out), () => undefined);
    const trusts = readTrusts(policyFolder(out));
    const { findings } = await verifyBundle(
      openBundle(attackedFolder(out)),
      trusts,
      () => undefined,
    );
    const caught = [
      first ? judge(first, findings) : notMade("no decision of the portfolio pays anything"),
      second
        ? judge(second, findings)
        : notMade("no claim's amount can change and reach no payout"),
    ];
    for (const { changed, by } of caught) {
      terminal.line(by ? `attack: ${changed}: caught by ${by}` : `attack: ${changed}: NOT CAUGHT`);
    }
    return caught;
  } finally {
    await pool.end();
    await dropDatabase(server.adminUrl, copy);
  }
}

/** Changes the first claim that suits, in another log than the `earlier` change if it can; undefined where none does. */
async function tamper(
  services: Services,
  pool: ReturnType<typeof openPool>,
  walked: readonly WalkedClaim[],
  change: typeof changeDecision,
  earlier: Change | undefined,
): Promise<Change | undefined> {
  const candidates = earlier
    ? [...walked].sort(
        (a, b) =>
          Number(a.portfolio.insurer === earlier.insurer) -
          Number(b.portfolio.insurer === earlier.insurer),
      )
    : walked;
  for (const item of candidates) {
    const { insurer } = item.portfolio;
    if (item.claim === earlier?.claim || !suits(change, item)) continue;
    const log = await readLog(services, pool, insurer);
    const made = await change(log, item.claim);
    if (!made) continue;
    await writeLog(services, pool, insurer, log);
    return made;
  }
  return undefined;
}

const notMade = (why: string): Caught => ({ changed: `nothing: ${why}`, caught: false, by: null });

const suits = (change: typeof changeDecision, { outcome, awardMinor }: WalkedClaim): boolean =>
  change === changeDecision ? awardMinor > 0n : outcome === "PAY_PART" || outcome === "DENY";

/** Replay catches a change whose own entries no longer follow from the log; the notes catch one that replays but was never signed. */
function judge(change: Change, findings: readonly Finding[]): Caught {
  const own = findings.filter(({ origin }) => origin.endsWith(`/${change.insurer}`));
  const replayed = own.some(
    ({ code, index }) => replayCodes.has(code) && index !== null && change.indices.has(index),
  );
  const noted = own.some(({ code }) => code === "note-differs");
  const by = replayed ? "replay" : noted ? "note" : null;
  return { changed: change.changed, caught: by !== null, by };
}
