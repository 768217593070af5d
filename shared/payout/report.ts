import { type Act, personOf } from "../base/actor.ts";
import { type DomainEvent, eventOf } from "../base/event.ts";
import { type Refusal, refuse } from "../base/refusal.ts";
import { refuseOwn } from "../claim/own.ts";
import { refuseSimulated } from "../policy/insurer.ts";
import { signed } from "./advance.ts";
import { type BankLine, judgeLine, type LineBreak } from "./bank-line.ts";
import { breakClosedForm, type Reported, reportedForm } from "./forms.ts";
import { mostSaid } from "./state.ts";
import type { PayoutWorld } from "./world.ts";

/** Records that a bank's line moves a payout: what it says must follow from how the payout stands. */
export function reportPayout(world: PayoutWorld, line: BankLine, act: Act): DomainEvent | Refusal {
  const { state, stream } = world.payout;
  const refusal = refuseSimulated(world.insurer, act) ?? refuseFee(world, line);
  if (refusal) return refusal;
  const judged = judgeLine(state, line);
  if (judged !== "moves") {
    const why = typeof judged === "string" ? judged : `a break: ${judged.break}`;
    return refuse("wrong-state", `The payout is ${state.status}, and what the bank says ${why}.`);
  }
  return eventOf(reportedForm, stream, { ...signed(act), ...saidBy(line), report: line.report });
}

/** Records that a bank's line is a break: it moves no money, whatever it says. One that waits is one once nothing that explains it came in time. */
export function breakPayout(world: PayoutWorld, line: BankLine, act: Act): DomainEvent | Refusal {
  const { state, stream } = world.payout;
  const refusal = refuseSimulated(world.insurer, act);
  if (refusal) return refusal;
  const kind = breakOf(judgeLine(state, line));
  if (!kind) return refuse("wrong-state", "The line contradicts nothing.");
  if (state.breaks.length >= mostSaid) {
    return refuse("wrong-state", `The payout has ${mostSaid} breaks.`);
  }
  const { fee: _, ...said } = saidBy(line);
  const content = { ...signed(act), ...said, report: "break" as const };
  return eventOf(reportedForm, stream, { ...content, break: { kind, said: line.report } });
}

/** Records that the bank took back what it had booked beyond the payout: that break is closed, and the payout stands as it stood. */
export function reversePayout(world: PayoutWorld, line: BankLine, act: Act): DomainEvent | Refusal {
  const { state, stream } = world.payout;
  const refusal = refuseSimulated(world.insurer, act);
  if (refusal) return refusal;
  if (judgeLine(state, line) !== "reverses") {
    return refuse("wrong-state", "There is no second booking to take back.");
  }
  const { fee: _, ...said } = saidBy(line);
  return eventOf(reportedForm, stream, { ...signed(act), ...said, report: "reversed" });
}

/** A person closes an open break of a payout, by its number from 1, and says how it was cleared up; nobody who proposed or approved the payout. */
export function closeBreak(
  { insurer, claim, payout }: PayoutWorld,
  number: bigint,
  reason: string,
  act: Act,
): DomainEvent | Refusal {
  const refusal = refuseSimulated(insurer, act) ?? refuseOwn(claim.state, undefined, act);
  if (refusal) return refusal;
  const person = personOf(act);
  if (!person) return refuse("person-required", "A person closes a break.");
  if (payout.state.persons.includes(person)) {
    return refuse("same-person", "Whoever proposed or approved a payout can't close its breaks.");
  }
  if (!reason) return refuse("reason-required", "Say how it was cleared up.", "reason");
  if (!payout.state.breaks[Number(number) - 1]?.open) {
    return refuse("wrong-state", "The payout has no such open break.");
  }
  return eventOf(breakClosedForm, payout.stream, { ...signed(act), number, reason });
}

/** Which break a line is that was not explained; undefined where it is none. */
export const breakOf = (judged: ReturnType<typeof judgeLine>): LineBreak | undefined => {
  if (judged === "waits") return "returned-early";
  return typeof judged === "string" ? undefined : judged.break;
};

/** The line of a record, as it was judged. */
export function lineOf(content: Reported): BankLine {
  const { report, amount, reference, message, fee, break: broken } = content;
  return {
    report: saidBefore(report, broken?.said),
    amount,
    reference,
    message,
    fee,
  };
}

function saidBefore(report: Reported["report"], said: BankLine["report"] = "settled") {
  if (report === "reversed") return "returned";
  return report === "break" ? said : report;
}

const saidBy = ({ amount, reference, message, fee }: BankLine) => ({
  reference,
  message,
  ...(amount ? { amount: { currency: amount.currency, decimal: amount.decimal } } : {}),
  ...(fee ? { fee } : {}),
});

function refuseFee({ payout }: PayoutWorld, { fee }: BankLine): Refusal | undefined {
  return fee && fee.currency !== payout.state.amount.currency
    ? refuse("currency-mismatch", "A fee is in the payout's currency.", "fee")
    : undefined;
}
