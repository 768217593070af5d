import { Fold } from "../../shared/audit/fold.ts";
import { referInputs } from "../../shared/audit/inputs.ts";
import { redecide } from "../../shared/audit/redecide.ts";
import { formOf } from "../../shared/audit/streams.ts";
import type { Act, Signatory } from "../../shared/base/actor.ts";
import type { Json } from "../../shared/base/canonical.ts";
import { type DomainEvent, decodeContent, encodeContent } from "../../shared/base/event.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { type Currency, formatAmount, parseAmount } from "../../shared/base/money.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { CompiledPack } from "../../shared/coverage/compile.ts";
import { type AttackedEntry, type AttackedLog, fieldsOfEntry, setFields } from "./attack-log.ts";

/** What an attack changed: the claim, the entries it rewrote, and a sentence about it. */
export interface Change {
  readonly insurer: string;
  readonly claim: string;
  readonly indices: ReadonlySet<string>;
  readonly changed: string;
}

type AmountJson = { readonly amount: string; readonly currency: Currency };

/** The amount with 100 whole units more. */
function raised(json: Json | undefined): AmountJson {
  const { amount, currency } = json as unknown as AmountJson;
  const more = parseAmount("100", currency, "amount");
  return {
    amount: formatAmount(parseAmount(amount, currency, "amount") + more, currency),
    currency,
  };
}

/** Raises the amount of the claim's last decision, and nothing else. */
export async function changeDecision(
  { insurer, entries }: AttackedLog,
  claim: string,
): Promise<Change | undefined> {
  const entry = entries.findLast(
    ({ row, record }) => row.stream === claim && record.type === "claim.decided",
  );
  if (!entry) return undefined;
  const { award } = fieldsOfEntry(entry);
  setFields(entry, { award: raised(award) as unknown as Json });
  return {
    insurer,
    claim,
    indices: new Set([entry.row.index.toString()]),
    changed: `the amount of the decision at entry ${entry.row.index} of ${insurer}`,
  };
}

/**
 * Raises what the claim asked for, and re-makes its decisions from it by the insurer's own rules, so that they replay. Undefined where another
 * outcome or award would follow, for that would reach payouts.
 */
export async function changeClaim(log: AttackedLog, claim: string): Promise<Change | undefined> {
  const packs = await loadPacks(log);
  const fold = new Fold((hash) => packs.get(hash));
  const made = new Map<AttackedEntry, Record<string, Json>>();
  const last = log.entries.findLast(
    ({ row, record }) => row.stream === claim && record.type === "claim.decided",
  );
  for (const entry of log.entries) {
    const before =
      "public" in entry.record.body ? { ...entry.record.body.public } : fieldsOfEntry(entry);
    const fields = entry.row.stream === claim ? await refitted(fold, entry, before) : before;
    if (!fields) return undefined;
    if (fields !== before) made.set(entry, fields);
    applyTo(fold, entry, fields);
    if (entry === last) break;
  }
  for (const [entry, fields] of made) setFields(entry, fields);
  return {
    insurer: log.insurer,
    claim,
    indices: new Set([...made.keys()].map(({ row }) => row.index.toString())),
    changed: `the amount claimed at entry ${[...made.keys()][0]?.row.index} of ${log.insurer}, its decisions made to fit`,
  };
}

async function loadPacks({ insurer, services, entries }: AttackedLog) {
  const packs = new Map<string, CompiledPack>();
  for (const { record } of entries) {
    if (record.type !== "pack.published" || !("public" in record.body)) continue;
    const hash = String(record.body.public.hash);
    packs.set(hash, await services.ports.packs.load(insurer, hash));
  }
  return packs;
}

async function refitted(
  fold: Fold,
  entry: AttackedEntry,
  before: Record<string, Json>,
): Promise<Record<string, Json> | undefined> {
  if (entry.record.type === "claim.submitted") {
    const [line, ...others] = before.lines as readonly Record<string, Json>[];
    const more = raised(before.claimed);
    if (await needsReserve(fold, before, more)) return undefined;
    const claimed = more as unknown as Json;
    const first = { ...line, claimed: raised(line?.claimed) as unknown as Json };
    return { ...before, claimed, lines: [first, ...others] };
  }
  if (entry.record.type !== "claim.decided") return before;
  const event = eventOf(entry, before);
  const { now, by } = event.content as { now: Instant; by?: Signatory };
  const act: Act = { kind: entry.record.actor, now, ...(by ? { signatory: by } : {}) };
  const again = await redecide(fold, event, act);
  if (isRefusal(again)) return undefined;
  const form = formOf(again.type);
  const after = referInputs(encodeContent(form, again.content), (stream) => fold.fieldsOf(stream));
  const same = (name: string) => JSON.stringify(after[name]) === JSON.stringify(before[name]);
  const names = Object.keys(after).sort().join();
  const fits = same("outcome") && same("award") && names === Object.keys(before).sort().join();
  return fits ? after : undefined;
}

/** Whether so much claimed would need a first reserve, the policy's limit, that the record has no field for. */
async function needsReserve(
  fold: Fold,
  before: Record<string, Json>,
  { amount, currency }: AmountJson,
): Promise<boolean> {
  if (before.reserve !== undefined || typeof before.policy !== "string") return false;
  const limit = (await fold.stream("policy", before.policy))?.state.terms.limit;
  return !!limit && limit.minor < parseAmount(amount, currency, "amount");
}

function eventOf({ record, row }: AttackedEntry, fields: Record<string, Json>): DomainEvent {
  const form = formOf(record.type);
  return {
    type: record.type,
    kind: form.kind,
    stream: row.stream,
    content: decodeContent(form, fields),
  };
}

function applyTo(fold: Fold, entry: AttackedEntry, fields: Record<string, Json>): void {
  const { record, parts } = entry;
  const openings = parts.flatMap((part) => part.openings);
  fold.apply(eventOf(entry, fields), record.version, record.actor, record.time, openings);
}
