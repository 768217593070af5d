import { receiptPath } from "../../shared/api/committed-reply.ts";
import { type Exported, exportedSchema } from "../../shared/api/me-views.ts";
import type { Page } from "../../shared/api/page.ts";
import { fromUtf8, toHex } from "../../shared/base/bytes.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import type { ListedClaim, StoredRecord } from "../../shared/ports/store.ts";
import { showOpenings } from "../../shared/proof/receipt.ts";
import { parseRecord } from "../../shared/record/record.ts";
import { payoutsFor } from "./claim-payouts.ts";
import type { CommandPorts } from "./commit.ts";
import { openRecord } from "./openings.ts";

/** Something of the caller's that has records: a policy or a claim, by its place in the order of the export. */
type Thing =
  | { readonly insurer: string; readonly kind: "policy"; readonly policy: Handle }
  | ({ readonly insurer: string; readonly kind: "claim" } & ListedClaim);

/** Where a page ended: after this record of this stream of that thing. */
export interface ExportPosition {
  readonly thing: Thing;
  readonly stream: Handle;
  readonly version: bigint;
}

/** A stream of a thing: the thing's own, or that of a payout of a claim. */
type Stream = Pick<Exported, "kind" | "stream" | "claim">;

/** A page ends early rather than grow beyond what a function may answer (6 MB). */
const mostBytes = 3_000_000;
const pageSize = 100;

/**
 * A page of the records about one login's policies and claims, and of the payouts to it, over the insurers where it is `callers` (by their id): policies by handle,
 * then claims, newest notice first, each with its payouts, oldest first; records as the log has them, with the caller's own fields laid open. At
 * most `limit` records, those after `after` in that order, each as the JSON that is answered. Throws Unavailable.
 */
export async function exportOwn(
  ports: CommandPorts,
  callers: readonly Caller[],
  after: ExportPosition | undefined,
  limit: number,
): Promise<Page<string, ExportPosition>> {
  const items: string[] = [];
  let end: ExportPosition | undefined;
  let bytes = 0;
  for (const caller of callers) {
    if (after && caller.insurer < after.thing.insurer) continue;
    for await (const thing of thingsOf(ports, caller, after?.thing)) {
      for await (const { of, stored } of recordsOf(ports, caller, thing, after)) {
        if (items.length >= limit || bytes > mostBytes) return { items, end };
        const item = exportedSchema.encode(await exported(ports, caller, of, stored));
        const text = JSON.stringify(item);
        items.push(text);
        bytes += text.length;
        end = { thing, stream: of.stream, version: stored.version };
      }
    }
  }
  return { items, end: undefined };
}

/** The caller's policies and claims from `from` on, itself included. */
async function* thingsOf(
  { store }: CommandPorts,
  { insurer, person }: Caller,
  from: Thing | undefined,
): AsyncIterable<Thing> {
  const start = from?.insurer === insurer ? from : undefined;
  if (start) yield start;
  if (start?.kind !== "claim") {
    for (let last = start?.policy ?? ""; ; ) {
      const page = await store.ownPolicies(insurer, person, last, pageSize);
      for (const policy of page) yield { insurer, kind: "policy", policy };
      last = page.at(-1) ?? last;
      if (page.length < pageSize) break;
    }
  }
  for (let last: ListedClaim | undefined = start?.kind === "claim" ? start : undefined; ; ) {
    const page = await store.ownClaims(insurer, person, undefined, last, pageSize);
    for (const claim of page) yield { insurer, kind: "claim", ...claim };
    last = page.at(-1) ?? last;
    if (page.length < pageSize) return;
  }
}

/** The records of a thing, its payouts' last; of the thing where the page before ended, those after it. */
async function* recordsOf(
  ports: CommandPorts,
  caller: Caller,
  thing: Thing,
  after: ExportPosition | undefined,
): AsyncIterable<{ readonly of: Stream; readonly stored: StoredRecord }> {
  const from = after && sameThing(after.thing, thing) ? after : undefined;
  const streams = await streamsOf(ports, caller, thing);
  const first = from ? streams.findIndex(({ stream }) => stream === from.stream) : 0;
  for (const of of streams.slice(Math.max(0, first))) {
    const done = from?.stream === of.stream ? from.version : 0n;
    for (const stored of await ports.store.records(caller.insurer, of.stream)) {
      if (stored.version > done) yield { of, stored };
    }
  }
}

const sameThing = (a: Thing, b: Thing): boolean =>
  a.insurer === b.insurer && nameOf(a) === nameOf(b);
const nameOf = (thing: Thing): Handle => (thing.kind === "policy" ? thing.policy : thing.claim);

async function streamsOf(ports: CommandPorts, caller: Caller, thing: Thing): Promise<Stream[]> {
  if (thing.kind === "policy") return [{ kind: "policy", stream: thing.policy }];
  const { claim } = thing;
  const payouts = (await payoutsFor(ports, caller, claim)).filter(
    ({ state }) => state.insured === caller.person,
  );
  return [
    { kind: "claim", stream: claim },
    ...payouts.map(({ payout }) => ({ kind: "payout", stream: payout, claim }) as const),
  ];
}

async function exported(
  ports: CommandPorts,
  { insurer, person }: Caller,
  of: Stream,
  stored: StoredRecord,
): Promise<Exported> {
  const { record, version } = stored;
  const openings = await openRecord(ports, insurer, stored, (whose) => whose === person);
  const leaves = openings.length > 0 ? await ports.store.leaves(insurer, of.stream, version) : [];
  const leafHash = toHex(stored.leafHash);
  return {
    insurer,
    ...of,
    record: {
      leafHash,
      type: parseRecord(record).type,
      version,
      bytes: fromUtf8(record, "record"),
    },
    openings: showOpenings(leaves, openings).map(({ opening, index }) => ({ ...opening, index })),
    receipt: receiptPath(leafHash),
  };
}
