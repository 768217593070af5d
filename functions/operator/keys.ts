import type { Act } from "../../shared/base/actor.ts";
import { assert } from "../../shared/base/malformed.ts";
import { isRefusal, type Refusal } from "../../shared/base/refusal.ts";
import { formatVerifierKey, type VerifierKey } from "../../shared/log/key.ts";
import { publishKeys } from "../../shared/policy/signing-keys.ts";
import { type CommandPorts, commitCommand } from "../command/commit.ts";
import { insurerState } from "../command/insurer-state.ts";
import type { Appended } from "../command/transaction.ts";

/**
 * Publishes the keys that sign an insurer's log from here on. Replacing a pair takes two calls: with the old and the new keys before the gate
 * signs with both, with the new ones once every reader trusts them (docs/operating.md). Refused where no key in force is listed.
 */
export async function publishLogKeys(
  ports: CommandPorts,
  insurer: string,
  keys: readonly VerifierKey[],
  act: Act,
): Promise<Appended | Refusal> {
  const origin = ports.originOf(insurer);
  assert(
    keys.every(({ name }) => name === origin),
    "a log's keys bear its origin",
  );
  return commitCommand(ports, insurer, act.now, async (transaction) => {
    const event = publishKeys(await transaction.insurer(), keys.map(formatVerifierKey));
    return isRefusal(event) ? event : transaction.append(event, act);
  });
}

/** Digests of the verifier keys that are in force, as the insurer's row has them; none where the log is not open. */
export async function keysInForce(
  ports: CommandPorts,
  insurer: string,
): Promise<readonly string[]> {
  return (await insurerState(ports, insurer))?.keys ?? [];
}
