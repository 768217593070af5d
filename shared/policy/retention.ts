import * as z from "zod";
import { countCodec } from "../base/codec.ts";
import { type DomainEvent, eventForm, eventOf, type Seen } from "../base/event.ts";
import type { Instant } from "../base/instant.ts";
import { type PartClass, partClasses } from "../base/part-class.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import type { InsurerState, Retention } from "./insurer.ts";

const retentionSchema = () =>
  z.strictObject({
    schedule: z
      .array(z.strictObject({ class: z.enum(partClasses), days: countCodec }))
      .length(partClasses.length),
  });
/** How many days each class is kept after the last thing of a person is over; each publication is the schedule's next version. */
export const retentionForm = eventForm("retention.published", retentionSchema);
export type RetentionSchedule = z.output<ReturnType<typeof retentionSchema>>;

/** Longest a class is kept: 100 years. */
const mostDays = 36_525n;

/** Publishes a schedule: both classes in their order, financial data kept no shorter than the rest. */
export function publishRetention(
  insurer: Seen<InsurerState>,
  schedule: Retention,
): DomainEvent | Refusal {
  const [first, second] = schedule;
  const inOrder = schedule.every((row, at) => row.class === partClasses[at]);
  if (!first || !second || !inOrder || second.days < first.days || second.days > mostDays) {
    return refuse(
      "wrong-state",
      "Identity and health, then financial, kept no shorter, at most 100 years.",
      "schedule",
    );
  }
  return eventOf(retentionForm, insurer.stream, { schedule: [...schedule] });
}

const dayUs = 86_400_000_000n;

/** The latest moment at which the last thing of a person may have been over for this class to be due at `now`. */
export const dueBy = ({ days }: Retention[number], now: Instant): Instant => now - days * dayUs;

/** The classes that were kept long enough at `now`, when the last thing of a person was over at `closedAt`; less those erased already. */
export function dueClasses(
  schedule: Retention,
  closedAt: Instant,
  erased: readonly PartClass[],
  now: Instant,
): PartClass[] {
  return schedule
    .filter((row) => closedAt <= dueBy(row, now) && !erased.includes(row.class))
    .map((row) => row.class);
}
