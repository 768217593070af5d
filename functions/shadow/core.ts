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
import { checkPack } from "../../shared/coverage/analysis/check-pack.ts";
import type { ObjectStore } from "../../shared/ports/objects.ts";
import type { ExportPorts } from "../auditor/export-log.ts";
import type { JobName } from "../command/job-shelf.ts";
import {
  changesFile,
  changesPerFile,
  changesSchema,
  type KeptShadow,
  type ShadowJob,
  shadowJobs,
} from "../command/shadow-job.ts";
import { pastLog } from "./past-log.ts";
import { type ShadowedLog, shadowLog } from "./shadow-log.ts";

/** What a shadow reads, and where it writes; `sleep` lets others go first. */
export interface ShadowPorts extends Omit<ExportPorts, "close"> {
  readonly jobs: ObjectStore;
  readonly sleep: (ms: number) => Promise<void>;
}

const mostAtOnce = 100;
const mostKept = 10_000;

/**
 * Runs the drafts that wait over their insurers' logs, one after another until `late`, and forgets those whose time is over. Killed anywhere it begins again: the entries were
 * fixed when it was asked for, so that it comes to the same. Gives how many it ended. Throws Unavailable.
 */
export async function shadowWaiting(
  ports: ShadowPorts,
  now: Instant,
  late: () => boolean = () => false,
): Promise<number> {
  const { jobs } = ports;
  for (const name of await shadowJobs.kept(jobs, mostKept)) {
    const kept = await shadowJobs.read(jobs, name);
    if (kept && kept.job.expires <= now) await shadowJobs.forget(jobs, name);
  }
  let ended = 0;
  for (const name of await shadowJobs.waiting(jobs, mostAtOnce)) {
    if (late()) return ended;
    const kept = await shadowJobs.read(jobs, name);
    if (kept?.job.state === "waiting") {
      await run(ports, name, kept);
      ended += 1;
    }
    await shadowJobs.unqueue(jobs, name);
  }
  return ended;
}

async function run(ports: ShadowPorts, name: JobName, kept: KeptShadow): Promise<void> {
  const { jobs } = ports;
  const outcome = await shadowOf(ports, name, kept.job);
  const { changes, ...how } = outcome;
  for (let number = 0; number * changesPerFile < changes.length; number++) {
    const some = changes.slice(number * changesPerFile, (number + 1) * changesPerFile);
    const file = shadowJobs.fileKey(name, changesFile(number));
    if (file === undefined) throw new Error("bug: a number is an object key");
    const bytes = utf8(JSON.stringify(z.encode(changesSchema, some.map(decisionOf))));
    await jobs.putIfAbsent(file, bytes);
  }
  const done = await shadowJobs.change(jobs, name, kept, { ...kept.job, ...how });
  // Forgotten while it was made, its files go, too.
  if (!done && !(await shadowJobs.read(jobs, name))) await shadowJobs.forget(jobs, name);
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
  const { compiled } = checkPack(utf8(content));
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
