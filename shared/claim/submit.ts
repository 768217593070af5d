import * as z from "zod";
import { type Act, signatorySchema } from "../base/actor.ts";
import { handleSchema, instantCodec, type Money, moneyCodec } from "../base/codec.ts";
import { dayOf } from "../base/day.ts";
import { type DomainEvent, eventForm, eventOf, type Seen } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import type { Instant } from "../base/instant.ts";
import { maxMinor } from "../base/money.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { type InsurerState, refuseSimulated } from "../policy/insurer.ts";
import type { PolicyState } from "../policy/policy.ts";
import type { ClaimState } from "./state.ts";
import { type Submission, submissionSchema } from "./submission.ts";

/** Through whom a claim comes in: the claimant, or the insurer's own intake (the only one that may state contracted amounts). */
export const channels = ["claimant", "intake"] as const;
export type Channel = (typeof channels)[number];

const submittedSchema = () =>
  submissionSchema.omit({ onBehalfOf: true }).extend({
    claimant: handleSchema,
    insured: handleSchema,
    channel: z.enum(channels),
    claimed: moneyCodec,
    /** The first reserve, where the policy's limit caps it below what is claimed. */
    reserve: moneyCodec.optional(),
    now: instantCodec,
    by: signatorySchema.optional(),
  });
export type Submitted = z.output<ReturnType<typeof submittedSchema>>;
export const submittedForm = eventForm("claim.submitted", submittedSchema, {
  financial: ["claimed", "reserve", "lines", "payee", "otherPayer"],
  staff: ["by"],
  referable: [
    "policy",
    "insured",
    "event",
    "lossDate",
    "diagnosisDate",
    "diagnoses",
    "lines",
    "claimed",
    "payee",
    "otherPayer",
    "now",
  ],
});

/** Who submits, through which channel. */
export interface Submitter {
  readonly person: Handle;
  readonly channel: Channel;
}

/**
 * First notice of loss. Submission never adjudicates: it only checks that the claim can be read, is in the insurer's currency, and that the
 * submitter may claim for the insured person. `policy` is undefined where none is named, or where what is named can't be read.
 */
export function submitClaim(
  insurer: Seen<InsurerState>,
  policy: Seen<PolicyState> | undefined,
  stream: Handle,
  submission: Submission,
  submitter: Submitter,
  act: Act,
): DomainEvent | Refusal {
  const simulated = refuseSimulated(insurer, act);
  if (simulated) return simulated;
  const { onBehalfOf, ...stated } = submission;
  const person = onBehalfOf ?? submitter.person;
  if (onBehalfOf && submitter.channel !== "intake") {
    return refuse(
      "not-permitted",
      "Only the insurer's intake submits for someone else.",
      "onBehalfOf",
    );
  }
  if (submitter.channel !== "intake" && stated.lines.some(({ contracted }) => contracted)) {
    return refuse("not-permitted", "Only the insurer's intake states contracted amounts.", "lines");
  }
  if (stated.policy) {
    const parties = policy?.state.terms.parties ?? [];
    if (!parties.some((party) => party.person === person)) return noPolicyOfTheirs;
  }
  const ahead = refuseAhead(stated, act.now);
  if (ahead) return ahead;
  const claimed = claimedOf(stated);
  if (!("minor" in claimed)) return claimed;
  if (claimed.currency !== insurer.state.currency) {
    return refuse("currency-mismatch", "The claim is not in the insurer's currency.", "lines");
  }
  const limit = policy?.state.terms.limit;
  return eventOf(submittedForm, stream, {
    ...stated,
    claimant: submitter.person,
    insured: policy?.state.terms.insured ?? person,
    channel: submitter.channel,
    claimed,
    ...(limit && limit.minor < claimed.minor ? { reserve: limit } : {}),
    now: act.now,
    ...(act.signatory ? { by: act.signatory } : {}),
  });
}

/** One answer for a policy that is unknown, another's or erased: who is no party to it is not told which. */
const noPolicyOfTheirs = refuse(
  "no-policy",
  "There is no such policy, or the claimant is no party to it.",
  "policy",
);

/** Why a claim can't state a day: it has come nowhere yet. East of UTC a day begins up to 14 hours before it does here. */
function refuseAhead(
  stated: Pick<Submission, "lossDate" | "diagnosisDate">,
  now: Instant,
): Refusal | undefined {
  const last = dayOf(now) + 1n;
  for (const field of ["lossDate", "diagnosisDate"] as const) {
    if ((stated[field] ?? last) > last)
      return refuse("day-ahead", "The day has not come yet.", field);
  }
  return undefined;
}

function claimedOf({
  lines,
  otherPayer,
}: Pick<Submission, "lines" | "otherPayer">): Money | Refusal {
  const currency = lines[0]?.claimed.currency ?? "USD";
  let minor = 0n;
  let contracted = 0n;
  for (const line of lines) {
    const amounts = [line.claimed, line.contracted?.amount ?? line.claimed];
    if (amounts.some((amount) => amount.currency !== currency)) {
      return refuse("currency-mismatch", "All lines are in one currency.", "lines");
    }
    minor += line.claimed.minor;
    contracted += line.contracted?.amount.minor ?? 0n;
  }
  if (otherPayer && otherPayer.paid.currency !== currency) {
    return refuse(
      "currency-mismatch",
      "What another insurer paid is in the claim's currency.",
      "otherPayer",
    );
  }
  if (minor > maxMinor || contracted > maxMinor)
    return refuse("limit-exceeded", "The sum has over 18 digits.", "lines");
  return { minor, currency };
}

/** The claim after it was submitted. */
export function evolveSubmitted(event: DomainEvent): ClaimState {
  const content = event.content as Submitted;
  const { claimant, insured, channel, claimed, reserve, now, by, ...submission } = content;
  const contracted = submission.lines.every((line) => line.contracted)
    ? {
        minor: submission.lines.reduce(
          (sum, line) => sum + (line.contracted?.amount.minor ?? 0n),
          0n,
        ),
        currency: claimed.currency,
      }
    : null;
  return {
    status: "submitted",
    paused: null,
    insured,
    claimant,
    submission,
    submittedAt: now,
    acknowledgedAt: null,
    clock: null,
    assignee: null,
    claimed,
    reserve: reserve ?? null,
    contracted,
    payee: submission.payee ?? null,
    payeeChange: null,
    decision: null,
    evidence: [],
    breaches: [],
    lastAct: 1n,
    deciders: [],
  };
}
