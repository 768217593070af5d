import type { ClaimSummary } from "../../shared/api/own-views.ts";
import type { Page } from "../../shared/api/page.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { ClaimState, ClaimStatus } from "../../shared/claim/state.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import type { ListedClaim } from "../../shared/ports/store.ts";
import type { CommandPorts } from "./commit.ts";
import { openStream } from "./rows.ts";

type Listed = ListedClaim & { readonly insurer: string };

/**
 * A page of the claims that one login submitted or is insured by, over the insurers where it is `callers`: newest notice first, each once; those after
 * `before` in that order, which no act on a claim changes. Throws Unavailable.
 */
export async function ownClaims(
  ports: CommandPorts,
  callers: readonly Caller[],
  status: ClaimStatus | undefined,
  before: ListedClaim | undefined,
  limit: number,
): Promise<Page<ClaimSummary, ListedClaim>> {
  const lists = await Promise.all(
    callers.map(async ({ insurer, person }): Promise<Listed[]> => {
      const own = await ports.store.ownClaims(insurer, person, status, before, limit + 1);
      return own.map((each) => ({ ...each, insurer }));
    }),
  );
  const all = lists.flat().sort(newestFirst);
  const listed = all.slice(0, limit);
  const items = await summaries(ports, listed);
  const last = listed.at(-1);
  return { items, end: all.length > limit ? last : undefined };
}

const newestFirst = (a: Listed, b: Listed): number => {
  if (a.submittedAt !== b.submittedAt) return a.submittedAt > b.submittedAt ? -1 : 1;
  return a.claim > b.claim ? -1 : 1;
};

async function summaries(ports: CommandPorts, listed: readonly Listed[]): Promise<ClaimSummary[]> {
  const found = new Map<Handle, ClaimSummary>();
  for (const insurer of new Set(listed.map((each) => each.insurer))) {
    const claims = listed.filter((each) => each.insurer === insurer).map(({ claim }) => claim);
    const rows = await ports.store.read(insurer, (on) => on.streams("claim", claims));
    const slots = await Promise.all(rows.map((row) => openStream(ports, insurer, row)));
    for (const slot of slots) {
      if (slot) found.set(slot.stream, summaryOf(insurer, slot.stream, slot.state as ClaimState));
    }
  }
  // A claim that was erased since it was listed is not there any more.
  return listed.flatMap(({ claim }) => found.get(claim) ?? []);
}

function summaryOf(insurer: string, claim: Handle, state: ClaimState): ClaimSummary {
  const { status, submission, submittedAt, claimed, decision } = state;
  return {
    claim,
    insurer,
    ...(submission.policy ? { policy: submission.policy } : {}),
    status,
    event: submission.event,
    lossDate: submission.lossDate,
    submittedAt,
    claimed,
    ...(decision && decision.outcome !== "REFER"
      ? {
          decision: {
            outcome: decision.outcome,
            amount: decision.award,
            reasonCode: decision.reasonCode,
            decidedBy: decision.by,
            decidedAt: decision.at,
          },
        }
      : {}),
  };
}
