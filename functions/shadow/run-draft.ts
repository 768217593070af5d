import {
  type ChangedDecision,
  maxMoves,
  type ShadowResult,
} from "../../shared/api/shadow-views.ts";
import type { Change } from "../../shared/audit/shadow.ts";
import { differenceOf, type Sum, totalsOf } from "../../shared/audit/shadow-totals.ts";
import { utf8 } from "../../shared/base/bytes.ts";
import { Malformed } from "../../shared/base/malformed.ts";
import { type Currency, formatAmount } from "../../shared/base/money.ts";
import { type CompiledPack, compilePack } from "../../shared/coverage/compile.ts";
import { parsePack } from "../../shared/coverage/pack.ts";
import type { ShadowJob } from "../command/shadow-job.ts";
import { failed, type Outcome } from "./outcome.ts";
import { pastLog } from "./past-log.ts";
import type { ShadowPorts } from "./ports.ts";
import { type ShadowedLog, shadowLog } from "./shadow-log.ts";

/** What a draft would have decided in the log of `insurer`, over the entries that were fixed when it was asked for. Throws Unavailable. */
export async function runDraft(
  ports: ShadowPorts,
  insurer: string,
  { content, entries }: ShadowJob,
): Promise<Outcome> {
  const compiled = compiledDraft(content);
  if (!compiled) return failed("draft-has-errors");
  const pause = () => ports.sleep(0);
  try {
    const log = await pastLog(ports, insurer, () => undefined, entries, pause);
    const shadowed = await shadowLog(log, compiled, () => undefined);
    const changes = shadowed.shadow.changes.map(decisionOf);
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
