import { type Day, parseDay } from "../base/day.ts";
import { type Adjudication, adjudicate } from "./adjudicate.ts";
import type { CompiledPack } from "./compile.ts";
import { basisDayOf, type Facts, wholeYears } from "./facts.ts";
import type { GoldenCase } from "./golden-case.ts";
import type { Pack } from "./pack.ts";

/** A golden case that came out otherwise. */
export interface FailedCase {
  readonly name: string;
  readonly expected: string;
  readonly found: string;
}

/** The golden cases of `pack` that do not come out as written; empty for a pack fit to publish. */
export function failedCases(pack: CompiledPack): readonly FailedCase[] {
  return pack.pack.cases.flatMap(({ name, facts, expect }) => {
    const found = adjudicate(pack, caseFacts(pack.pack.dateBasis, facts));
    const minor = expect.minor === undefined ? found.minor : BigInt(expect.minor);
    const fund = expect.fund ?? found.fund;
    const counts = countsOf(found);
    const expected = saysOf({ ...expect, minor, fund }, expect.counts ?? counts);
    const got = saysOf(found, counts);
    return expected === got ? [] : [{ name, expected, found: got }];
  });
}

type Said = Pick<Adjudication, "outcome" | "minor" | "reasonCode" | "fund">;
type Counted = Readonly<Record<string, number | string>>;

function saysOf({ outcome, minor, reasonCode, fund }: Said, counts: Counted): string {
  const counted = Object.keys(counts).sort();
  const from = fund === null ? "" : ` from ${fund}`;
  const counting = counted.map((name) => `, counts ${counts[name]} to ${name}`).join("");
  return `${outcome} ${minor} ${reasonCode}${from}${counting}`;
}

/** What a claim adds to which accumulators; a referral adds nothing, whatever its steps came to. */
const countsOf = ({ outcome, counts }: Pick<Adjudication, "outcome" | "counts">): Counted =>
  outcome === "REFER"
    ? {}
    : Object.fromEntries(counts.map(({ name, minor }) => [name, minor.toString()]));

/** The facts a golden case describes: notice on the day of loss, no diagnoses, no policy where it says nothing of them. */
export function caseFacts(basis: Pack["dateBasis"], facts: GoldenCase["facts"]): Facts {
  const claim = caseClaim(facts.claim);
  const basisDay = basisDayOf(basis, claim) ?? claim.lossDay;
  const birthDay = day(facts.insured?.birthDay) ?? 0n;
  const hasBirthDay = facts.insured !== undefined;
  const ageYears = hasBirthDay ? wholeYears(birthDay, basisDay) : -1n;
  return {
    basisDay,
    claim,
    policy: casePolicy(facts.policy),
    insured: { hasBirthDay, birthDay, ageYears },
    accumulated: minorsOf(facts.accumulated ?? {}),
    earlierClaim: facts.earlierClaim ?? null,
  };
}

function caseClaim(claim: GoldenCase["facts"]["claim"]): Facts["claim"] {
  const lossDay = parseDay(claim.lossDay, "lossDay");
  return {
    event: claim.event,
    lossDay,
    hasDiagnosisDay: claim.diagnosisDay !== undefined,
    diagnosisDay: day(claim.diagnosisDay) ?? 0n,
    noticeDay: day(claim.noticeDay) ?? lossDay,
    diagnoses: claim.diagnoses ?? [],
    ...amounts(claim),
    hasOtherPaid: claim.otherPaid !== undefined,
    otherPaid: BigInt(claim.otherPaid ?? 0),
    lines: (claim.lines ?? []).map((line) => ({ service: line.service, ...amounts(line) })),
  };
}

function casePolicy(policy: GoldenCase["facts"]["policy"]): Facts["policy"] {
  return {
    present: policy !== undefined,
    coverage: policy?.coverage ?? "",
    startDay: day(policy?.startDay) ?? 0n,
    endDay: day(policy?.endDay ?? "2999-12-31") ?? 0n,
    hasLimit: policy?.limit !== undefined,
    limit: BigInt(policy?.limit ?? 0),
    remaining: BigInt(policy?.remaining ?? policy?.limit ?? 0),
  };
}

const amounts = ({
  claimed,
  contracted,
}: {
  claimed: number;
  contracted?: number | undefined;
}) => ({
  claimed: BigInt(claimed),
  hasContracted: contracted !== undefined,
  contracted: BigInt(contracted ?? 0),
});

const minorsOf = (amounts: Readonly<Record<string, number>>): Record<string, bigint> =>
  Object.fromEntries(Object.entries(amounts).map(([name, minor]) => [name, BigInt(minor)]));

const day = (text: string | undefined): Day | undefined =>
  text === undefined ? undefined : parseDay(text, "date");
