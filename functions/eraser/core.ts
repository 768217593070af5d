import type { Act } from "../../shared/base/actor.ts";
import type { Seen } from "../../shared/base/event.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { maxCovers } from "../../shared/base/part-class.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { completeErasure, recordErasure } from "../../shared/policy/erasure.ts";
import type { Cover } from "../../shared/policy/erasure-forms.ts";
import { type PersonState, unheldPerson } from "../../shared/policy/person.ts";
import type { ErasedPerson } from "../../shared/ports/erasure.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import type { Appended, CommandTransaction } from "../command/transaction.ts";
import {
  deleteCiphertexts,
  deleteRest,
  destroyKeys,
  type EraserPorts,
  forgetJobs,
} from "./effects.ts";

/** The person as a transaction sees them; of whom nothing was recorded yet: version 0. */
export const personIn = async (
  transaction: CommandTransaction,
  stream: Handle,
): Promise<Seen<PersonState>> =>
  (await transaction.stream("person", stream)) ?? { stream, version: 0n, state: unheldPerson };

/**
 * Carries out an erasure that was approved, and may be called again after it broke off anywhere: keys and login first, so that nothing opens any
 * more; then, 500 places at a time, the record that names them and their ciphertexts; then state and replies; then the record that it is
 * done. Refused where nothing was approved. Throws Unavailable.
 */
export async function carryOut(
  commands: CommandPorts,
  ports: EraserPorts,
  insurer: string,
  person: Handle,
): Promise<{ readonly places: number } | Refusal> {
  const approved = await approvedErasure(commands, insurer, person);
  if (isRefusal(approved)) return approved;
  await destroyKeys(ports, approved);
  let places = 0;
  for (;;) {
    const covers = await ports.rows.covers(approved, maxCovers);
    if (covers.length === 0) break;
    const recorded = await record(commands, approved, covers);
    if (isRefusal(recorded)) return recorded;
    await deleteCiphertexts(ports, approved, covers);
    places += covers.length;
  }
  await deleteRest(ports, approved);
  await forgetJobs(ports, insurer);
  const done = await append(commands, approved, completeErasure);
  return isRefusal(done) ? done : { places };
}

/** The job: carries out what was approved, at most `limit` erasures. Gives how many. Throws Unavailable. */
export async function carryOutApproved(
  commands: CommandPorts,
  ports: EraserPorts,
  insurer: string,
  limit: number,
): Promise<number> {
  const persons = await ports.rows.approved(insurer, limit);
  for (const person of persons) await carryOut(commands, ports, insurer, person);
  return persons.length;
}

async function approvedErasure(
  commands: CommandPorts,
  insurer: string,
  person: Handle,
): Promise<ErasedPerson | Refusal> {
  return commitCommand(commands, insurer, commands.clock(), async (transaction) => {
    const { status, request } = (await personIn(transaction, person)).state;
    return status === "approved" && request
      ? { insurer, person, classes: request.classes }
      : refuse("wrong-state", "No erasure of this person was approved.");
  });
}

const record = (commands: CommandPorts, erased: ErasedPerson, covers: readonly Cover[]) =>
  append(commands, erased, (person) => recordErasure(person, covers));

async function append(
  commands: CommandPorts,
  { insurer, person }: ErasedPerson,
  decide: (person: Seen<PersonState>) => ReturnType<typeof completeErasure>,
): Promise<Appended | Refusal> {
  const act: Act = { kind: "machine", now: commands.clock() };
  return commitCommand(commands, insurer, act.now, async (transaction) => {
    await transaction.insurer();
    const event = decide(await personIn(transaction, person));
    return isRefusal(event) ? event : transaction.append(event, act);
  });
}
