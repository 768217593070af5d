import * as z from "zod";
import { countCodec, handleSchema, instantCodec, moneyCodec } from "../base/codec.ts";
import { lazily } from "../base/lazily.ts";
import { payeeSchema, submissionSchema } from "./submission.ts";

/**
 * Where a claim stands. "decided" carries its outcome beside it; clocks pause while information is requested. Acknowledging moves no status: it is
 * the field `acknowledgedAt`, so that a claim that waits for its pack or a person goes on waiting.
 */
export const claimStatuses = [
  "submitted",
  "information-requested",
  "referred",
  "decided",
  "appealed",
  "reopened",
  "withdrawn",
  "closed",
] as const;
export type ClaimStatus = (typeof claimStatuses)[number];

/** Statuses of a claim that somebody still works on. */
export const openStatuses: readonly ClaimStatus[] = [
  "submitted",
  "information-requested",
  "referred",
  "appealed",
  "reopened",
];

export const outcomes = ["PAY", "PAY_PART", "REFER", "DENY"] as const;
export type Outcome = (typeof outcomes)[number];

/** Minor units by the name of an accumulator's value. */
export const countsSchema = z.record(z.string().max(200), countCodec);
export type Counts = z.output<typeof countsSchema>;

/** The decision in force: its record's version in the claim's stream, what it awards, and who made it. */
export const standingSchema = z.strictObject({
  version: countCodec,
  outcome: z.enum(outcomes),
  award: moneyCodec,
  reasonCode: z.string().max(100),
  by: z.enum(["person", "machine", "simulated"]),
  decider: handleSchema.nullable(),
  packVersion: countCodec.nullable(),
  /** The fund of the pack that pays; null: none does. */
  fund: z.string().max(64).nullable().default(null),
  /** What it adds to its policy's accumulator, until another supersedes it; null without a policy. */
  counts: countsSchema.nullable(),
  /** The version of the decision this one superseded, after an appeal, a reopening or a newer pack; null for the first. */
  supersedes: countCodec.nullable().default(null),
  at: instantCodec,
});
export type Standing = z.output<typeof standingSchema>;

/** The statutory clocks of a claim: what an insurer has a number of days for. */
export const clockNames = ["acknowledge", "decide", "pay"] as const;
export type ClockName = (typeof clockNames)[number];

/** A clock that ran out: what it counted from, when its act was due, and when that was recorded. */
const breachSchema = z.strictObject({
  clock: z.enum(clockNames),
  from: instantCodec,
  due: instantCodec,
  recordedAt: instantCodec,
});

/** What a document of a claim may be: what every browser or adjuster's desk opens, and nothing that runs. */
export const evidenceTypes = [
  "application/pdf",
  "image/heic",
  "image/jpeg",
  "image/png",
  "image/tiff",
  "text/plain",
] as const;

/** A document of the claim: `version` is that of the record that declared it; `confirmedAt` null: not uploaded yet, as far as the log says. */
const evidenceSchema = z.strictObject({
  evidence: handleSchema,
  version: countCodec,
  sha256: z.string().max(64),
  sizeBytes: countCodec,
  contentType: z.enum(evidenceTypes),
  title: z.string().max(200).nullable(),
  declaredAt: instantCodec,
  confirmedAt: instantCodec.nullable(),
});
export type Evidence = z.output<typeof evidenceSchema>;

export const claimStateSchema = lazily(() =>
  z.strictObject({
    status: z.enum(claimStatuses),
    /** The status an open information request returns to. */
    paused: z.enum(claimStatuses).nullable(),
    insured: handleSchema,
    claimant: handleSchema,
    submission: submissionSchema,
    submittedAt: instantCodec,
    /** When the insurer told the claimant that it has the claim; null: not yet. */
    acknowledgedAt: instantCodec.nullable().default(null),
    /** What the decide-by clock counts: from where, and how long it stood while information was requested; null: from the notice, never paused. */
    clock: z
      .strictObject({ from: instantCodec, pausedAt: instantCodec.nullable(), pausedUs: countCodec })
      .nullable()
      .default(null),
    /** Whose work it is; null: nobody's. */
    assignee: handleSchema.nullable().default(null),
    claimed: moneyCodec,
    /** The case reserve last set; null: what is claimed. */
    reserve: moneyCodec.nullable().default(null),
    /** The sum of the lines' contracted amounts, null unless every line has one. */
    contracted: moneyCodec.nullable(),
    payee: payeeSchema.nullable(),
    /** Who changed the payee last, and until when nothing is released to them; null: nobody did. */
    payeeChange: z
      .strictObject({ by: handleSchema, coolsUntil: instantCodec })
      .nullable()
      .default(null),
    decision: standingSchema.nullable(),
    evidence: z.array(evidenceSchema).max(50).default([]),
    /** Of each clock the newest breach. */
    breaches: z.array(breachSchema).max(clockNames.length).default([]),
    /** The version of the newest record that is somebody's act: a breach is none, and voids no payout. */
    lastAct: countCodec,
    /** Every person who ever decided this claim; an appeal needs another. At most 16 are remembered. */
    deciders: z.array(handleSchema).max(16),
  }),
);
export type ClaimState = z.output<ReturnType<typeof claimStateSchema>>;
