import { describe, expect, test } from "@jest/globals";
import { simulatedRuling } from "../../local/portfolio/adjuster.ts";
import type { PortfolioClaim } from "../../local/portfolio/portfolio.ts";
import { rulingSchema } from "../../shared/claim/ruling.ts";

const claim = (changes: Partial<PortfolioClaim> = {}): PortfolioClaim => ({
  key: "enc-1",
  insurer: "aetna",
  policy: "aetna/person-1/2019",
  insured: "person-1",
  submission: {
    event: "service",
    lossDate: 18_000n,
    diagnoses: [],
    lines: [{ service: "wellness", claimed: { minor: 27280n, currency: "USD" } }],
  },
  eligibility: "covered",
  confirmZero: false,
  ...changes,
});
const shortly = (referral: string, changes?: Partial<PortfolioClaim>) => {
  const { outcome, reasonCode, amount } = simulatedRuling(referral, claim(changes));
  return [outcome, reasonCode, amount?.minor];
};

describe("the simulated adjuster", () => {
  test("confirms a covered zero as approved at zero", () => {
    const zero = { confirmZero: true };
    expect(shortly("CONTRACTED_ZERO", zero)).toEqual(["PAY_PART", "COVERED_AT_ZERO", 0n]);
    expect(shortly("CONTRACTED_ZERO")).toEqual(["DENY", "INSUFFICIENT_EVIDENCE", undefined]);
    expect(shortly("RULE_ERROR", zero)).toEqual(["DENY", "INSUFFICIENT_EVIDENCE", undefined]);
  });

  test.each(["NO_POLICY", "OUTSIDE_WINDOW", "CONTRACTED_ZERO", "RULE_ERROR"])(
    "never pays without cover, whatever the machine said (%s)",
    (referral) => {
      expect(shortly(referral, { eligibility: "no-insurer" })).toEqual([
        "DENY",
        "NO_INSURER",
        undefined,
      ]);
      for (const eligibility of ["outside-window", "no-policy"] as const) {
        expect(shortly(referral, { eligibility, confirmZero: true })).toEqual([
          "DENY",
          "ELIGIBILITY_UNVERIFIED",
          undefined,
        ]);
      }
    },
  );

  test("gives what a ruling needs, and says that it is simulated", () => {
    for (const referral of ["CONTRACTED_ZERO", "WAITING_PERIOD", "NOT_LISTED", "anything"]) {
      const ruling = simulatedRuling(referral, claim({ confirmZero: true }));
      expect(ruling.reason).toMatch(/^Simulated adjuster: /);
      rulingSchema.encode({ ...ruling, fileOpenedAt: 1n, documentsOpened: [] });
    }
  });
});
