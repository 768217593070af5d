import type { LineResult, PolicyLine } from "../../shared/api/import-views.ts";
import { type Problem, problemMembers, problemOf } from "../../shared/api/problem.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Refusal } from "../../shared/base/refusal.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import type { CommandPorts } from "../command/commit.ts";
import { each } from "../command/each.ts";
import type { Line } from "./lines.ts";
import { issueLine, policyOfKey, readLine } from "./policy-line.ts";

/** Policies issued at once. */
const width = 8;

/** A line that was read: the policy it is about, and its terms; or why it is none. */
type About = { readonly policy: Handle; readonly says: PolicyLine };
type Read = About | { readonly problem: Problem };

/** Up to a hundred lines of a file. */
export interface Reading {
  readonly lines: readonly Read[];
  /** The byte after the last of them. */
  readonly end: number;
}

/** Reads lines; `secret` makes handles of keys. */
export function readLines(secret: Uint8Array, insurer: string, lines: readonly Line[]): Reading {
  const about = ({ bytes }: Line): Read => {
    const says = readLine(bytes);
    return "problem" in says ? says : { says, policy: policyOfKey(secret, insurer, says.key) };
  };
  return { lines: lines.map(about), end: lines.at(-1)?.end ?? 0 };
}

/** The policies of these lines that stand now. Throws Unavailable. */
export async function policiesBefore(
  { store }: Pick<CommandPorts, "store">,
  insurer: string,
  { lines }: Reading,
): Promise<readonly Handle[]> {
  const policies = new Set(lines.flatMap((line) => ("policy" in line ? line.policy : [])));
  if (policies.size === 0) return [];
  const rows = await store.read(insurer, (on) => on.streams("policy", [...policies]));
  return rows.map(({ stream }) => stream);
}

/**
 * Issues the policies of these lines, the first of which has the number `first`: each in its own transaction, several at a time; lines whose key an earlier one has come
 * after all others. What stood `before` is told as there already. Throws Unavailable, when some may be issued: then all of it is done again.
 */
export async function issueLines(
  ports: CommandPorts,
  caller: Caller,
  first: bigint,
  { lines }: Reading,
  before: readonly Handle[],
): Promise<readonly LineResult[]> {
  const stands = new Set(before);
  const results: LineResult[] = [];
  const issue = async (at: number, { policy, says }: About): Promise<void> => {
    const line = first + BigInt(at);
    const refused = await issueLine(ports, caller, policy, says);
    if (refused) results[at] = refusedLine(line, problemOf(refused), policyBehind(refused, policy));
    else results[at] = { line, outcome: stands.has(policy) ? "already" : "issued", policy };
  };
  const seen = new Set<Handle>();
  const once: [number, About][] = [];
  const again: [number, About][] = [];
  for (const [at, read] of lines.entries()) {
    if ("problem" in read) results[at] = refusedLine(first + BigInt(at), read.problem);
    else (seen.has(read.policy) ? again : once).push([at, read]);
    if ("policy" in read) seen.add(read.policy);
  }
  await each(once, width, ([at, read]) => issue(at, read));
  for (const result of results) if (result?.outcome === "issued") stands.add(result.policy ?? "");
  for (const [at, read] of again) {
    await issue(at, read);
    if (results[at]?.outcome === "issued") stands.add(read.policy);
  }
  return results;
}

/** The policy that stands under a key which is another's. */
const policyBehind = ({ refused }: Refusal, policy: Handle): Handle | undefined =>
  refused === "key-reused" ? policy : undefined;

/** A line that was refused, in the words of the single request's answer. */
const refusedLine = (line: bigint, problem: Problem, policy?: Handle): LineResult => ({
  line,
  outcome: "refused",
  ...(policy === undefined ? {} : { policy }),
  problem: problemMembers(problem),
});
