import type { Act } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { type Refusal, refuse } from "../../shared/base/refusal.ts";
import { parseParty } from "../../shared/iso20022/account.ts";
import { publishClocks } from "../../shared/policy/clocks.ts";
import {
  type Bands,
  type Clocks,
  type Genesis,
  openLog,
  publishBands,
} from "../../shared/policy/insurer.ts";
import { type Payments, publishPayments } from "../../shared/policy/payments.ts";
import type { Terms } from "../../shared/policy/policy.ts";
import { advance } from "../command/advance.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import { issueIn } from "../command/issue-policy.ts";
import type { PackCatalog } from "../command/pack-catalog.ts";
import type { Appended, CommandTransaction } from "../command/transaction.ts";

/** What an operator's commands take beside the command ports. */
export interface OperatorPorts extends CommandPorts {
  readonly packs: PackCatalog;
}

/** Opens an insurer's log: row, head and genesis record in one transaction. Refused as a duplicate when it is open. */
export async function addInsurer(
  ports: CommandPorts,
  genesis: Genesis,
  stream: Handle,
  act: Act,
): Promise<Appended | Refusal> {
  return commitCommand(ports, genesis.insurer, act.now, async (transaction) => {
    if (await transaction.isOpen()) return refuse("duplicate", "The insurer's log is open.");
    return transaction.append(openLog(stream, genesis), act);
  });
}

const insurerIn = (transaction: CommandTransaction) => transaction.insurer();

/** Publishes authority bands. */
export async function setBands(
  ports: CommandPorts,
  insurer: string,
  bands: Bands,
  act: Act,
): Promise<Appended | Refusal> {
  return advance(ports, insurer, insurerIn, (world) => publishBands(world, bands, act), act);
}

/**
 * Publishes who pays, the bands of the heads beside indemnity, and how long a changed payee cools off. Throws Malformed for a payer whose account begins like an
 * IBAN and is none, and for no BIC.
 */
export async function setPayments(
  ports: CommandPorts,
  insurer: string,
  payments: Payments,
  act: Act,
): Promise<Appended | Refusal> {
  parseParty(payments.payer, "payer");
  return advance(ports, insurer, insurerIn, (world) => publishPayments(world, payments, act), act);
}

/** Publishes the statutory clocks, by jurisdiction. */
export const setClocks = (
  ports: CommandPorts,
  insurer: string,
  clocks: Clocks,
  act: Act,
): Promise<Appended | Refusal> =>
  advance(ports, insurer, insurerIn, (world) => publishClocks(world, clocks, act), act);

/** Issues one policy under a published pack. Refused as a duplicate when the stream has one. */
export async function addPolicy(
  ports: CommandPorts,
  insurer: string,
  stream: Handle,
  terms: Terms,
  act: Act,
): Promise<Appended | Refusal> {
  return commitCommand(ports, insurer, act.now, async (transaction) => {
    if (await transaction.stream("policy", stream)) {
      return refuse("duplicate", "The policy is issued already.");
    }
    return issueIn(transaction, stream, terms, act);
  });
}
