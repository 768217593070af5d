import { decide } from "../../functions/command/decide.ts";
import { newHandle } from "../../functions/command/handle.ts";
import { openStream } from "../../functions/command/rows.ts";
import type { OperatorPorts } from "../../functions/operator/core.ts";
import { approve, recover, stop, voidOne } from "../../functions/payouts/advance.ts";
import { putPayee } from "../../functions/payouts/payee.ts";
import { propose } from "../../functions/payouts/propose.ts";
import { reissue } from "../../functions/payouts/reissue.ts";
import { releaseFile } from "../../functions/payouts/release.ts";
import { type Outcome, recordReports } from "../../functions/payouts/reports.ts";
import { screenAndApprove } from "../../functions/payouts/screening.ts";
import type { Act } from "../../shared/base/actor.ts";
import { isRefusal } from "../../shared/base/refusal.ts";
import type { Head } from "../../shared/claim/heads.ts";
import type { StepName } from "../../shared/claim/lifecycle.ts";
import type { ClaimState } from "../../shared/claim/state.ts";
import type { PayoutState } from "../../shared/payout/state.ts";
import { clear } from "../payout/sample.ts";
import { signedIn } from "../policy/sample.ts";
import { bankSays } from "./bank-says.ts";
import { reserve, step } from "./claim-steps.ts";
import { callerOf, machine, random, rulingOf, usd } from "./platform.ts";

/** What an actor does, weighted so that money moves in most stories. */
export const deeds = {
  ...{ propose: 24, interim: 6, expense: 6, interest: 3, gift: 3 },
  ...{ screen: 24, hit: 1, approve: 30, release: 24 },
  ...{ settled: 24, rejected: 4, recalled: 4, returned: 12, overpaid: 20, subrogated: 12 },
  ...{ stop: 1, void: 6, reissue: 12, payee: 1 },
  ...{ rule: 6, appeal: 1, reopen: 1, reserve: 3, withdraw: 1, close: 1 },
} as const;
export type Deed = keyof typeof deeds;

/** One command of one actor: on which claim and payout, for how much. */
export interface Command {
  readonly does: Deed;
  readonly actor: number;
  readonly claim: number;
  readonly payout: number;
  readonly minor: bigint;
}

/** Where a payout stands for a deed to come to anything. */
const fitting: Partial<Record<Deed, readonly string[]>> = {
  screen: ["proposed", "held"],
  approve: ["screened"],
  settled: ["released"],
  rejected: ["released"],
  recalled: ["released"],
  returned: ["settled"],
  overpaid: ["settled"],
  subrogated: ["settled"],
  stop: ["approved"],
  void: ["proposed", "screened", "held", "stopped"],
  reissue: ["rejected", "returned", "recalled", "voided"],
};

/** Six of staff who may do anything, and who don't ask each other. */
export const staff = Array.from({ length: 6 }, () => newHandle(random));
const vendor = { name: "Loss Adjusters", account: "SIMVENDOR" };

/** Everything actors do on the claims of one policy; `ports` are those of the one command. */
export function actorsOn(insurer: string, claims: readonly string[]) {
  const actOf = (actor: number): Act => ({
    ...machine(),
    kind: "person",
    signatory: { person: staff[actor % staff.length] ?? "", credential: signedIn },
  });
  const payoutsOf = async ({ store }: OperatorPorts) => {
    const of = await Promise.all(claims.map((claim) => store.payoutsOf(insurer, claim)));
    return store.transaction(insurer, (on) => on.streams("payout", of.flat()));
  };
  const asking: Partial<Record<Deed, Head>> = {
    expense: "expense",
    interest: "interest",
    gift: "ex-gratia",
  };

  return async (ports: OperatorPorts, command: Command): Promise<unknown> => {
    const { does, actor, minor } = command;
    const claim = claims[command.claim % claims.length] ?? "";
    const act = actOf(actor);
    const amount = usd(minor);
    const head = asking[does];
    const fresh = newHandle(random);
    if (head) {
      const payee = head === "expense" ? { payee: vendor } : {};
      return propose(ports, insurer, claim, fresh, { head, amount, ...payee }, act);
    }
    const claimSteps: Partial<Record<Deed, StepName>> = {
      appeal: "appeal",
      reopen: "reopen",
      withdraw: "withdraw",
      close: "close",
    };
    const named = claimSteps[does];
    if (named) return step(ports, insurer, claim, named, act);
    switch (does) {
      case "propose":
        return propose(ports, insurer, claim, fresh, { amount }, act);
      case "interim":
        return propose(ports, insurer, claim, fresh, { amount, interim: true }, act);
      case "payee": {
        const payee = { name: "Payee", account: `SIM${minor}00` };
        return putPayee(ports, insurer, claim, { payee, reason: "moved" }, act);
      }
      case "reserve":
        return reserve(ports, insurer, claim, usd(100_000n - minor), act);
      case "rule": {
        const caller = callerOf(insurer, "adjuster", staff[actor % staff.length]);
        const part = { outcome: "PAY_PART", amount: usd(minor), reasonCode: "GOODWILL" } as const;
        return decide(ports, caller, claim, rulingOf(part), {}, machine().now);
      }
    }
    const rows = await payoutsOf(ports);
    // Most look for a payout they can do something with, some try any.
    const fit = rows.filter(({ status }) => fitting[does]?.includes(status));
    const some = command.payout > 0 && fit.length > 0 ? fit : rows;
    const payout = some[command.payout % Math.max(1, some.length)]?.stream;
    if (!payout) return undefined;
    const screening = async () => (does === "hit" ? ({ ...clear, result: "hit" } as const) : clear);
    switch (does) {
      case "screen":
      case "hit":
        return screenAndApprove(ports, insurer, payout, screening);
      case "approve":
        return approve(ports, insurer, payout, act);
      case "release":
        return releaseFile(
          ports,
          insurer,
          fresh,
          rows.map(({ stream }) => stream),
          screening,
          act,
        );
      case "overpaid":
      case "subrogated": {
        const basis = does === "overpaid" ? "overpayment" : "subrogation";
        return recover(ports, insurer, payout, { amount, basis, reference: "r" }, act);
      }
      case "stop":
        return stop(ports, insurer, payout, "why", act);
      case "void":
        return voidOne(ports, insurer, payout, "why", act);
      case "reissue":
        return reissue(ports, insurer, payout, fresh, act);
      case "settled":
      case "rejected":
      case "recalled":
      case "returned": {
        // Two bookings a bank may know of: the same one again is known, the other a break.
        const lines = await bankSays(ports, insurer, [payout], does, `BK${actor % 2}`);
        const final = minor % 2n === 0n;
        const reports = lines.map((line) => ({ ...line, final }));
        const said = await recordReports(ports, insurer, reports);
        return isRefusal(said) ? said : reportedAs(said.outcomes[0]);
      }
      default:
        throw new Error(`bug: nobody does ${does}`);
    }
  };
}

/** What a report came to as the other deeds do: nothing where it moved nothing, and a word of its own where it was a break. */
const reportedAs = (outcome: Outcome | undefined): object | undefined =>
  outcome === "moved" || typeof outcome === "object" ? { outcome } : undefined;

/** A claim as its row says. */
export async function claimState(
  ports: OperatorPorts,
  insurer: string,
  claim: string,
): Promise<ClaimState> {
  const [row] = await ports.store.transaction(insurer, (on) => on.streams("claim", [claim]));
  const slot = row && (await openStream(ports, insurer, row));
  if (!slot) throw new Error("no such claim");
  return slot.state as ClaimState;
}

/** The payouts of some claims as their rows say. */
export async function payoutStates(
  ports: OperatorPorts,
  insurer: string,
  claims: readonly string[],
): Promise<ReadonlyMap<string, PayoutState>> {
  const streams = await Promise.all(claims.map((claim) => ports.store.payoutsOf(insurer, claim)));
  const rows = await ports.store.transaction(insurer, (on) => on.streams("payout", streams.flat()));
  const states = new Map<string, PayoutState>();
  for (const row of rows) {
    const slot = await openStream(ports, insurer, row);
    if (slot) states.set(row.stream, slot.state as PayoutState);
  }
  return states;
}
