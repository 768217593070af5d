import * as z from "zod";
import type { Accumulator, Subject } from "./accumulator.ts";
import type { Json } from "./canonical.ts";
import { countCodec, handleSchema, jsonSchema } from "./codec.ts";
import type { Input, Seen } from "./event.ts";

/**
 * A decision's input as recorded: which field of which stream, at which version, with the salt that opens it there. Decide functions leave
 * `version` and `salt` out; whoever writes the record, and the auditor, add them from their own index of the stream.
 */
export const inputSchema = z.strictObject({
  stream: handleSchema,
  field: z.string().max(100),
  value: jsonSchema,
  version: countCodec.optional(),
  salt: z.string().max(44).optional(),
});
export type RecordedInput = z.output<typeof inputSchema>;

/** An accumulator as a decision read it. */
export const readingSchema = z.strictObject({
  subject: z.string().regex(/^(policy|claim)\/[0-9a-f]{32}$/),
  version: countCodec,
  values: z.record(z.string().max(200), countCodec),
});
export type Reading = z.output<typeof readingSchema>;

/** What a decision says it read of `accumulator`. */
export const readingOf = ({ subject, version, values }: Accumulator): Reading => ({
  subject,
  version,
  values: { ...values },
});

/** The accumulator a reading describes. */
export const accumulatorOf = ({ subject, version, values }: Reading): Accumulator => ({
  subject: subject as Subject,
  version,
  values,
});

/** Inputs for the fields of `seen` that are present in `fields`. */
export const inputsOf = (
  seen: Seen<unknown>,
  fields: Readonly<Record<string, Json | undefined>>,
): Input[] =>
  Object.entries(fields).flatMap(([field, value]) =>
    value === undefined ? [] : [{ stream: seen.stream, field, value }],
  );
