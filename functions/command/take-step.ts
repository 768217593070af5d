import { type CommittedClaim, committedClaimSchema } from "../../shared/api/committed.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import { stepClaim } from "../../shared/claim/lifecycle.ts";
import type { Asked, Caller, Reply } from "../../shared/ports/claims.ts";
import type { CommandPorts } from "./commit.ts";
import { onOwnClaim } from "./on-own-claim.ts";

/** The steps that are a claimant's own. */
export type OwnStep = "answer-information" | "withdraw" | "appeal";

/** Answers what the insurer asked, withdraws the claim, or appeals a decision: by a person whose claim it is. */
export const takeStep = (
  ports: CommandPorts,
  caller: Caller,
  claim: Handle,
  { step, text }: { readonly step: OwnStep; readonly text: string | undefined },
  asked: Asked,
  now: Instant,
): Promise<Reply<CommittedClaim>> =>
  onOwnClaim<CommittedClaim>(ports, caller, claim, asked, now, {
    judge: (world, act) => stepClaim(world, step, text, act),
    schema: committedClaimSchema,
    also: {},
  });
