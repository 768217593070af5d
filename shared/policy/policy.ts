import * as z from "zod";
import type { Delta } from "../base/accumulator.ts";
import { type Act, personOf, signatorySchema } from "../base/actor.ts";
import { dayCodec, handleSchema, instantCodec, moneyCodec } from "../base/codec.ts";
import { type DomainEvent, eventForm, eventOf, type Seen } from "../base/event.ts";
import type { Handle } from "../base/handle.ts";
import { lazily } from "../base/lazily.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { type InsurerState, jurisdictionSchema, refuseSimulated } from "./insurer.ts";

export const partySchema = z.strictObject({
  role: z.enum(["holder", "insured", "dependant", "beneficiary", "guardian", "representative"]),
  person: handleSchema,
});
export type Party = z.output<typeof partySchema>;

/** Its parties: in one role a person is named once. */
const partiesSchema = z
  .array(partySchema)
  .min(1)
  .max(20)
  .superRefine((parties, context) => {
    const named = new Set<string>();
    for (const [index, { role, person }] of parties.entries()) {
      const party = `${role} ${person}`;
      if (named.has(party)) {
        context.addIssue({ code: "custom", path: [index], message: "repeats a party" });
      }
      named.add(party);
    }
  })
  .meta({ uniqueItems: true });

/** What a policy promises to whom: cover from `start` (inclusive) to `end` (exclusive, null: open), up to `limit` over its whole period. */
export const termsSchema = z.strictObject({
  insured: handleSchema,
  parties: partiesSchema,
  coverage: z.string().min(1).max(120),
  start: dayCodec,
  end: dayCodec.nullable(),
  birthDate: dayCodec.nullable(),
  limit: moneyCodec.nullable(),
  pack: handleSchema,
  /** Whose statutory clocks its claims go by; absent: those of the insurer's home. */
  jurisdiction: jurisdictionSchema.optional(),
});
export type Terms = z.output<typeof termsSchema>;

export interface PolicyState {
  readonly status: "active" | "cancelled";
  readonly terms: Terms;
}

const acted = { now: instantCodec, by: signatorySchema.optional() };
const referable = ["coverage", "start", "end", "birthDate", "limit", "pack", "insured"] as const;
const keys = { financial: ["limit"], staff: ["by"], referable } as const;
const issuedSchema = () => termsSchema.extend(acted);
export const issuedForm = eventForm("policy.issued", issuedSchema, keys);
const endorsedSchema = () => issuedSchema().extend({ reason: z.string().min(1).max(4000) });
export const endorsedForm = eventForm("policy.endorsed", endorsedSchema, keys);
const cancelledSchema = () => z.strictObject({ ...acted, reason: z.string().min(1).max(4000) });
export const cancelledForm = eventForm("policy.cancelled", cancelledSchema, { staff: ["by"] });

const by = (act: Act) => (act.signatory ? { by: act.signatory } : {});

/** Issues a policy. Its limit is in the insurer's currency; its insured is one of its parties. */
export function issuePolicy(
  insurer: Seen<InsurerState>,
  stream: Handle,
  terms: Terms,
  act: Act,
): DomainEvent | Refusal {
  const bad = refuseSimulated(insurer, act) ?? refuseTerms(insurer.state, terms);
  return bad ?? eventOf(issuedForm, stream, { ...terms, now: act.now, ...by(act) });
}

/** Replaces a policy's terms from now on; decisions already made stand. */
export function endorsePolicy(
  insurer: Seen<InsurerState>,
  policy: Seen<PolicyState>,
  terms: Terms,
  reason: string,
  act: Act,
): DomainEvent | Refusal {
  if (policy.state.status !== "active")
    return refuse("policy-not-active", "The policy is cancelled.");
  if (terms.insured !== policy.state.terms.insured) {
    return refuse(
      "wrong-state",
      "A policy keeps its insured; issue another one instead.",
      "insured",
    );
  }
  const bad = refuseSimulated(insurer, act) ?? refuseTerms(insurer.state, terms);
  if (bad) return bad;
  return eventOf(endorsedForm, policy.stream, { ...terms, reason, now: act.now, ...by(act) });
}

/** Cancels a policy; a person must, with a reason. */
export function cancelPolicy(
  insurer: Seen<InsurerState>,
  policy: Seen<PolicyState>,
  reason: string,
  act: Act,
): DomainEvent | Refusal {
  if (policy.state.status !== "active")
    return refuse("policy-not-active", "The policy is cancelled.");
  if (!personOf(act)) return refuse("person-required", "Only a person cancels a policy.");
  const simulated = refuseSimulated(insurer, act);
  if (simulated) return simulated;
  return eventOf(cancelledForm, policy.stream, { reason, now: act.now, ...by(act) });
}

function refuseTerms(insurer: InsurerState, terms: Terms): Refusal | undefined {
  if (insurer.kind === "intake") return refuse("kind-has-none", "An intake has no policies.");
  if (terms.limit && terms.limit.currency !== insurer.currency) {
    return refuse("currency-mismatch", "The limit is not in the insurer's currency.", "limit");
  }
  if (terms.limit?.minor === 0n) {
    return refuse("amount-required", "A limit is above zero; without one it is null.", "limit");
  }
  if (terms.end !== null && terms.end <= terms.start) {
    return refuse("wrong-state", "The policy ends before it starts.", "end");
  }
  if (!terms.parties.some(({ person }) => person === terms.insured)) {
    return refuse("not-a-party", "The insured is not among the parties.", "parties");
  }
  return undefined;
}

/** The policy after `event`. */
export function evolvePolicy(state: PolicyState | undefined, event: DomainEvent): PolicyState {
  if (event.type === cancelledForm.type) {
    if (!state) throw new Error("bug: a policy starts by being issued");
    return { ...state, status: "cancelled" };
  }
  const { now, by, ...rest } = event.content as z.output<ReturnType<typeof issuedSchema>>;
  const { reason, ...terms } = rest as Terms & { reason?: string };
  return { status: "active", terms };
}

/** Whatever changes what decisions on a policy read also moves its accumulator. */
export const policyDeltas = (event: DomainEvent): Delta[] => [
  { subject: `policy/${event.stream}`, add: {} },
];

/** The accumulator value that a coverage's approvals add to. */
export const approvedUnder = (coverage: string): string => `${coverage}/approved`;

/** How a policy's state is kept. */
export const policyStateSchema = lazily(() =>
  z.strictObject({
    status: z.enum(["active", "cancelled"]),
    terms: termsSchema,
  }),
);
