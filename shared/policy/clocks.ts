import type * as z from "zod";
import type { Act } from "../base/actor.ts";
import { type DomainEvent, eventForm, eventOf, type Seen } from "../base/event.ts";
import { isRefusal, type Refusal, refuse } from "../base/refusal.ts";
import {
  type Clock,
  type Clocks,
  clocksSchema,
  type InsurerState,
  publishedBy,
  publisherOf,
} from "./insurer.ts";

const publishedClocksSchema = () => clocksSchema.extend(publishedBy);
export const clocksForm = eventForm("clocks.published", publishedClocksSchema);
export type PublishedClocks = z.output<ReturnType<typeof publishedClocksSchema>>;

/** Ten years: no law gives an insurer longer. */
const mostDays = 3_650n;

/**
 * Publishes how long the insurer has, by jurisdiction, to acknowledge a notice, to decide and to pay: the law's days, as its actuaries and lawyers read it.
 * Jurisdictions ascend, each once; `home` is the one of claims whose policy names none that is listed.
 */
export function publishClocks(
  insurer: Seen<InsurerState>,
  clocks: Clocks,
  act: Act,
): DomainEvent | Refusal {
  if (insurer.state.kind === "intake") {
    return refuse("kind-has-none", "An intake decides and pays nothing.");
  }
  const rising = clocks.clocks.every(({ jurisdiction }, at) => {
    const before = clocks.clocks[at - 1];
    return !before || before.jurisdiction < jurisdiction;
  });
  if (!rising) return refuse("wrong-state", "Jurisdictions ascend, each once.", "clocks");
  if (!clocks.clocks.some(({ jurisdiction }) => jurisdiction === clocks.home)) {
    return refuse("wrong-state", "Home is one of the jurisdictions.", "home");
  }
  const days = clocks.clocks.flatMap((each) => [
    each.acknowledgeDays,
    each.decideDays,
    each.payDays,
  ]);
  if (days.some((each) => each < 1n || each > mostDays)) {
    return refuse("wrong-state", `A clock runs 1 to ${mostDays} days.`, "clocks");
  }
  const publisher = publisherOf(insurer, insurer.state.clocks === undefined, act);
  if (isRefusal(publisher)) return publisher;
  return eventOf(clocksForm, insurer.stream, { ...clocks, ...publisher });
}

/** The clock of a jurisdiction: its own, else that of its country, else that of the insurer's home; undefined before any is published. */
export function clockIn(
  { clocks }: Pick<InsurerState, "clocks">,
  jurisdiction: string | undefined,
): Clock | undefined {
  const named = (name: string | undefined) =>
    clocks?.clocks.find((each) => each.jurisdiction === name);
  return named(jurisdiction) ?? named(jurisdiction?.slice(0, 2)) ?? named(clocks?.home);
}
