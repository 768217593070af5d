import { adjudicate } from "../../functions/adjudicator/adjudicate.ts";
import type { CommandPorts } from "../../functions/command/commit.ts";
import { each } from "../../functions/command/each.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { patiently } from "../../functions/command/patiently.ts";
import { openStream } from "../../functions/command/rows.ts";
import type { OperatorPorts } from "../../functions/operator/core.ts";
import { releaseFile } from "../../functions/payouts/release.ts";
import { screenAndApprove } from "../../functions/payouts/screening.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import { callerOf, machine, random, submissionOf, submitClaimOf } from "../command/platform.ts";
import { clearly } from "../payout/sample.ts";
import { signedIn } from "../policy/sample.ts";

/** Where claims are made: an insurer with one policy. */
export interface Insured {
  readonly insurer: string;
  readonly policy: string;
  readonly insured: string;
}

/** Submits `count` claims of different amounts, which the pack pays, and gives their payouts. */
export async function proposed(
  ports: OperatorPorts,
  { insurer, policy, insured }: Insured,
  count: number,
): Promise<string[]> {
  const intake = callerOf(insurer, "intake");
  const payouts: string[] = [];
  await each(
    Array.from({ length: count }, (_, at) => BigInt(at)),
    8,
    async (at) => {
      const stated = {
        ...submissionOf(policy, 1_000n + at, 1_000n + at),
        onBehalfOf: insured,
        payee: { name: "Zoe Muller", account: "NL91ABNA0417164300" },
      };
      const claim = await patiently(ports, () => submitClaimOf(ports, intake, stated));
      await patiently(ports, () => adjudicate(ports, insurer, claim));
      payouts.push(...(await ports.store.payoutsOf(insurer, claim)));
    },
  );
  return payouts;
}

/** {@link proposed}, and approves them. */
export async function approved(
  ports: OperatorPorts,
  insured: Insured,
  count: number,
): Promise<string[]> {
  const payouts = await proposed(ports, insured, count);
  await each(payouts, 8, async (payout) => {
    await patiently(ports, () => screenAndApprove(ports, insured.insurer, payout, clearly));
  });
  return payouts;
}

/** Releases payouts as one file of a new name, by a person. */
export async function released(
  ports: CommandPorts,
  insurer: string,
  payouts: readonly string[],
): Promise<string> {
  const file = newHandle(random);
  const person = {
    ...machine(),
    kind: "person" as const,
    signatory: { person: newHandle(random), credential: signedIn },
  };
  const done = await releaseFile(ports, insurer, file, payouts, clearly, person);
  if (isRefusal(done) || done.left.length > 0) throw new Error("not released");
  return file;
}

/** A payout's state as its row has it. */
export async function stateOf(
  ports: CommandPorts,
  insurer: string,
  payout: string,
): Promise<PayoutState> {
  const [row] = await ports.store.transaction(insurer, (on) => on.streams("payout", [payout]));
  if (!row) throw new Error("no such payout");
  return (await openStream(ports, insurer, row))?.state as PayoutState;
}
