import * as fc from "fast-check";
import { maxMinor } from "../../../shared/base/money.ts";
import {
  basisDayOf,
  type DateBasis,
  type Facts,
  wholeYears,
} from "../../../shared/coverage/facts.ts";

/** Values that the rules of a pack speak of, so that random claims come near them. */
export interface Near {
  readonly days: readonly bigint[];
  readonly codes: readonly string[];
  readonly minor: readonly bigint[];
}

/** Random facts of one claim: anything the engine can be given, often right at what the pack speaks of. */
export function randomFacts(basis: DateBasis, near: Near): fc.Arbitrary<Facts> {
  const day = fc.oneof(
    fc.bigInt(10_000n, 22_000n),
    fc
      .tuple(fc.constantFrom(...near.days, 18_000n), fc.bigInt(-2n, 2n))
      .map(([at, off]) => at + off),
  );
  const minor = fc.oneof(
    fc.constantFrom(0n, 1n, 999_999_999_999_999_999n),
    fc.constantFrom(...near.minor, 100n),
    fc.bigInt(0n, 100_000_000n),
  );
  const code = fc.oneof(
    fc.constantFrom(...near.codes, "icd-10:Z99"),
    fc.stringMatching(/^icd-10:[A-Z][0-9]{2}(\.[0-9])?$/),
  );
  const often = fc.nat({ max: 9 }).map((number) => number > 0);
  const amounts = { claimed: minor, hasContracted: fc.boolean(), contracted: minor };
  const line = fc.record({ service: fc.constantFrom("svc:1", "svc:2"), ...amounts });
  const claim = fc.record({
    event: fc.constantFrom("illness", "accident", "death", "service"),
    lossDay: day,
    hasDiagnosisDay: often,
    diagnosisDay: day,
    noticeDay: day,
    diagnoses: fc.array(code, { maxLength: 4 }),
    ...amounts,
    hasOtherPaid: fc.boolean(),
    otherPaid: minor,
    lines: fc.array(line, { maxLength: 3 }),
  });
  const policy = fc.record({
    present: often,
    coverage: fc.constantFrom("base", "other"),
    startDay: day,
    endDay: day,
    hasLimit: fc.boolean(),
    limit: minor,
    remaining: minor,
  });
  const insured = fc.record({ hasBirthDay: often, birthDay: fc.bigInt(-20_000n, 19_000n) });
  // Limits of lines are only worked out where the lines come to what is claimed; no claim of more than 18 digits is taken.
  const adding = fc.record({ claim, adds: fc.boolean() }).map(({ claim, adds }) => {
    const total = claim.lines.reduce((sum, { claimed }) => sum + claimed, 0n);
    return adds && total <= maxMinor ? { ...claim, claimed: total } : claim;
  });
  return fc.record({ claim: adding, policy, insured }).map(({ claim, policy, insured }) => {
    const basisDay = basisDayOf(basis, claim) ?? claim.lossDay;
    const ageYears = insured.hasBirthDay ? wholeYears(insured.birthDay, basisDay) : -1n;
    const others = { accumulated: {}, earlierClaim: null };
    return { basisDay, claim, policy, insured: { ...insured, ageYears }, ...others };
  });
}
