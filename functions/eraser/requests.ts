import { type Recorded, recordedSchema } from "../../shared/api/committed.ts";
import { keptJson } from "../../shared/api/committed-reply.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { declineReasons, holdBases } from "../../shared/base/erasure-words.ts";
import type { DomainEvent, Seen } from "../../shared/base/event.ts";
import type { Handle } from "../../shared/base/handle.ts";
import type { Instant } from "../../shared/base/instant.ts";
import type { PartClass } from "../../shared/base/part-class.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { approveErasure, declineErasure, requestErasure } from "../../shared/policy/erasure.ts";
import { liftHold, placeHold } from "../../shared/policy/hold.ts";
import type { InsurerState, Retention } from "../../shared/policy/insurer.ts";
import type { PersonState } from "../../shared/policy/person.ts";
import { dueBy, dueClasses, publishRetention } from "../../shared/policy/retention.ts";
import type { Asked, Caller, Reply } from "../../shared/ports/claims.ts";
import type { EraserRows } from "../../shared/ports/erasure.ts";
import { actOf } from "../command/act.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import { insurerState } from "../command/insurer-state.ts";
import { perform } from "../command/perform.ts";
import { recordedOf } from "../command/recorded.ts";
import type { Appended, CommandTransaction } from "../command/transaction.ts";
import { personIn } from "./core.ts";

type Decide = (
  insurer: Seen<InsurerState>,
  person: Seen<PersonState>,
  transaction: CommandTransaction,
) => DomainEvent | Refusal | Promise<DomainEvent | Refusal>;

/** One act on a person's stream, on what its transaction reads. */
async function onPerson(
  ports: CommandPorts,
  insurer: string,
  person: Handle,
  act: Act,
  decide: Decide,
): Promise<Appended | Refusal> {
  return commitCommand(ports, insurer, act.now, async (transaction) => {
    const [seen, state] = await Promise.all([transaction.insurer(), personIn(transaction, person)]);
    const event = await decide(seen, state, transaction);
    return isRefusal(event) ? event : transaction.append(event, act);
  });
}

type DecideOnPerson = Parameters<typeof onPerson>[4];

const operatorsOnly = ({ role }: Caller): Refusal | undefined =>
  role === "operator"
    ? undefined
    : refuse("not-permitted", "An operator of the insurer does this.");

/** What only an operator may do to a person. */
async function byOperator(
  ports: CommandPorts,
  caller: Caller,
  person: Handle,
  now: Instant,
  decide: (...read: [...seen: Parameters<DecideOnPerson>, act: Act]) => ReturnType<DecideOnPerson>,
): Promise<Appended | Refusal> {
  const act = actOf(caller, now);
  return (
    operatorsOnly(caller) ??
    onPerson(ports, caller.insurer, person, act, (...read) => decide(...read, act))
  );
}

/** Asks for an erasure: a person for themselves, or an operator for them. */
export async function request(
  ports: CommandPorts,
  caller: Caller,
  person: Handle,
  classes: readonly PartClass[],
  now: Instant,
): Promise<Appended | Refusal> {
  if (caller.role !== "operator" && caller.person !== person) {
    return refuse("not-permitted", "Only an operator asks for somebody else.");
  }
  const act = actOf(caller, now);
  return onPerson(ports, caller.insurer, person, act, (insurer, state) =>
    requestErasure(insurer, state, { classes, basis: "request" }, act),
  );
}

/** The same over HTTP, by the person themselves: once per Idempotency-Key. */
export const requestOwn = (
  ports: CommandPorts,
  caller: Caller,
  classes: readonly PartClass[],
  asked: Asked,
  now: Instant,
): Promise<Reply<Recorded>> =>
  perform(ports, caller, asked, now, async (transaction, act) => {
    const { person } = caller;
    const [seen, state] = await Promise.all([transaction.insurer(), personIn(transaction, person)]);
    const event = requestErasure(seen, state, { classes, basis: "request" }, act);
    if (isRefusal(event)) return event;
    const result = recordedOf(await transaction.append(event, act));
    return { result, reply: keptJson(recordedSchema, result), about: person };
  });

/** Another operator approves; the eraser then carries it out. */
export async function approve(
  ports: CommandPorts,
  caller: Caller,
  person: Handle,
  now: Instant,
): Promise<Appended | Refusal> {
  return byOperator(ports, caller, person, now, async (insurer, state, transaction, act) =>
    approveErasure(insurer, state, await transaction.openOf(person), act),
  );
}

/** Another operator declines, for a reason the law knows. */
export async function decline(
  ports: CommandPorts,
  caller: Caller,
  person: Handle,
  reason: (typeof declineReasons)[number],
  now: Instant,
): Promise<Appended | Refusal> {
  return byOperator(ports, caller, person, now, (insurer, state, _, act) =>
    declineErasure(insurer, state, reason, act),
  );
}

/** Places a legal hold. */
export async function hold(
  ports: CommandPorts,
  caller: Caller,
  person: Handle,
  { name, basis }: { readonly name: Handle; readonly basis: (typeof holdBases)[number] },
  now: Instant,
): Promise<Appended | Refusal> {
  return byOperator(ports, caller, person, now, (insurer, state, _, act) =>
    placeHold(insurer, state, name, basis, act),
  );
}

/** Lifts a legal hold. */
export async function lift(
  ports: CommandPorts,
  caller: Caller,
  person: Handle,
  name: Handle,
  now: Instant,
): Promise<Appended | Refusal> {
  return byOperator(ports, caller, person, now, (insurer, state, _, act) =>
    liftHold(insurer, state, name, act),
  );
}

/** Publishes the retention schedule's next version. */
export async function setRetention(
  ports: CommandPorts,
  insurer: string,
  schedule: Retention,
  act: Act,
): Promise<Appended | Refusal> {
  return commitCommand(ports, insurer, act.now, async (transaction) => {
    const event = publishRetention(await transaction.insurer(), schedule);
    return isRefusal(event) ? event : transaction.append(event, act);
  });
}

const pageSize = 100;

/**
 * The job: asks for the erasure of whatever the schedule in force says was kept long enough. A person on whom a hold stands is left alone. Gives the
 * persons it asked for; each still needs somebody's approval. Throws Unavailable.
 */
export async function requestDue(
  ports: CommandPorts,
  rows: Pick<EraserRows, "over">,
  insurer: string,
): Promise<readonly Handle[]> {
  const act: Act = { kind: "machine", now: ports.clock() };
  const [whole, money] = (await insurerState(ports, insurer))?.retention?.schedule ?? [];
  const asked: Handle[] = [];
  if (!whole || !money) return asked;
  const due = { wholeBy: dueBy(whole, act.now), moneyBy: dueBy(money, act.now) };
  for (let after = ""; ; ) {
    const page = await rows.over(insurer, due, after, pageSize);
    for (const { person, closedAt } of page) {
      const done = await onPerson(ports, insurer, person, act, (seen, state) => {
        const { schedule } = seen.state.retention ?? { schedule: [] };
        const { holds, erased } = state.state;
        const classes = dueClasses(schedule, closedAt, erased, act.now);
        if (classes.length === 0) return refuse("wrong-state", "Nothing of this person is due.");
        if (holds.length > 0) return refuse("legal-hold", "A hold stands on this person.");
        return requestErasure(seen, state, { classes, basis: "retention" }, act);
      });
      if (!isRefusal(done)) asked.push(person);
    }
    const last = page.at(-1);
    if (!last || page.length < pageSize) return asked;
    after = last.person;
  }
}
