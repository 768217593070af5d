import * as z from "zod";
import { countCodec, handleSchema } from "../base/codec.ts";
import { coverKinds, declineReasons, erasureBases, holdBases } from "../base/erasure-words.ts";
import { eventForm } from "../base/event.ts";
import { classesInOrder, maxCovers, partClasses } from "../base/part-class.ts";

/** The classes an act is about: each once, in their order, at least one. */
export const classesSchema = z
  .array(z.enum(partClasses))
  .min(1)
  .max(partClasses.length)
  .refine(classesInOrder, "are not each once, in order");

const kind = "person" as const;
const by = handleSchema;

const placedSchema = () => z.strictObject({ hold: handleSchema, basis: z.enum(holdBases), by });
/** Nothing of this person is erased until the hold is lifted. */
export const placedForm = eventForm("hold.placed", placedSchema, { kind });

const liftedSchema = () => z.strictObject({ hold: handleSchema, by });
export const liftedForm = eventForm("hold.lifted", liftedSchema, { kind });

const requestedSchema = () =>
  z.strictObject({
    classes: classesSchema,
    basis: z.enum(erasureBases),
    /** The person who asked; null: the retention schedule. */
    by: handleSchema.nullable(),
  });
export const requestedForm = eventForm("erasure.requested", requestedSchema, { kind });

const declinedSchema = () => z.strictObject({ reason: z.enum(declineReasons), by });
export const declinedForm = eventForm("erasure.declined", declinedSchema, { kind });

const approvedSchema = () => z.strictObject({ by });
/** Decided: from here on nothing new is recorded about this person, and the erasure is carried out. */
export const approvedForm = eventForm("erasure.approved", approvedSchema, { kind });

/**
 * One place an erasure reaches: as `subject` every record of the stream up to `version`, as `actor` only who acted (`by`) in the record of
 * exactly that version.
 */
export const coverSchema = z.strictObject({
  stream: handleSchema,
  version: countCodec,
  as: z.enum(coverKinds),
});
export type Cover = z.output<typeof coverSchema>;

const recordedSchema = () =>
  z.strictObject({
    classes: classesSchema,
    covers: z.array(coverSchema).min(1).max(maxCovers),
  });
/** The keys are gone: what these places hold of the person can't be opened any more. One record per 500 places. */
export const recordedForm = eventForm("erasure.recorded", recordedSchema, { kind });

const completedSchema = () => z.strictObject({ classes: classesSchema });
/** Ciphertexts, kept replies and the mapping to a person are deleted, too. */
export const completedForm = eventForm("erasure.completed", completedSchema, { kind });

export type Placed = z.output<ReturnType<typeof placedSchema>>;
export type Lifted = z.output<ReturnType<typeof liftedSchema>>;
export type Requested = z.output<ReturnType<typeof requestedSchema>>;
export type Declined = z.output<ReturnType<typeof declinedSchema>>;
export type Approved = z.output<ReturnType<typeof approvedSchema>>;
export type Recorded = z.output<ReturnType<typeof recordedSchema>>;
export type Completed = z.output<ReturnType<typeof completedSchema>>;

/** Every form of a person's stream. */
export const personForms = [
  placedForm,
  liftedForm,
  requestedForm,
  declinedForm,
  approvedForm,
  recordedForm,
  completedForm,
] as const;
