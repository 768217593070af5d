import type { ClaimView } from "../../shared/api/claim-view.ts";
import { etagOf } from "../../shared/api/etag.ts";
import { toHex } from "../../shared/base/bytes.ts";
import { decodeContent, type Seen } from "../../shared/base/event.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { decidedForm } from "../../shared/claim/decided.ts";
import { isOwnClaim } from "../../shared/claim/own.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import type { PolicyState } from "../../shared/policy/policy.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import type { Store, StoredRecord } from "../../shared/ports/store.ts";
import { parseRecord } from "../../shared/record/record.ts";
import { payoutsFor } from "./claim-payouts.ts";
import type { CommandPorts } from "./commit.ts";
import { type OpeningPorts, openRecord } from "./openings.ts";
import { openStream } from "./rows.ts";

/** The claim's state, if this caller may read it: the claimant, the insured and who acts for them, or the insurer's own people. Others learn nothing. `etag` as of it. */
export async function readableClaim(
  ports: CommandPorts,
  caller: Caller,
  claim: Handle,
): Promise<(Seen<ClaimState> & { readonly etag: string }) | Refusal> {
  const [[row], [accumulator]] = await ports.store.read(caller.insurer, (on) =>
    Promise.all([on.streams("claim", [claim]), on.accumulators([`claim/${claim}`])]),
  );
  const slot = row && (await openStream(ports, caller.insurer, row));
  const state = slot?.state as ClaimState | undefined;
  const staff = caller.role !== "claimant" && caller.role !== "intake";
  const may = state && (staff || (await isCallers(ports, caller, state)));
  if (row && !state && staff) {
    return refuse("erased", "The data of this claim was erased.");
  }
  if (!row || !state || !may) {
    return refuse("not-found", "There is no such claim.");
  }
  const etag = etagOf(row.version, accumulator?.version ?? 0n);
  return { stream: claim, version: row.version, state, etag };
}

/** Whether the claim is the caller's own; its policy is read only for those who are neither claimant nor insured. Throws Unavailable. */
export async function isCallers(
  ports: OpeningPorts & { readonly store: Pick<Store, "read"> },
  { insurer, person }: Caller,
  state: ClaimState,
): Promise<boolean> {
  const { policy } = state.submission;
  if (policy === undefined || isOwnClaim(state, undefined, person)) {
    return isOwnClaim(state, undefined, person);
  }
  const [row] = await ports.store.read(insurer, (on) => on.streams("policy", [policy]));
  const slot = row && (await openStream(ports, insurer, row));
  return isOwnClaim(state, (slot?.state as PolicyState | undefined)?.terms, person);
}

/** A claim as its claimant and its insurer see it, all of it as of one version of its stream. */
export async function viewClaim(
  ports: CommandPorts,
  caller: Caller,
  claim: Handle,
): Promise<{ readonly claim: ClaimView; readonly etag: string } | Refusal> {
  const seen = await readableClaim(ports, caller, claim);
  if (isRefusal(seen)) return seen;
  const { state } = seen;
  const all = await ports.store.records(caller.insurer, claim);
  const records = all.filter(({ version }) => version <= seen.version);
  const { submission } = state;
  const payouts = await payoutsFor(ports, caller, claim);
  const view: ClaimView = {
    claim,
    insurer: caller.insurer,
    ...(submission.policy ? { policy: submission.policy } : {}),
    status: state.status,
    event: submission.event,
    lossDate: submission.lossDate,
    claimed: state.claimed,
    lines: submission.lines,
    decisions: await decisionsIn(ports, caller.insurer, records),
    payouts: payouts.map(({ payout, state: { status, amount } }) => ({ payout, status, amount })),
    records: records.map(recordRef),
  };
  return { claim: view, etag: seen.etag };
}

/** A record's name and place. */
export const recordRef = ({ leafHash, record, version }: StoredRecord) => ({
  leafHash: toHex(leafHash),
  type: parseRecord(record).type,
  version,
});

async function decisionsIn(
  ports: CommandPorts,
  insurer: string,
  records: readonly StoredRecord[],
): Promise<ClaimView["decisions"]> {
  const decisions: ClaimView["decisions"][number][] = [];
  for (const stored of records) {
    const record = parseRecord(stored.record);
    if (record.type !== decidedForm.type) continue;
    const openings = await openRecord(ports, insurer, stored);
    const fields = Object.fromEntries(openings.map(({ path, value }) => [path, value]));
    const { outcome, award, reasonCode, citation, now } = decodeContent(decidedForm, fields);
    decisions.push({
      outcome,
      ...(outcome === "REFER" ? {} : { amount: award }),
      reasonCode,
      ...(citation ? { citation: `${citation.clause}: ${citation.text}` } : {}),
      decidedBy: record.actor,
      decidedAt: now,
    });
  }
  return decisions;
}
