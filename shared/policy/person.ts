import * as z from "zod";
import { handleSchema } from "../base/codec.ts";
import { erasureBases } from "../base/erasure-words.ts";
import type { DomainEvent } from "../base/event.ts";
import { lazily } from "../base/lazily.ts";
import { partClasses } from "../base/part-class.ts";
import {
  approvedForm,
  type Completed,
  completedForm,
  declinedForm,
  type Lifted,
  liftedForm,
  type Placed,
  placedForm,
  type Requested,
  requestedForm,
} from "./erasure-forms.ts";

/** Most holds that stand on one person. */
export const maxHolds = 16;

/** How a person's state is kept: their handle is the stream's; nothing here says who they are. */
export const personStateSchema = lazily(() =>
  z.strictObject({
    /** The erasure under way, if one is; `approved`: it is being carried out. */
    status: z.enum(["known", "requested", "approved"]),
    request: z
      .strictObject({
        classes: z.array(z.enum(partClasses)).max(partClasses.length),
        basis: z.enum(erasureBases),
        by: handleSchema.nullable(),
      })
      .nullable(),
    holds: z.array(handleSchema).max(maxHolds),
    erased: z.array(z.enum(partClasses)).max(partClasses.length),
  }),
);
export type PersonState = z.output<ReturnType<typeof personStateSchema>>;

/** A person of whom no hold or erasure was ever recorded. */
export const unheldPerson: PersonState = { status: "known", request: null, holds: [], erased: [] };

/** Whether nothing new may be recorded about the person: an erasure was approved, or done. */
export const isErased = ({ status, erased }: PersonState): boolean =>
  status === "approved" || erased.length > 0;

/** The person after `event`. */
export function evolvePerson(before: PersonState | undefined, event: DomainEvent): PersonState {
  const state = before ?? unheldPerson;
  switch (event.type) {
    case placedForm.type:
      return { ...state, holds: [...state.holds, (event.content as Placed).hold] };
    case liftedForm.type: {
      const { hold } = event.content as Lifted;
      return { ...state, holds: state.holds.filter((each) => each !== hold) };
    }
    case requestedForm.type:
      return { ...state, status: "requested", request: event.content as Requested };
    case declinedForm.type:
      return { ...state, status: "known", request: null };
    case approvedForm.type:
      return { ...state, status: "approved" };
    case completedForm.type: {
      const { classes } = event.content as Completed;
      const erased = partClasses.filter(
        (each) => state.erased.includes(each) || classes.includes(each),
      );
      return { ...state, status: "known", request: null, erased };
    }
    default:
      return state;
  }
}
