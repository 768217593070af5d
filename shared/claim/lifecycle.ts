import * as z from "zod";
import type { Delta } from "../base/accumulator.ts";
import { type Act, personOf, signatorySchema } from "../base/actor.ts";
import { instantCodec } from "../base/codec.ts";
import { type DomainEvent, eventForm, eventOf } from "../base/event.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { refuseSimulated } from "../policy/insurer.ts";
import { clockAfter } from "./clock.ts";
import { underWay } from "./heads.ts";
import type { ClaimState, ClaimStatus } from "./state.ts";
import type { ClaimWorld } from "./world.ts";

const stepSchema = () =>
  z.strictObject({
    now: instantCodec,
    /** What the person wrote, or the question asked. */
    text: z.string().max(4000).optional(),
    by: signatorySchema.optional(),
  });
type StepContent = z.output<ReturnType<typeof stepSchema>>;
const form = <Type extends string>(type: Type) => eventForm(type, stepSchema, { staff: ["by"] });

interface Step {
  readonly form: ReturnType<typeof form>;
  readonly from: readonly ClaimStatus[];
  readonly to: ClaimStatus | "paused" | "same";
  /** Whether a text is required, and whether only a person may do it. */
  readonly text: boolean;
  readonly person: boolean;
}

const open: readonly ClaimStatus[] = ["submitted", "referred", "appealed", "reopened"];

/** Every act on a claim that is neither its submission nor a decision: where it may start, where it leads. */
export const steps = {
  acknowledge: {
    form: form("claim.acknowledged"),
    from: ["submitted", "referred"],
    to: "same",
    text: false,
    person: false,
  },
  "request-information": {
    form: form("claim.information-requested"),
    from: open,
    to: "information-requested",
    text: true,
    person: true,
  },
  "answer-information": {
    form: form("claim.information-answered"),
    from: ["information-requested"],
    to: "paused",
    text: true,
    person: true,
  },
  withdraw: {
    form: form("claim.withdrawn"),
    from: [...open, "information-requested"],
    to: "withdrawn",
    text: false,
    person: true,
  },
  appeal: {
    form: form("claim.appealed"),
    // A file may be closed while an appeal may still come; and one that comes late is recorded, not turned away.
    from: ["decided", "closed"],
    to: "appealed",
    text: true,
    person: true,
  },
  reopen: {
    form: form("claim.reopened"),
    from: ["decided", "closed"],
    to: "reopened",
    text: true,
    person: true,
  },
  close: {
    form: form("claim.closed"),
    from: ["decided", "withdrawn"],
    to: "closed",
    text: false,
    person: false,
  },
} as const satisfies Record<string, Step>;
export type StepName = keyof typeof steps;

/** Takes one step, if the claim stands where it may start and the actor may take it. A claim is over only when no payout of it is under way. */
export function stepClaim(
  { insurer, claim, claimAccumulator }: Pick<ClaimWorld, "insurer" | "claim" | "claimAccumulator">,
  name: StepName,
  text: string | undefined,
  act: Act,
): DomainEvent | Refusal {
  const step: Step = steps[name];
  if (!step.from.includes(claim.state.status)) {
    return refuse("wrong-state", `The claim is ${claim.state.status}.`);
  }
  if (name === "appeal" && claim.state.decision === null) {
    return refuse("wrong-state", "The claim was never decided.");
  }
  if (name === "acknowledge" && claim.state.acknowledgedAt !== null) {
    return refuse("duplicate", "The claim was acknowledged before.");
  }
  if ((name === "close" || name === "withdraw") && underWay(claimAccumulator) > 0n) {
    return refuse("wrong-state", "A payout of the claim is under way.");
  }
  if (step.person && !personOf(act)) return refuse("person-required", "Only a person may do this.");
  const simulated = refuseSimulated(insurer, act);
  if (simulated) return simulated;
  if (step.text && !text) return refuse("reason-required", "Say why.", "text");
  return eventOf(step.form, claim.stream, {
    now: act.now,
    ...(text === undefined ? {} : { text }),
    ...(act.signatory ? { by: act.signatory } : {}),
  });
}

/** The step's name and text that an event of a step form came from. */
export function stepOf(
  event: DomainEvent,
): { name: StepName; text: string | undefined } | undefined {
  for (const [name, step] of Object.entries(steps)) {
    if (step.form.type === event.type) {
      return { name: name as StepName, text: (event.content as StepContent).text };
    }
  }
  return undefined;
}

/** The claim after a step; an answered request returns to where the claim was paused. */
export function evolveStep(state: ClaimState, event: DomainEvent): ClaimState {
  const found = stepOf(event);
  if (!found) throw new Error(`bug: ${event.type} is no step`);
  const to: Step["to"] = steps[found.name].to;
  const { now } = event.content as StepContent;
  if (to === "same") return { ...state, acknowledgedAt: now };
  const clock = clockAfter(state, found.name, now);
  if (to === "paused") {
    return { ...state, clock, status: state.paused ?? "submitted", paused: null };
  }
  return {
    ...state,
    clock,
    status: to,
    paused: to === "information-requested" ? state.status : null,
  };
}

/** Every act on a claim moves its accumulator, so that payouts and decisions see it. */
export const stepDeltas = (event: DomainEvent): Delta[] => [
  { subject: `claim/${event.stream}`, add: {} },
];
