import type { Ruling } from "../../shared/claim/ruling.ts";
import type { PortfolioClaim } from "./portfolio.ts";

/** A ruling without the times and documents that the simulated person's walk adds. */
export type SimulatedRuling = Pick<Ruling, "outcome" | "amount" | "reasonCode" | "reason">;

const deny = (reasonCode: Ruling["reasonCode"], reason: string): SimulatedRuling => ({
  outcome: "DENY",
  reasonCode,
  reason: `Simulated adjuster: ${reason}`,
});

/**
 * How the simulated adjuster rules on `claim`, which was referred with `referral` (the reason code of the machine's decision). Pure. Nothing
 * is paid without cover; a zero the schedule states is confirmed; a claim no rule here speaks about is denied for want of evidence.
 */
export function simulatedRuling(referral: string, claim: PortfolioClaim): SimulatedRuling {
  return refusedCover(claim) ?? confirmedZero(referral, claim) ?? ruled(referral, claim);
}

function refusedCover({ eligibility }: PortfolioClaim): SimulatedRuling | undefined {
  if (eligibility === "covered") return undefined;
  if (eligibility === "no-insurer") {
    return deny("NO_INSURER", "the source names no insurer for this claim.");
  }
  return deny(
    "ELIGIBILITY_UNVERIFIED",
    "no cover on the day of loss is on file. The source may have paid: its extract lacks the enrolment.",
  );
}

const zeroReferrals = ["CONTRACTED_ZERO", "ZERO_ON_NONZERO"];

function confirmedZero(referral: string, claim: PortfolioClaim): SimulatedRuling | undefined {
  const [line] = claim.submission.lines;
  if (!claim.confirmZero || !line || !zeroReferrals.includes(referral)) return undefined;
  return {
    outcome: "PAY_PART",
    amount: { minor: 0n, currency: line.claimed.currency },
    reasonCode: "COVERED_AT_ZERO",
    reason: "Simulated adjuster: the service is covered and the plan's schedule allows nothing.",
  };
}

function ruled(referral: string, { submission }: PortfolioClaim): SimulatedRuling {
  const { event, diagnoses, lines } = submission;
  const [line] = lines;
  if (referral === "WAITING_PERIOD") {
    return deny("WAITING_PERIOD", "the illness was first diagnosed in the waiting period.");
  }
  if (referral === "BASIS_DAY" && event === "accident") {
    const reason = "Simulated adjuster: an accident is diagnosed on the day it happens.";
    return { outcome: "PAY", reasonCode: "COVERED", reason };
  }
  if (referral === "NOT_LISTED" && line && diagnoses.some(({ code }) => code.startsWith("C44"))) {
    const amount = { minor: line.claimed.minor / goodwillShare, currency: line.claimed.currency };
    const reason = "Simulated adjuster: a twentieth, without obligation, for a tumour of the skin.";
    return { outcome: "PAY_PART", amount, reasonCode: "GOODWILL", reason };
  }
  return notCovered.has(referral)
    ? deny("NOT_COVERED", "the terms do not cover this.")
    : deny("INSUFFICIENT_EVIDENCE", "the file does not show what the terms ask for.");
}

/** The goodwill share is one in this many, rounded down to the minor unit. */
const goodwillShare = 20n;
const notCovered = new Set([
  "NOT_LISTED",
  "EVENT_NOT_COVERED",
  "AGE_NOT_COVERED",
  "LIMIT_EXHAUSTED",
]);
