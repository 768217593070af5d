import * as z from "zod";
import { type Act, personOf, signatorySchema } from "../base/actor.ts";
import { instantCodec, type Money, moneyCodec } from "../base/codec.ts";
import { type DomainEvent, eventForm, eventOf } from "../base/event.ts";
import { readingOf, readingSchema } from "../base/inputs.ts";
import { formatAmount } from "../base/money.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { refuseSimulated } from "../policy/insurer.ts";
import { spentInAll } from "./heads.ts";
import { refuseOwn } from "./own.ts";
import type { ClaimState } from "./state.ts";
import type { ClaimWorld } from "./world.ts";

const reservedSchema = () =>
  z.strictObject({
    now: instantCodec,
    reserve: moneyCodec,
    reason: z.string().min(1).max(4000),
    accumulators: z.array(readingSchema).max(1),
    by: signatorySchema.optional(),
  });
export type Reserved = z.output<ReturnType<typeof reservedSchema>>;
export const reservedForm = eventForm("claim.reserved", reservedSchema, {
  financial: ["reserve", "accumulators"],
  staff: ["by"],
});

/**
 * The case reserve in minor units: what the insurer sets aside for the claim in all, what it paid included. From the first notice on it is what is
 * claimed, capped by the policy's limit, until a person sets another; nothing while the claim is closed or withdrawn.
 */
export function reserveOf({
  status,
  reserve,
  claimed,
}: Pick<ClaimState, "status" | "reserve" | "claimed">): bigint {
  if (status === "closed" || status === "withdrawn") return 0n;
  return (reserve ?? claimed).minor;
}

/** A person sets the reserve of a claim that is not their own, with a reason; never below what is paid or on its way. */
export function reserveClaim(
  { insurer, claim, claimAccumulator, cover }: ClaimWorld,
  reserve: Money,
  reason: string,
  act: Act,
): DomainEvent | Refusal {
  const { status, claimed } = claim.state;
  if (status === "closed" || status === "withdrawn") {
    return refuse("wrong-state", `The claim is ${status}.`);
  }
  if (!personOf(act)) return refuse("person-required", "A person sets a reserve.");
  const barred =
    refuseSimulated(insurer, act) ?? refuseOwn(claim.state, cover?.policy.state.terms, act);
  if (barred) return barred;
  if (!reason) return refuse("reason-required", "Say why.", "reason");
  if (reserve.currency !== claimed.currency) {
    return refuse("currency-mismatch", "The reserve is not in the claim's currency.", "reserve");
  }
  const spent = spentInAll(claimAccumulator);
  if (reserve.minor < spent) {
    const text = formatAmount(spent, claimed.currency);
    return refuse("reserve-exceeded", `${text} is paid or on its way.`, "reserve");
  }
  return eventOf(reservedForm, claim.stream, {
    now: act.now,
    reserve,
    reason,
    accumulators: [readingOf(claimAccumulator)],
    ...(act.signatory ? { by: act.signatory } : {}),
  });
}

/** The claim after its reserve was set. */
export const evolveReserved = (state: ClaimState, event: DomainEvent): ClaimState => ({
  ...state,
  reserve: (event.content as Reserved).reserve,
});
