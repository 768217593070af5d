import * as z from "zod";
import type { Json } from "../base/canonical.ts";
import { countCodec, handleSchema } from "../base/codec.ts";

/** The name of a state: lower-case words joined by hyphens. */
export const statusSchema = z.string().regex(/^[a-z]+(-[a-z]+)*$/);

/** An RFC 6962 leaf hash as 64 lower-case hex digits. */
export const leafHashSchema = z.string().regex(/^[0-9a-f]{64}$/, "is not 64 lower-case hex digits");

/** A record's place in its stream, and its name in the log. */
export const recordRefSchema = z.strictObject({
  leafHash: leafHashSchema,
  type: z.string().regex(/^[a-z]+(\.[a-z-]+)+$/),
  version: countCodec,
});

/** One sealed field opened for its holder: RFC 8785 of [salt, path, value] is leaf `index` of the record's `sealed` tree. */
const openingSchema = z
  .strictObject({
    path: z.string(),
    salt: z.base64(),
    value: z.custom<Json>((value) => value !== undefined),
    index: z.int().nonnegative(),
  })
  .meta({ id: "Opening" });

/** What a command put in the log: `bytes` is the record's canonical JSON, the very text that was hashed; the openings are the caller's. */
const recorded = {
  record: recordRefSchema.extend({ bytes: z.string() }),
  openings: z.array(openingSchema).readonly(),
};

/** A record about no person, or one whose stream the caller does not name. */
export const recordedSchema = z.strictObject(recorded);
export type Recorded = z.output<typeof recordedSchema>;

/** What a committed command on a claim answers: where it stands now, the record, its leaf hash, the caller's openings. */
export const committedClaimSchema = z
  .strictObject({
    claim: handleSchema,
    status: statusSchema,
    ...recorded,
  })
  .meta({ id: "CommittedClaim" });

/** The answer to a submission that was asked to wait for the signature: its `.tlog-proof`, if there was one in time, beside what was committed. */
export const submittedClaimSchema = committedClaimSchema.extend({ receipt: z.string().optional() });

/** The same of a command on a payout. */
export const committedPayoutSchema = z
  .strictObject({
    payout: handleSchema,
    status: statusSchema,
    ...recorded,
  })
  .meta({ id: "CommittedPayout" });

/** The same of a command on a policy. */
export const committedPolicySchema = z
  .strictObject({
    policy: handleSchema,
    status: statusSchema,
    ...recorded,
  })
  .meta({ id: "CommittedPolicy" });

/** The same of a command on a rule pack. */
export const committedPackSchema = z
  .strictObject({
    pack: handleSchema,
    status: statusSchema,
    ...recorded,
  })
  .meta({ id: "CommittedPack" });

export type CommittedClaim = z.output<typeof committedClaimSchema>;
