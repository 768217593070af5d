import { etagOf } from "../../shared/api/etag.ts";
import type { PolicyView } from "../../shared/api/own-views.ts";
import type { Page } from "../../shared/api/page.ts";
import { type Accumulator, minorOf } from "../../shared/base/accumulator.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { assert } from "../../shared/base/malformed.ts";
import { type Refusal, refuse } from "../../shared/base/refusal.ts";
import type { InsurerState } from "../../shared/policy/insurer.ts";
import { approvedUnder, type PolicyState } from "../../shared/policy/policy.ts";
import type { Caller } from "../../shared/ports/claims.ts";
import type { CommandPorts } from "./commit.ts";
import { openAccumulator, openStream } from "./rows.ts";

/** A policy and the tag of all that is shown of it. */
interface ReadPolicy {
  readonly view: PolicyView;
  readonly etag: string;
}

/** The policy, if this caller may read it: a party to it, or the insurer's own people; others learn nothing. Throws Unavailable. */
export async function viewPolicy(
  ports: CommandPorts,
  caller: Caller,
  policy: Handle,
): Promise<ReadPolicy | Refusal> {
  const [found] = await readPolicies(ports, caller, [policy]);
  if (found) return found;
  return refuse("not-found", "There is no such policy.");
}

/** Where a list of policies ended. */
export interface PolicyPosition {
  readonly insurer: string;
  readonly policy: Handle;
}

/**
 * A page of the policies that one login holds or is insured by, over the insurers where it is `callers` (by their id), each insurer's by handle; those after
 * `after` in that order. Throws Unavailable.
 */
export async function ownPolicies(
  ports: CommandPorts,
  callers: readonly Caller[],
  after: PolicyPosition | undefined,
  limit: number,
): Promise<Page<PolicyView, PolicyPosition>> {
  const items: PolicyView[] = [];
  let end: PolicyPosition | undefined;
  for (const caller of callers) {
    const { insurer, person } = caller;
    if (after && insurer < after.insurer) continue;
    const from = after?.insurer === insurer ? after.policy : "";
    const left = limit - items.length;
    const own = await ports.store.ownPolicies(insurer, person, from, left + 1);
    if (left === 0 && own.length > 0) return { items, end };
    const listed = own.slice(0, left);
    for (const { view } of await readPolicies(ports, caller, listed)) items.push(view);
    const last = listed.at(-1);
    if (last !== undefined) end = { insurer, policy: last };
    if (own.length > left) return { items, end };
  }
  return { items, end: undefined };
}

/** Those of the policies that the caller may read, in the order they are asked for; what was erased is not there. */
async function readPolicies(
  ports: CommandPorts,
  caller: Caller,
  policies: readonly Handle[],
): Promise<readonly ReadPolicy[]> {
  if (policies.length === 0) return [];
  const { insurer } = caller;
  const [insurerRow, rows, amounts] = await ports.store.read(insurer, (on) =>
    Promise.all([
      on.insurer(),
      on.streams("policy", policies),
      on.accumulators(policies.map((policy) => `policy/${policy}` as const)),
    ]),
  );
  const insurerSlot = insurerRow && (await openStream(ports, insurer, insurerRow));
  assert(insurerSlot !== undefined, `insurer ${insurer} exists`);
  const { currency } = insurerSlot.state as InsurerState;
  const read: ReadPolicy[] = [];
  for (const policy of policies) {
    const row = rows.find(({ stream }) => stream === policy);
    const slot = row && (await openStream(ports, insurer, row));
    const state = slot?.state as PolicyState | undefined;
    if (!row || !state || !mayRead(caller, state)) continue;
    const subject = `policy/${policy}` as const;
    const amount = amounts.find((each) => each.subject === subject);
    const accumulator = await openAccumulator(ports, insurer, subject, amount);
    const view = viewOf(caller, policy, state, accumulator, currency);
    read.push({ view, etag: etagOf(row.version, amount?.version ?? 0n) });
  }
  return read;
}

const mayRead = ({ role, person }: Caller, { terms }: PolicyState): boolean =>
  role !== "claimant" || terms.parties.some((party) => party.person === person);

function viewOf(
  { insurer, role, person }: Caller,
  policy: Handle,
  { status, terms }: PolicyState,
  accumulator: Accumulator | undefined,
  currency: InsurerState["currency"],
): PolicyView {
  const { coverage, start, end, insured, birthDate, parties, limit, pack } = terms;
  const money = (minor: bigint) => ({ minor, currency });
  const roles = parties.filter((party) => party.person === person).map((party) => party.role);
  // What was claimed is the insured's own: a holder, beneficiary or dependant sees the terms.
  const whole = role !== "claimant" || roles.some((each) => forInsured.includes(each));
  const approved = whole && accumulator ? minorOf(accumulator, approvedUnder(coverage)) : undefined;
  return {
    policy,
    insurer,
    status,
    coverage,
    start,
    end,
    insured,
    ...(whole ? { birthDate } : {}),
    roles,
    ...(role === "claimant" ? {} : { parties }),
    limit,
    ...(approved === undefined ? {} : { approved: money(approved) }),
    ...(approved === undefined || !limit ? {} : { left: money(leftOf(limit.minor, approved)) }),
    counted: whole && accumulator ? countedIn(accumulator, coverage, money) : [],
    pack,
  };
}

/** Parties to whom all of a policy is shown. */
const forInsured: readonly string[] = ["insured", "guardian", "representative"];

/** Nothing is left of a limit that was lowered below what was approved. */
const leftOf = (limit: bigint, approved: bigint): bigint =>
  limit > approved ? limit - approved : 0n;

/** The rules' own amounts: neither what is approved in all, nor the marks of losses claimed before. */
function countedIn(
  { values }: Accumulator,
  coverage: string,
  money: (minor: bigint) => PolicyView["counted"][number]["amount"],
): PolicyView["counted"] {
  const prefix = `${coverage}/`;
  return Object.entries(values)
    .filter(([name]) => name.startsWith(prefix) && name !== approvedUnder(coverage))
    .map(([name, minor]) => ({ name: name.slice(prefix.length), amount: money(minor) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
