import { claimWorld } from "../../shared/audit/reader.ts";
import type { Act } from "../../shared/base/actor.ts";
import type { Handle } from "../../shared/base/handle.ts";
import { type Refusal, refuse } from "../../shared/base/refusal.ts";
import { changePayee } from "../../shared/claim/payee.ts";
import type { Payee } from "../../shared/claim/submission.ts";
import { parseParty } from "../../shared/iso20022/account.ts";
import { advance } from "../command/advance.ts";
import type { CommandPorts } from "../command/commit.ts";
import type { Appended } from "../command/transaction.ts";

/**
 * Puts another payee in the place of a claim's; every payout of the claim that is not yet released is void by it. Throws Malformed for an account that begins
 * like an IBAN and is none, and for no BIC.
 */
export async function putPayee(
  ports: CommandPorts,
  insurer: string,
  claim: Handle,
  { payee, reason }: { readonly payee: Payee; readonly reason: string },
  act: Act,
): Promise<Appended | Refusal> {
  parseParty(payee, "payee");
  return advance(
    ports,
    insurer,
    async (transaction) =>
      (await claimWorld(transaction, claim)) ?? refuse("not-found", "There is no such claim."),
    (world) => changePayee(world, payee, reason, act),
    act,
  );
}
