import * as z from "zod";
import type { Delta } from "../base/accumulator.ts";
import { type Act, signatorySchema } from "../base/actor.ts";
import { countCodec, handleSchema, instantCodec, jsonSchema, moneyCodec } from "../base/codec.ts";
import { type DomainEvent, eventForm } from "../base/event.ts";
import { inputSchema, readingSchema } from "../base/inputs.ts";
import { rulingSchema } from "./ruling.ts";
import { type ClaimState, countsSchema, outcomes } from "./state.ts";

const name = z.string().max(100);
const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);
export const citationSchema = z.strictObject({
  clause: z.string().max(400),
  text: z.string().max(4000),
});
const reductionSchema = z.strictObject({
  reasonCode: z.string().max(100),
  amount: moneyCodec,
  citation: citationSchema.nullable(),
});

/** Which command led to the decision: a machine's adjudication, or a person's ruling as given. */
export const decisionCommandSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("adjudicate") }),
  z.strictObject({ kind: z.literal("rule"), ruling: rulingSchema }),
]);

/**
 * Everything a decision seals, so that an auditor can run it again: the command, the exact time, every input by reference, the accumulators
 * read, the pack and engine, the trace, and what came out.
 */
export const decidedSchema = () =>
  z.strictObject({
    command: decisionCommandSchema,
    now: instantCodec,
    inputs: z.array(inputSchema).max(64),
    accumulators: z.array(readingSchema).max(4),
    pack: z
      .strictObject({
        stream: handleSchema,
        version: countCodec,
        hash: hashSchema,
        /** The fund of the pack that pays; null where it pays nothing or has no funds. */
        fund: z.string().max(64).nullable(),
      })
      .nullable(),
    engine: z.strictObject({ id: name, version: name, library: name }).nullable(),
    trace: z.array(jsonSchema).max(1000),
    outcome: z.enum(outcomes),
    award: moneyCodec,
    reductions: z.array(reductionSchema).max(16),
    reasonCode: z.string().max(100),
    citation: citationSchema.nullable(),
    /** The version of the decision this one replaces. */
    supersedes: countCodec.nullable(),
    /** What it adds to its policy's accumulator, in minor units by name; null without a policy. */
    counts: countsSchema.nullable(),
    /** SHA-256 of the letter that explains it ({@link letterOf}). */
    letter: hashSchema,
    by: signatorySchema.optional(),
  });
export type Decided = z.output<ReturnType<typeof decidedSchema>>;

export const decidedForm = eventForm("claim.decided", decidedSchema, {
  financial: ["award", "reductions", "accumulators", "counts"],
  staff: ["by"],
  referable: ["award"],
});

/** The claim after a decision of record version `version` by an actor of `kind`. */
export function evolveDecided(
  state: ClaimState,
  event: DomainEvent,
  version: bigint,
  kind: Act["kind"],
): ClaimState {
  const content = event.content as Decided;
  const decider = content.by?.person ?? null;
  const deciders = decider && !state.deciders.includes(decider) ? [decider] : [];
  return {
    ...state,
    status: content.outcome === "REFER" ? "referred" : "decided",
    deciders: [...state.deciders, ...deciders].slice(-16),
    decision: {
      version,
      outcome: content.outcome,
      award: content.award,
      reasonCode: content.reasonCode,
      by: kind,
      decider,
      packVersion: content.pack?.version ?? null,
      fund: content.pack?.fund ?? null,
      counts: content.counts,
      supersedes: content.supersedes,
      at: content.now,
    },
  };
}

/**
 * What a decision adds: to its claim, and, where one was read, to its policy; what the decision it supersedes had added is taken back. `before`
 * is the claim before it.
 */
export function decidedDeltas(before: ClaimState, event: DomainEvent): Delta[] {
  const content = event.content as Decided;
  const { award, counts } = content;
  const standing = before.decision;
  const approved = award.minor - (standing?.award.minor ?? 0n);
  const deltas: Delta[] = [{ subject: `claim/${event.stream}`, add: { approved } }];
  const policy = before.submission.policy;
  if (policy && counts !== null) {
    const add: Record<string, bigint> = { ...counts };
    for (const [name, minor] of Object.entries(standing?.counts ?? {})) {
      add[name] = (add[name] ?? 0n) - minor;
    }
    deltas.push({ subject: `policy/${policy}`, add });
  }
  return deltas;
}
