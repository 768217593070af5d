import { Malformed } from "../../../shared/base/malformed.ts";
import type { Rejection } from "../portfolio.ts";
import { readSnomed } from "./fields.ts";
import type { Person } from "./persons.ts";
import { eachRow } from "./table.ts";

const codeColumns = [
  "DIAGNOSIS1",
  "DIAGNOSIS2",
  "DIAGNOSIS3",
  "DIAGNOSIS4",
  "DIAGNOSIS5",
  "DIAGNOSIS6",
  "DIAGNOSIS7",
  "DIAGNOSIS8",
] as const;
const columns = ["PATIENTID", "APPOINTMENTID", ...codeColumns] as const;

/** SNOMED CT codes by `patient id/encounter id`, each once, in the order of the file. A row of an encounter that is not there serves nobody. */
export async function readDiagnoses(
  dir: string,
  file: string,
  persons: ReadonlyMap<string, Person>,
  rejected: Rejection[],
): Promise<Map<string, Set<string>>> {
  const diagnoses = new Map<string, Set<string>>();
  await eachRow(dir, file, columns, rejected, (row) => {
    if (!persons.has(row.PATIENTID)) throw new Malformed("PATIENTID", "is an unknown patient");
    const codes = codeColumns
      .filter((column) => row[column] !== "")
      .map((column) => readSnomed(row[column], column));
    const key = `${row.PATIENTID}/${row.APPOINTMENTID}`;
    const known = diagnoses.get(key) ?? new Set();
    for (const code of codes) known.add(code);
    diagnoses.set(key, known);
  });
  return diagnoses;
}
