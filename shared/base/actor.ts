import * as z from "zod";
import { handleSchema } from "./codec.ts";
import type { Handle } from "./handle.ts";
import type { Instant } from "./instant.ts";

/** Who acted: a person, a machine, or a simulated person (only in logs whose genesis says simulation). */
export const actorKinds = ["person", "machine", "simulated"] as const;
export type ActorKind = (typeof actorKinds)[number];

/** Kinds of credential: a signed-in person's access token, a machine client's own, or none (nobody was authenticated: a simulated person). */
export const credentialKinds = ["access-token", "client-credentials", "none"] as const;

/**
 * What somebody showed before they acted: which kind, who issued it, by which method they signed in as far as the issuer says (RFC 8176 words;
 * null: it does not), and a pseudonym of the login. It is sealed, and even so never a name.
 */
export const credentialSchema = z.strictObject({
  kind: z.enum(credentialKinds),
  issuer: z.string().min(1).max(200),
  method: z.string().min(1).max(100).nullable(),
  handle: handleSchema,
});
export type Credential = z.output<typeof credentialSchema>;

/** The sealed identity of a person who acted: their handle and the credential they showed. */
export const signatorySchema = z.strictObject({
  person: handleSchema,
  credential: credentialSchema,
});
export type Signatory = z.output<typeof signatorySchema>;

/** Stands for a credential that nobody can read any more, or that a public record never names. */
export const unreadCredential: Credential = {
  kind: "access-token",
  issuer: "unread",
  method: null,
  handle: "0".repeat(32),
};

/** An act: who does it (no signatory for a machine) and exactly when. */
export interface Act {
  readonly kind: ActorKind;
  readonly signatory?: Signatory;
  readonly now: Instant;
}

/** The handle of the person behind `act`, if a person (real or simulated) acted. */
export const personOf = ({ kind, signatory }: Act): Handle | undefined =>
  kind === "machine" ? undefined : signatory?.person;
