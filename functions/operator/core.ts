import type { Act } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { isRefusal, type Refusal, refuse } from "../../shared/base/refusal.ts";
import { type CompiledPack, compilePack } from "../../shared/coverage/compile.ts";
import type { Pack } from "../../shared/coverage/pack.ts";
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
import { publishPack } from "../../shared/policy/publish-pack.ts";
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

/** Publishes a pack's next version on `stream`, by `author` and approved by who acts. */
export async function publishPackVersion(
  ports: OperatorPorts,
  insurer: string,
  stream: Handle,
  pack: Pack,
  author: Handle,
  act: Act,
): Promise<Appended | Refusal> {
  const text = compilePack(pack);
  return commitCommand(ports, insurer, act.now, (transaction) =>
    publishIn(ports, transaction, { pack: stream, author }, text, act),
  );
}

/** The same in a transaction under way: the text goes where everyone reads it once nothing is against it, and before the record that names its hash. */
export async function publishIn(
  { packs }: Pick<OperatorPorts, "packs">,
  transaction: CommandTransaction,
  { pack: stream, author }: { readonly pack: Handle; readonly author: Handle },
  text: CompiledPack,
  act: Act,
): Promise<Appended | Refusal> {
  const { insurerId } = transaction;
  const before = await transaction.stream("pack", stream);
  const earlier = new Map<string, CompiledPack>();
  for (const { hash } of before?.state.versions ?? []) {
    earlier.set(hash, await packs.load(insurerId, hash));
  }
  const publication = { text, author, earlier };
  const event = publishPack(await transaction.insurer(), before, stream, publication, act);
  if (isRefusal(event)) return event;
  await packs.put(insurerId, text.pack);
  // What decisions will read is what was judged.
  await packs.load(insurerId, text.hash);
  return transaction.append(event, act);
}

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
