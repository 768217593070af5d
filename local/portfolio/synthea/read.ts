import type { Portfolio, Rejection } from "../portfolio.ts";
import { readClaims } from "./claims.ts";
import { readDiagnoses } from "./diagnoses.ts";
import { readInsurers } from "./insurers.ts";
import { readPersons } from "./persons.ts";
import { locate } from "./table.ts";
import { readWindows } from "./windows.ts";

/**
 * Reads a portfolio in the Synthea generator's CSV layout from the folder `dir`: claims, encounters, payer_transitions, patients and payers,
 * each `.csv.gz` or `.csv`. Amounts are US dollars. Rows that can't be used are in `rejected`; throws PortfolioError when a file or column
 * is missing or can't be read.
 */
export async function readSynthea(dir: string): Promise<Portfolio> {
  const file = {
    payers: await locate(dir, "payers"),
    patients: await locate(dir, "patients"),
    windows: await locate(dir, "payer_transitions"),
    claims: await locate(dir, "claims"),
    encounters: await locate(dir, "encounters"),
  };
  const rejected: Rejection[] = [];
  const insurers = await readInsurers(dir, file.payers, rejected);
  const persons = await readPersons(dir, file.patients, rejected);
  const windows = await readWindows(dir, file.windows, persons, insurers, rejected);
  const diagnoses = await readDiagnoses(dir, file.claims, persons, rejected);
  const known = { persons, insurers, windows, diagnoses };
  const claims = await readClaims(dir, file.encounters, known, rejected);
  return {
    insurers: [...insurers.values()],
    policies: [...windows.values()].flat().map(({ policy }) => policy),
    claims,
    rejected,
    persons: persons.size,
  };
}
