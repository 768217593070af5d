import { type CommittedClaim, committedClaimSchema } from "../../shared/api/committed.ts";
import {
  type CommittedEvidence,
  committedEvidenceSchema,
} from "../../shared/api/evidence-views.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import type { Declaration } from "../../shared/claim/declaration.ts";
import { confirmEvidence, declareEvidence, takesEvidence } from "../../shared/claim/evidence.ts";
import type { Evidence } from "../../shared/claim/state.ts";
import type { Asked, Caller, Reply } from "../../shared/ports/claims.ts";
import type { EvidencePlace } from "../../shared/ports/evidence.ts";
import { readableClaim } from "./claim-reading.ts";
import type { CommandPorts } from "./commit.ts";
import { newHandle } from "./handle.ts";
import { onOwnClaim } from "./on-own-claim.ts";

/** Declares a document of the caller's claim, under a handle of its own. */
export function declareOwn(
  ports: CommandPorts,
  caller: Caller,
  claim: Handle,
  declaration: Declaration,
  asked: Asked,
  now: Instant,
): Promise<Reply<CommittedEvidence>> {
  const evidence = newHandle(ports.random);
  return onOwnClaim<CommittedEvidence>(ports, caller, claim, asked, now, {
    judge: (world, act) => declareEvidence(world, evidence, declaration, act),
    schema: committedEvidenceSchema,
    also: { evidence },
  });
}

/** Confirms a document of the caller's claim by what the store has of it. */
export const confirmOwn = (
  ports: CommandPorts,
  caller: Caller,
  claim: Handle,
  evidence: Handle,
  stored: Pick<Declaration, "sha256" | "sizeBytes">,
  asked: Asked,
  now: Instant,
): Promise<Reply<CommittedClaim>> =>
  onOwnClaim<CommittedClaim>(ports, caller, claim, asked, now, {
    judge: (world, act) => confirmEvidence(world, evidence, stored, act),
    schema: committedClaimSchema,
    also: {},
  });

/** A claim's documents, and where each lies. */
export interface ClaimEvidence {
  readonly all: readonly Evidence[];
  /** Whether the claim takes documents as it stands. */
  readonly open: boolean;
  placeOf(evidence: Handle): EvidencePlace;
}

/** The documents of a claim that the caller may read. Throws Unavailable. */
export async function evidenceOf(
  ports: CommandPorts,
  caller: Caller,
  claim: Handle,
): Promise<ClaimEvidence | Refusal> {
  const seen = await readableClaim(ports, caller, claim);
  if (isRefusal(seen)) return seen;
  const { state } = seen;
  const { insurer } = caller;
  return {
    all: state.evidence,
    open: takesEvidence.includes(state.status),
    placeOf: (evidence) => ({ insurer, claim, evidence }),
  };
}
