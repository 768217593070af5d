import { existsSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { readSynthea } from "../../local/portfolio/synthea/read.ts";
import { formatAmount } from "../../shared/base/money.ts";
import { submissionSchema } from "../../shared/claim/submission.ts";

const dir = `${process.env.COUNTERSIGN_SHARED ?? "../shared"}/data/synthea`;
const here = existsSync(`${dir}/encounters.csv.gz`);
const portfolio = here ? readSynthea(dir) : undefined;

describe("the Synthea extract", () => {
  (here ? test : test.skip)("is read to the cent", async () => {
    const { claims, policies, insurers, persons, rejected } = (await portfolio)!;
    const sum = (of: (claim: (typeof claims)[number]) => bigint) =>
      formatAmount(
        claims.reduce((total, claim) => total + of(claim), 0n),
        "USD",
      );
    expect(rejected).toEqual([]);
    expect([claims.length, policies.length, insurers.length, persons]).toEqual([
      5598, 1115, 10, 112,
    ]);
    expect(sum(({ submission }) => submission.lines[0]!.claimed.minor)).toBe("14624379.75");
    expect(sum(({ submission }) => submission.lines[0]!.contracted!.amount.minor)).toBe(
      "10631656.63",
    );
    expect(sum(({ expected }) => expected!.minor)).toBe("9299767.51");

    const kinds: Record<string, number> = {};
    for (const { eligibility, expected } of claims) {
      const kind = `${eligibility} ${expected?.outcome}`;
      kinds[kind] = (kinds[kind] ?? 0) + 1;
    }
    expect(kinds).toEqual({
      "covered PAY": 620,
      "covered PAY_PART": 2662,
      "covered REFER": 955,
      "outside-window REFER": 433,
      "no-policy REFER": 634,
      "no-insurer REFER": 294,
    });
  });

  (here ? test : test.skip)("gives submissions the API would take", async () => {
    const { claims, policies } = (await portfolio)!;
    const keys = new Set(policies.map(({ key }) => key));
    expect(keys.size).toBe(policies.length);
    for (const { submission, policy } of claims) {
      submissionSchema.encode(submission);
      expect(policy === null || keys.has(policy)).toBe(true);
    }
  });
});
