import * as z from "zod";
import { type Act, personOf } from "../base/actor.ts";
import { countCodec, handleSchema } from "../base/codec.ts";
import { type DomainEvent, eventForm, eventOf, type Seen } from "../base/event.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { type InsurerState, refuseSimulated } from "./insurer.ts";

const disclosureSchema = () =>
  z.strictObject({
    /** The entries whose openings were given: `from` (included) to `to` (excluded). */
    from: countCodec,
    to: countCodec,
    /** SHA-256 of the key they were closed for (RFC 7638), null where they were given in plain. */
    key: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .nullable(),
    by: handleSchema,
  });
/** What an auditor was given of what records seal. It says who, which entries and for which key, and nothing of what they hold. */
export const disclosureForm = eventForm("openings.disclosed", disclosureSchema);
export type Disclosure = z.output<ReturnType<typeof disclosureSchema>>;

/** Records that somebody is given openings, before they are: a person asks for them, and outside a simulation they leave closed for a key. */
export function discloseOpenings(
  insurer: Seen<InsurerState>,
  { from, to, key }: Omit<Disclosure, "by">,
  act: Act,
): DomainEvent | Refusal {
  const by = personOf(act);
  if (!by) return refuse("person-required", "A person is given openings, and answers for them.");
  const simulated = refuseSimulated(insurer, act);
  if (simulated) return simulated;
  if (to <= from) return refuse("wrong-state", "There are no such entries yet.", "to");
  if (key === null && !insurer.state.simulation) {
    return refuse("not-permitted", "Openings about real persons leave closed for a key.", "key");
  }
  return eventOf(disclosureForm, insurer.stream, { from, to, key, by });
}
