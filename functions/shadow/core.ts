import * as z from "zod";
import {
  type ChangedDecision,
  maxMoves,
  type ShadowResult,
} from "../../shared/api/shadow-views.ts";
import type { Change } from "../../shared/audit/shadow.ts";
import { differenceOf, type Sum, totalsOf } from "../../shared/audit/shadow-totals.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { type Currency, formatAmount } from "../../shared/base/money.ts";
import { type CompiledPack, compilePack } from "../../shared/coverage/compile.ts";
import { parsePack } from "../../shared/coverage/pack.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { ExportPorts } from "../auditor/export-log.ts";
import { attempt } from "../command/attempt.ts";
import type { JobName } from "../command/job-shelf.ts";
import {
  changesFile,
  changesPerFile,
  changesSchema,
  type KeptShadow,
  type ShadowJob,
  shadowJobs,
} from "../command/shadow-job.ts";
import { type Calling, type Turn, takeTurns } from "../command/take-turns.ts";
import { pastLog } from "./past-log.ts";
import { type ShadowedLog, shadowLog } from "./shadow-log.ts";

/** What a shadow reads, and where it writes; `sleep` lets others go first. */
export interface ShadowPorts extends Omit<ExportPorts, "close"> {
  readonly jobs: ObjectStore;
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * Runs the drafts that wait over their insurers' logs until it is late, and forgets those whose time is over ({@link takeTurns}). Killed anywhere it begins again: the entries were
 * fixed when it was asked for, so that it comes to the same; killed three times it has failed. One that fails holds up no other, and its error is thrown when all had their turn: Unavailable, or
 * Malformed where somebody changed what is kept of it. Gives how many it ended. `now` is when the call began.
 */
export async function shadowWaiting(
  ports: ShadowPorts,
  now: Instant,
  calling: Calling = {},
): Promise<number> {
  let ended = 0;
  await takeTurns(shadowJobs, ports.jobs, now, calling, async (name) => {
    const done = await take(ports, name, now);
    if (done !== "idle") ended += 1;
    return done;
  });
  return ended;
}

/** Runs a shadow that waits, and takes it out of the queue once it is over ({@link attempt}). */
const take = (ports: ShadowPorts, name: JobName, now: Instant): Promise<Turn> =>
  attempt(
    shadowJobs,
    ports.jobs,
    name,
    now,
    async (claimed) => end(ports, name, claimed, await shadowOf(ports, name, claimed.job)),
    (kept) => end(ports, name, kept, failed("not-finished")),
  );

/** Writes what a shadow came to, and that it is over; idle where somebody else did, or it was forgotten. */
async function end(
  { jobs }: ShadowPorts,
  name: JobName,
  kept: KeptShadow,
  { changes, ...how }: Outcome,
): Promise<Turn> {
  for (let number = 0; number * changesPerFile < changes.length; number++) {
    const some = changes.slice(number * changesPerFile, (number + 1) * changesPerFile);
    const file = shadowJobs.fileKey(name, changesFile(number));
    if (file === undefined) throw new Error("bug: a number is an object key");
    const bytes = utf8(JSON.stringify(z.encode(changesSchema, some.map(decisionOf))));
    await jobs.putIfAbsent(file, bytes);
  }
  const done = await shadowJobs.change(jobs, name, kept, { ...kept.job, ...how });
  if (done) await shadowJobs.unqueue(jobs, name);
  // Forgotten while it was made, its files go, too.
  else if (!(await shadowJobs.read(jobs, name))) await shadowJobs.forget(jobs, name);
  if (!done) return "idle";
  return how.failure === null || how.failure === "draft-has-errors" ? "over" : "failed";
}

type Outcome = Pick<ShadowJob, "state" | "failure" | "result"> & {
  readonly changes: readonly Change[];
};
const failed = (failure: ShadowJob["failure"]): Outcome => ({
  ...{ state: "failed", failure, result: null },
  changes: [],
});

async function shadowOf(
  ports: ShadowPorts,
  { insurer }: JobName,
  { content, entries }: ShadowJob,
): Promise<Outcome> {
  const compiled = compiledDraft(content);
  if (!compiled) return failed("draft-has-errors");
  const pause = () => ports.sleep(0);
  try {
    const log = await pastLog(ports, insurer, () => undefined, entries, pause);
    const shadowed = await shadowLog(log, compiled, () => undefined);
    const { changes } = shadowed.shadow;
    return { state: "done", failure: null, result: resultOf(shadowed), changes };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return failed("log-unreadable");
  }
}

/** The draft, ready to judge; undefined where the check of it would say that something keeps it from that. */
function compiledDraft(content: string): CompiledPack | undefined {
  try {
    return compilePack(parsePack(utf8(content)));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return undefined;
  }
}

/** What a shadow came to, without an amount of one claim. */
function resultOf({ shadow, withheld, erased, holes, findings }: ShadowedLog): ShadowResult {
  const { judged, changes, others, otherCurrency, superseded, rulings } = shadow;
  const sum = ({ count, minor }: Sum, currency: Currency) => ({
    count: BigInt(count),
    amount: formatAmount(minor, currency),
  });
  return {
    judged: BigInt(judged),
    changed: BigInt(changes.length),
    moves: movesOf(changes),
    totals: totalsOf(changes).map(({ currency, ...of }) => ({
      currency,
      inFavour: sum(of.inFavour, currency),
      against: sum(of.against, currency),
      nowReferred: sum(of.nowReferred, currency),
      sameAmount: BigInt(of.sameAmount),
      net: formatAmount(of.net, currency),
    })),
    notCompared: {
      withheld: BigInt(withheld),
      erased: BigInt(erased),
      holes: BigInt(holes),
      otherPacks: BigInt(others),
      otherCurrency: BigInt(otherCurrency),
      superseded: BigInt(superseded),
      byPersons: BigInt(rulings),
    },
    findings: BigInt(findings),
  };
}

/** Changes by what was said and what would be, the most frequent first. */
function movesOf(changes: readonly Change[]): ShadowResult["moves"] {
  const said = ({ outcome, reasonCode }: Change["from"]) => ({
    outcome: ruleOutcome(outcome),
    reasonCode,
  });
  const groups = Map.groupBy(changes, ({ from, to }) =>
    [from.outcome, from.reasonCode, to.outcome, to.reasonCode].join(" "),
  );
  return [...groups]
    .sort(([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1))
    .slice(0, maxMoves)
    .flatMap(([, [first, ...rest]]) =>
      first ? [{ from: said(first.from), to: said(first.to), count: BigInt(rest.length + 1) }] : [],
    );
}

function decisionOf(change: Change): ChangedDecision {
  const { claim, index, from, to, ruled } = change;
  const difference = differenceOf(change);
  const effect = difference > 0n ? "in-favour" : difference < 0n ? "against" : "same-amount";
  return {
    ...{ claim, index, effect, ruledSince: ruled !== null },
    from: ruleOutcome(from.outcome),
    to: ruleOutcome(to.outcome),
  };
}

/** A pack never denies: only a person does, and a person's ruling is not compared. */
function ruleOutcome(outcome: Change["from"]["outcome"]): ChangedDecision["from"] {
  if (outcome === "DENY") throw new Error("bug: a pack denied");
  return outcome;
}
