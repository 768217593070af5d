import type { Portfolio } from "../../local/portfolio/portfolio.ts";
import { readSynthea } from "../../local/portfolio/synthea/read.ts";
import { smallPortfolio } from "../bundle/small.ts";
import { csv, inFolder, tables } from "../portfolio/synthea-folder.ts";

/** What one of ten encounters is: to whom, when, what was claimed and what the plan's schedule contracted. */
const encounters = [
  ["pay-2", "2021-05-01T08:00:00Z", "85.55", "85.55"],
  ["pay-2", "2021-06-01T08:00:00Z", "272.80", "100.50"],
  ["pay-2", "2021-07-01T08:00:00Z", "90.00", "0.00"],
  ["pay-2", "1999-01-01T08:00:00Z", "41.10", "41.10"],
  ["pay-0", "2021-08-01T08:00:00Z", "10.00", "0.00"],
] as const;
const persons = 10;

/** Fifty seeded claims of two mutual-aid insurers; fifty under a plan's schedule, an insurer's and the intake's, in Synthea's layout. */
export async function hundredClaims(): Promise<Portfolio> {
  const mutual = smallPortfolio(50);
  const people = Array.from({ length: persons }, (_, i) => `p-${i}`);
  const plan = await inFolder(
    {
      payers: csv([...tables.payers.slice(0, 1), ...tables.payers.slice(2)]),
      patients: csv([
        tables.patients[0],
        ...people.map((id) => `${id},1980-02-29,,999-10-9026,Ada,Lovelace`),
      ]),
      payer_transitions: csv([
        tables.payer_transitions[0],
        ...people.map((id) => `${id},m,2020-01-01T00:00:00Z,,pay-2,Ada`),
      ]),
      claims: csv(tables.claims.slice(0, 1)),
      encounters: csv([
        tables.encounters[0],
        ...people.flatMap((id, at) =>
          encounters.map(
            ([payer, start, claimed, contracted], n) =>
              `e-${at}-${n},${start},,${id},${payer},wellness,410620009,Visit,${claimed},${contracted}`,
          ),
        ),
      ]),
    },
    readSynthea,
  );
  return {
    insurers: [...mutual.insurers, ...plan.insurers],
    policies: [...mutual.policies, ...plan.policies],
    claims: [...mutual.claims, ...plan.claims],
    rejected: plan.rejected,
    persons: mutual.persons + plan.persons,
  };
}
