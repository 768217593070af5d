import { Malformed } from "../../../shared/base/malformed.ts";
import { diagnosisSchema } from "../../../shared/claim/submission.ts";
import type { Eligibility, PortfolioClaim, PortfolioInsurer, Rejection } from "../portfolio.ts";
import { readCents, readId, readMoment, readSnomed } from "./fields.ts";
import type { Person } from "./persons.ts";
import { eachRow, type Row } from "./table.ts";
import { type Windows, windowFor, windowsKey } from "./windows.ts";

/** Where a contracted amount comes from: sealed beside it. */
export const contractedSource = "payer schedule (encounters.csv PAYER_COVERAGE)";

const columns = [
  "Id",
  "START",
  "PATIENT",
  "PAYER",
  "ENCOUNTERCLASS",
  "CODE",
  "TOTAL_CLAIM_COST",
  "PAYER_COVERAGE",
] as const;
const maxDiagnoses = 50;

/** What the rows of encounters refer to. */
export interface Known {
  readonly persons: ReadonlyMap<string, Person>;
  readonly insurers: ReadonlyMap<string, PortfolioInsurer>;
  readonly windows: Windows;
  readonly diagnoses: ReadonlyMap<string, ReadonlySet<string>>;
}

/** One claim with one service line per encounter, in the order of the file. */
export async function readClaims(
  dir: string,
  file: string,
  known: Known,
  rejected: Rejection[],
): Promise<PortfolioClaim[]> {
  const claims: PortfolioClaim[] = [];
  const seen = new Set<string>();
  await eachRow(dir, file, columns, rejected, (row) => {
    const id = readId(row.Id, "Id");
    if (seen.has(id)) throw new Malformed("Id", "is a repeated encounter Id");
    seen.add(id);
    claims.push(claimOf(row, known));
  });
  return claims;
}

function claimOf(row: Row<(typeof columns)[number]>, known: Known): PortfolioClaim {
  const person = known.persons.get(row.PATIENT);
  if (!person) throw new Malformed("PATIENT", "is an unknown patient");
  const insurer = known.insurers.get(row.PAYER);
  if (!insurer) throw new Malformed("PAYER", "is an unknown payer");
  const start = readMoment(row.START, "START");
  const claimed = readCents(row.TOTAL_CLAIM_COST, "TOTAL_CLAIM_COST");
  const contracted = readCents(row.PAYER_COVERAGE, "PAYER_COVERAGE");
  if (contracted > claimed) throw new Malformed("PAYER_COVERAGE", "is above TOTAL_CLAIM_COST");
  const found = windowFor(known.windows.get(windowsKey(person, insurer)) ?? [], start);
  const eligibility = insurer.kind === "intake" ? "no-insurer" : found.eligibility;
  const usd = (minor: bigint) => ({ minor, currency: insurer.currency });
  return {
    key: row.Id,
    insurer: insurer.id,
    policy: found.window?.policy.key ?? null,
    insured: person.key,
    submission: {
      event: "service",
      lossDate: start.day,
      diagnoses: diagnosesOf(known.diagnoses.get(`${row.PATIENT}/${row.Id}`)),
      lines: [
        {
          service: serviceOf(row.ENCOUNTERCLASS, row.CODE),
          claimed: usd(claimed),
          contracted: { amount: usd(contracted), source: contractedSource },
        },
      ],
      payee: { name: `Simulated ${person.key}`, account: person.account },
    },
    eligibility,
    confirmZero: eligibility === "covered" && contracted === 0n && claimed > 0n,
    expected: expectedOf(eligibility, claimed, contracted),
  };
}

function serviceOf(encounterClass: string, code: string): string {
  if (!/^[a-z0-9 -]{1,40}$/.test(encounterClass)) {
    throw new Malformed("ENCOUNTERCLASS", "is not a short lower-case name");
  }
  return `${encounterClass}, snomed:${readSnomed(code, "CODE")}`;
}

function diagnosesOf(codes: ReadonlySet<string> = new Set()) {
  if (codes.size > maxDiagnoses) {
    throw new Malformed("Id", `has more than ${maxDiagnoses} diagnoses`);
  }
  return [...codes].map((code) => diagnosisSchema.parse({ system: "snomed", code }));
}

function expectedOf(
  eligibility: Eligibility,
  claimed: bigint,
  contracted: bigint,
): NonNullable<PortfolioClaim["expected"]> {
  if (eligibility !== "covered" || (contracted === 0n && claimed > 0n)) {
    return { outcome: "REFER", minor: 0n };
  }
  return { outcome: contracted === claimed ? "PAY" : "PAY_PART", minor: contracted };
}
