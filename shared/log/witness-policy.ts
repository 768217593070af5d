import { utf8 } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import { type Policy, quorumMet } from "./policy.ts";
import { formatPolicy, parsePolicy } from "./policy-file.ts";

/** Whom a log's publisher asks to cosign, and who of them are enough: a trust policy without its log lines. */
export type WitnessPolicy = Pick<Policy, "witnesses" | "groups" | "quorum">;

/** What a policy says that asks for no witness. */
export const noWitness = utf8("quorum none\n");

/**
 * Reads the witness, group and quorum lines of a trust policy (C2SP tlog-policy); it may have log lines, which say nothing here. Malformed where it is
 * no policy, or where its quorum can't be had from the witnesses that have a URL.
 */
export function parseWitnessPolicy(bytes: Uint8Array): WitnessPolicy {
  const { witnesses, groups, quorum } = parsePolicy(bytes);
  const policy = { witnesses, groups, quorum };
  const asked = witnesses.filter(({ url }) => url !== undefined).map(({ key }) => key);
  if (!quorumMet(policy, asked)) {
    throw new Malformed("witness policy", "has a quorum that its witnesses with a URL can't meet");
  }
  return policy;
}

/** The policy's lines, without comments and log lines. */
export const formatWitnessPolicy = (policy: WitnessPolicy): Uint8Array =>
  formatPolicy({ ...policy, logs: [] });
