import { proposalWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { Money } from "../../shared/base/codec.ts";
import type { Day } from "../../shared/base/day.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { parseParty } from "../../shared/iso20022/account.ts";
import { type Asked, proposePayout } from "../../shared/payout/propose.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import type { Appended, CommandTransaction } from "../command/transaction.ts";

/** One payment of a schedule: the payout it becomes, how much, and the day before which it is not paid. */
export interface Payment {
  readonly payout: Handle;
  readonly amount: Money;
  readonly due: Day;
}

/**
 * Proposes one payout of a claim, under any head, whole or in part. Throws Malformed for a payee of its own whose account begins like an IBAN and is none, and
 * for no BIC.
 */
export async function propose(
  ports: CommandPorts,
  insurer: string,
  claim: Handle,
  payout: Handle,
  asked: Asked,
  act: Act,
): Promise<Appended | Refusal> {
  if (asked.payee) parseParty(asked.payee, "payee");
  const done = await proposeAll(ports, insurer, claim, [{ payout, asked }], act);
  return Array.isArray(done) ? (done[0] as Appended) : (done as Refusal);
}

/** Proposes a claim's award in instalments, each a payout of its own that waits for its day: all of them, or none. */
export const schedule = (
  ports: CommandPorts,
  insurer: string,
  claim: Handle,
  payments: readonly Payment[],
  act: Act,
): Promise<readonly Appended[] | Refusal> => {
  const of = BigInt(payments.length);
  const proposals = payments.map(({ payout, amount, due }, at) => ({
    payout,
    asked: { amount, instalment: { number: BigInt(at) + 1n, of, due } },
  }));
  return proposeAll(ports, insurer, claim, proposals, act);
};

const proposeAll = (
  ports: CommandPorts,
  insurer: string,
  claim: Handle,
  proposals: readonly Proposal[],
  act: Act,
): Promise<readonly Appended[] | Refusal> =>
  commitCommand<readonly Appended[]>(ports, insurer, act.now, async (transaction) => {
    const records: Appended[] = [];
    for (const proposal of proposals) {
      const record = await proposeIn(transaction, claim, proposal, act);
      if (isRefusal(record)) return record;
      records.push(record);
    }
    return records;
  });

/** A payout to propose. */
export interface Proposal {
  readonly payout: Handle;
  readonly asked: Asked;
}

/** Proposes one payout in a transaction under way. */
export async function proposeIn(
  transaction: CommandTransaction,
  claim: Handle,
  { payout, asked }: Proposal,
  act: Act,
): Promise<Appended | Refusal> {
  const world = await proposalWorld(transaction, claim);
  if (!world) return refuse("not-found", "There is no such claim.");
  if (await transaction.stream("payout", payout)) {
    return refuse("duplicate", "The payout is proposed already.");
  }
  const event = proposePayout(world, payout, asked, act);
  return isRefusal(event) ? event : transaction.append(event, act);
}
