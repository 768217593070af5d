import * as z from "zod";
import { handleSchema } from "./codec.ts";
import type { Handle } from "./handle.ts";
import type { Instant } from "./instant.ts";

/** Who acted: a person, a machine, or a simulated person (only in logs whose genesis says simulation). */
export const actorKinds = ["person", "machine", "simulated"] as const;
export type ActorKind = (typeof actorKinds)[number];

/** The sealed identity of a person who acted: their handle and the credential they showed, never a name. */
export const signatorySchema = z.strictObject({
  person: handleSchema,
  credential: z.string().min(1).max(200),
});
export type Signatory = z.output<typeof signatorySchema>;

/** An act: who does it (no signatory for a machine) and exactly when. */
export interface Act {
  readonly kind: ActorKind;
  readonly signatory?: Signatory;
  readonly now: Instant;
}

/** The handle of the person behind `act`, if a person (real or simulated) acted. */
export const personOf = (act: Act): Handle | undefined => act.signatory?.person;
