import type { Policy, PolicyWitness } from "../log/policy.ts";

/**
 * What a witness said to one request (C2SP tlog-witness): its signature lines, verified by nobody yet; the size it cosigned last, where the
 * request starts from another; or the HTTP status by which it said no.
 */
export type WitnessAnswer =
  | { readonly lines: Uint8Array }
  | { readonly size: bigint }
  | { readonly status: number };

/** The witnesses of a deployment, and which of them are enough. */
export interface Witnesses {
  /** Witness, group and quorum lines of a trust policy; witnesses without a URL are asked by nobody here. */
  readonly policy: Pick<Policy, "witnesses" | "groups" | "quorum">;
  /** Sends one add-checkpoint request. Throws Unavailable: no answer in time, 429, 5xx, or an answer that can't be read; it may have cosigned. */
  ask(witness: PolicyWitness, request: Uint8Array): Promise<WitnessAnswer>;
}
