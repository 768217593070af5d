import { toHex, utf8 } from "../base/bytes.ts";
import { Malformed } from "../base/malformed.ts";
import {
  formatVerifierKey,
  logKeyTypes,
  parseVerifierKey,
  type SignatureType,
  sameKey,
  type VerifierKey,
} from "./key.ts";

/** A log whose checkpoints count: its key name is the log's origin. Several logs are alternatives. */
export interface PolicyLog {
  readonly key: VerifierKey;
  readonly url?: string;
}

/** A witness; `name` means something inside this policy only. */
export interface PolicyWitness {
  readonly name: string;
  readonly key: VerifierKey;
  readonly url?: string;
}

/** A group witnesses a checkpoint when `threshold` (1 to all) of its members, witnesses or earlier groups, do. */
export interface PolicyGroup {
  readonly name: string;
  readonly threshold: number;
  readonly members: readonly string[];
}

/** A trust policy (C2SP tlog-policy): who must have signed a checkpoint for its holder to believe it. */
export interface Policy {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: readonly PolicyGroup[];
  /** The name of a witness or group, or "none": no cosignature needed. */
  readonly quorum: string;
}

/** Most logs, witnesses and groups each; the specification asks for at least 32. */
export const maxPolicyLines = 64;

/** Whether the witnesses among `signers` (keys whose signatures verified) make up the policy's quorum. */
export function quorumMet(
  policy: Pick<Policy, "witnesses" | "groups" | "quorum">,
  signers: readonly VerifierKey[],
): boolean {
  if (policy.quorum === "none") return true;
  const met = new Set<string>();
  for (const { name, key } of policy.witnesses) {
    if (signers.some((signer) => sameKey(signer, key))) met.add(name);
  }
  for (const { name, threshold, members } of policy.groups) {
    if (members.filter((member) => met.has(member)).length >= threshold) met.add(name);
  }
  return met.has(policy.quorum);
}

/** The policy of who holds a log's own keys and asks for no witness. */
export const unwitnessed = (keys: readonly VerifierKey[]): Policy => ({
  logs: keys.map((key) => ({ key })),
  witnesses: [],
  groups: [],
  quorum: "none",
});

/** All keys a note is opened with under this policy: the logs' and the witnesses'. */
export const policyKeys = (policy: Policy): VerifierKey[] =>
  [...policy.logs, ...policy.witnesses].map(({ key }) => key);

/** Throws Malformed unless `policy` keeps every rule of the file format; names must be defined before they are used. */
export function requirePolicy(policy: Policy): void {
  const { logs, witnesses, groups, quorum } = policy;
  requireKeys("log", logs, logKeyTypes);
  requireKeys("witness", witnesses, ["cosignature", "mldsa44"]);
  const own = new Set(logs.map(({ key }) => toHex(key.publicKey)));
  if (witnesses.some(({ key }) => own.has(toHex(key.publicKey)))) {
    throw new Malformed("policy witness", "is a log's own key");
  }
  if (groups.length > maxPolicyLines) throw new Malformed("policy", "has too many groups");
  const defined = new Set<string>(["none"]);
  const free = new Set<string>();
  for (const { name } of witnesses) define(name, defined, free);
  for (const { name, threshold, members } of groups) {
    for (const member of members) {
      if (!free.delete(member)) {
        throw new Malformed("policy group", "has a member that is undefined or already in a group");
      }
    }
    if (!Number.isInteger(threshold) || threshold < 1 || threshold > members.length) {
      throw new Malformed("policy group", "has a threshold that is not 1 to its members' number");
    }
    define(name, defined, free);
  }
  if (!defined.has(quorum)) throw new Malformed("policy quorum", "is an undefined name");
}

function define(name: string, defined: Set<string>, free: Set<string>): void {
  requireWord(name, "policy name");
  if (defined.has(name)) throw new Malformed("policy name", "is defined twice or reserved");
  defined.add(name);
  free.add(name);
}

function requireKeys(
  kind: string,
  lines: readonly PolicyLog[],
  types: readonly SignatureType[],
): void {
  if (lines.length > maxPolicyLines) throw new Malformed("policy", `has too many ${kind} lines`);
  for (const { key, url } of lines) {
    if (!types.includes(key.type)) {
      throw new Malformed(`policy ${kind}`, `has a key of a type no ${kind} signs with`);
    }
    parseVerifierKey(formatVerifierKey(key), `policy ${kind}`);
    if (url !== undefined) requireWord(url, `policy ${kind} url`);
  }
  const distinct = new Set(lines.map(({ key }) => toHex(key.publicKey)));
  if (distinct.size !== lines.length) throw new Malformed(`policy ${kind}`, "repeats a key");
}

/** Items are told apart by spaces and tabs; DEL and other control characters have no place in the file. */
function requireWord(word: string, where: string): void {
  for (const byte of utf8(word)) {
    if (byte <= 0x20 || byte === 0x7f)
      throw new Malformed(where, "has a space or control character");
  }
  if (word === "" || !word.isWellFormed()) throw new Malformed(where, "is empty or not Unicode");
}
